//! Faults by script: what goes wrong, at which requests or pushes, how often; set and cleared while the simulator runs.

mod answers;
pub(in crate::simulator) mod board;
pub(in crate::simulator) mod routes;
mod script;

pub use answers::Answers;
pub use board::ScriptError;
pub use script::{Script, What};

/// The faults of a simulator.
pub type Faults = board::Board<Script>;

impl Faults {
    /// What happens to a request, if anything does.
    pub fn of_request(&self, endpoint: &str, key: Option<&str>) -> Option<What> {
        let hit = self.draw(|script| script.what.is_of_requests() && script.is_at(endpoint, key));
        hit.map(|script| script.what)
    }

    /// What happens to a push, if anything does.
    pub fn of_push(&self, stream: &str, key: Option<&str>) -> Option<What> {
        let hit = self.draw(|script| script.what.is_of_pushes() && script.is_at(stream, key));
        hit.map(|script| script.what)
    }

    /// How far the venue's clock is off, in milliseconds.
    pub fn skew(&self) -> i64 {
        self.fold(0, |sum: i64, script| match script.what {
            What::Skew { milliseconds } => sum.saturating_add(milliseconds),
            _ => sum,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(json: &str) -> Script {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn script_hits_its_endpoint_and_key_as_often_as_it_says() {
        let faults = Faults::default();
        let text = r#"{"what":"lose_reply","endpoint":"POST /fapi/v1/order","key":"alpha","times":2}"#;
        faults.set(script(text)).unwrap();
        assert_eq!(faults.of_request("GET /fapi/v1/order", Some("alpha")), None);
        assert_eq!(faults.of_request("POST /fapi/v1/order", Some("beta")), None);
        assert_eq!(faults.of_push("POST /fapi/v1/order", Some("alpha")), None);
        for left in [1, 0] {
            assert_eq!(
                faults.of_request("POST /fapi/v1/order", Some("alpha")),
                Some(What::LoseReply)
            );
            assert_eq!(faults.list().len(), left);
        }
        assert_eq!(faults.of_request("POST /fapi/v1/order", Some("alpha")), None);
    }

    #[test]
    fn endpoint_with_a_star_is_a_beginning_and_scripts_stand_until_they_are_cleared() {
        let faults = Faults::default();
        let first = faults
            .set(script(r#"{"what":"skew","milliseconds":-5000,"times":null}"#))
            .unwrap();
        faults
            .set(script(r#"{"what":"skew","milliseconds":2000,"times":null}"#))
            .unwrap();
        faults
            .set(script(r#"{"what":"stale","endpoint":"GET /fapi/*","times":null}"#))
            .unwrap();
        assert_eq!(faults.skew(), -3000);
        assert_eq!(faults.of_request("GET /fapi/v3/account", None), Some(What::Stale));
        assert_eq!(faults.of_request("GET /sapi/v1/x", None), None);
        assert_eq!(faults.clear(Some(first)), 1);
        assert_eq!(faults.skew(), 2000);
        assert_eq!(faults.clear(None), 2);
    }

    #[test]
    fn same_seed_draws_the_same() {
        let draws = |seed: u64| {
            let faults = Faults::default();
            let text = format!(r#"{{"what":"cut","per_mille":300,"seed":{seed},"times":null}}"#);
            faults.set(script(&text)).unwrap();
            (0..100)
                .map(|_| faults.of_push("x", None).is_some())
                .collect::<Vec<_>>()
        };
        assert_eq!(draws(7), draws(7));
        assert_ne!(draws(7), draws(8));
        assert!((15..45).contains(&draws(7).iter().filter(|hit| **hit).count()));
    }

    #[test]
    fn wrong_scripts_are_refused_with_the_field() {
        for (text, word) in [
            (r#"{"what":"delay","milliseconds":600001}"#, "milliseconds"),
            (r#"{"what":"cut","times":0}"#, "times"),
            (r#"{"what":"cut","per_mille":1001}"#, "per_mille"),
            (r#"{"what":"broken","status":200}"#, "status"),
            (r#"{"what":"limited","seconds":100000}"#, "seconds"),
        ] {
            let error = Faults::default().set(script(text)).unwrap_err();
            assert!(error.to_string().contains(word), "{error}");
        }
        assert!(serde_json::from_str::<Script>(r#"{"what":"explode"}"#).is_err());
        assert!(serde_json::from_str::<Script>(r#"{"what":"cut","endpiont":"x"}"#).is_err());
    }
}
