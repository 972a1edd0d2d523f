//! The daemon's own jobs, and how often the settings let each run.

use std::time::Duration;

use crate::config::Settings;
use crate::jobs::{
    Builtin, compare_solvency, evaluate_alerts, judge_closes, plan, poke_vaults, pools, press_close_alls, prune_runs,
    release_holds, report_day, sweep_unsettled, sync_history, verify_ledger, watch_disks,
};

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// What each of them does.
const ABOUT: [(&str, &str); 12] = [
    (sweep_unsettled::NAME, "settles what waits for it"),
    (release_holds::NAME, "gives reserved power back that nothing came of"),
    (evaluate_alerts::NAME, "judges what waits for settlement"),
    (judge_closes::NAME, "looks for what is unusual in closes"),
    (watch_disks::NAME, "watches the room on disks"),
    (verify_ledger::NAME, "derives every balance from the entries again"),
    (press_close_alls::NAME, "presses on with orders to close all"),
    (pools::NAME, "pays the yield of days that have ended"),
    (pools::COMPARE, "compares pools with their holdings and the ledger"),
    (sync_history::NAME, "syncs every account that holds something"),
    (report_day::NAME, "says what was done on the day before"),
    (prune_runs::NAME, "forgets old runs of jobs"),
];

/// What those of vaults do.
const ABOUT_VAULTS: [(&str, &str); 3] = [
    (
        compare_solvency::NAME,
        "compares the ledger with vaults and the stock venue",
    ),
    (poke_vaults::TRIGGERS, "looks at every trigger that is not over"),
    (poke_vaults::GAPS, "scans the chains for logs that were not told"),
];

/// All of them, by name. Those of vaults are there where a vault is.
pub fn builtins(settings: &Settings) -> Vec<Builtin> {
    let vaults: &[(&str, &str)] = if settings.subscriptions.is_empty() {
        &[]
    } else {
        &ABOUT_VAULTS
    };
    let each = ABOUT.iter().chain(vaults).map(|(name, about)| Builtin {
        name,
        about,
        every: every(settings, name),
    });
    let mut all: Vec<Builtin> = each.collect();
    all.sort_unstable_by_key(|one| one.name);
    all
}

/// How often one of them runs: what the settings say of it by its name, else in the section that it belongs to, else what it says itself.
pub fn every(settings: &Settings, name: &str) -> Duration {
    if let Some(own) = settings.jobs.every.get(name) {
        return own.0;
    }
    match name {
        sweep_unsettled::NAME => settings.settlement.sweep_interval,
        release_holds::NAME => settings.settlement.hold.release_interval,
        press_close_alls::NAME => settings.close_all.look_every,
        pools::NAME => settings.pools.look_every,
        pools::COMPARE => pools::COMPARE_EVERY,
        evaluate_alerts::NAME | watch_disks::NAME => plan::JUDGE_EVERY,
        judge_closes::NAME => plan::LOOK_AT_CLOSES_EVERY,
        verify_ledger::NAME => plan::AUDIT_EVERY,
        compare_solvency::NAME => compare_solvency::EVERY,
        report_day::NAME => DAY,
        _ => HOUR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::OWN_JOBS;

    #[test]
    fn settings_know_every_job_of_the_daemon() {
        let mut settings = crate::config::load(&crate::config::Sources::default()).unwrap();
        let without = builtins(&settings);
        assert!(without.iter().all(|own| OWN_JOBS.contains(&own.name)), "{without:?}");
        assert_eq!(without.len() + 3, OWN_JOBS.len(), "three are of vaults");
        let day = crate::config::Every(DAY);
        settings.jobs.every.insert("watch_disks".to_owned(), day);
        let own = builtins(&settings);
        let watch = own.iter().find(|own| own.name == "watch_disks").unwrap();
        assert_eq!(watch.every, DAY);
    }
}
