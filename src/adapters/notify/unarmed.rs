//! A target whose secrets this process was not given: the daemon has them as credentials, a shell has not.

use async_trait::async_trait;
use domain::alert::delivery::Told;
use domain::alert::notice::Notice;

use crate::ports::notify::Notify;

/// Takes nothing, and says why.
pub struct Unarmed {
    /// What is lacking: `url` or `token`.
    pub field: &'static str,
}

#[async_trait]
impl Notify for Unarmed {
    async fn tell(&self, _: &Notice) -> Told {
        Told::Unknown {
            why: format!(
                "its {} is not known to this process; ask the running daemon",
                self.field
            ),
            after: None,
        }
    }
}
