//! Names of events in the log: the field `event`, by which operators search.

/// A profitable close found too little power; a debt was recorded.
pub const SETTLEMENT_SHORT: &str = "settlement.short";
/// A profitable close was charged.
pub const SETTLEMENT_CHARGED: &str = "settlement.charged";
/// The power due on a profitable close rounds to zero.
pub const SETTLEMENT_NOTHING_DUE: &str = "settlement.nothing_due";
/// A closed position could not be settled; the sweep sees it again.
pub const SETTLEMENT_FAILED: &str = "settlement.failed";
/// A debt was repaid from a recharge.
pub const DEBT_COLLECTED: &str = "debt.collected";
/// A group of the ledger was not committed.
pub const LEDGER_COMMIT_FAILED: &str = "ledger.commit_failed";
/// Stored facts contradict each other.
pub const LEDGER_CONTRADICTION: &str = "ledger.contradiction";
/// The ledger panicked.
pub const LEDGER_PANICKED: &str = "ledger.panicked";
/// Something is wrong, from now on.
pub const ALERT_RAISED: &str = "alert.raised";
/// It is over.
pub const ALERT_RESOLVED: &str = "alert.resolved";
/// An alert could not be written down.
pub const ALERT_LOST: &str = "alert.lost";
/// A job ran.
pub const JOB_SUCCEEDED: &str = "job.succeeded";
/// A job failed.
pub const JOB_FAILED: &str = "job.failed";
/// The paper venue could not write down what it had matched, and took it back.
pub const PAPER_UNDONE: &str = "paper.undone";
/// The paper venue asks whether its last commit was written.
pub const PAPER_IN_DOUBT: &str = "paper.in_doubt";
/// The paper venue left an account alone because a number left its range.
pub const PAPER_OUT_OF_RANGE: &str = "paper.out_of_range";
/// A venue's report contradicts what is on record.
pub const RECONCILE_MISMATCH: &str = "reconcile.mismatch";
/// The venue was asked for an order and gave no answer.
pub const LOOKUP_FAILED: &str = "sync.lookup_failed";
/// An order's outcome is unknown, or stays so.
pub const ORDER_IN_DOUBT: &str = "order.in_doubt";
/// A sync of an account failed.
pub const SYNC_FAILED: &str = "sync.failed";
/// An account could not be synced several times in a row.
pub const SYNC_FAILING: &str = "sync.failing";
/// An account is synced again.
pub const SYNC_RECOVERED: &str = "sync.recovered";
/// Which accounts to sync could not be read.
pub const SYNC_ACCOUNTS_UNREAD: &str = "sync.accounts_unread";
/// The scheduler panicked.
pub const SYNC_PANICKED: &str = "sync.panicked";
/// A request was answered.
pub const HTTP_REQUEST: &str = "http.request";
/// The store did not do what a request needed.
pub const HTTP_STORE_FAILED: &str = "http.store_failed";
/// A poke found a full mailbox; who was poked looks by itself later.
pub const POKE_LOST: &str = "poke.lost";
/// A robot's strategy gave a direction.
pub const ROBOT_SIGNAL: &str = "robot.signal";
/// A robot could not read its rows or its market.
pub const ROBOT_BLIND: &str = "robot.blind";
/// A robot may not open.
pub const OPEN_REFUSED: &str = "open.refused";
/// A robot could not open: something did not answer.
pub const OPEN_FAILED: &str = "open.failed";
/// A robot closes its position.
pub const CLOSE_INTENDED: &str = "close.intended";
/// A robot could not close its position; it tries again.
pub const CLOSE_FAILED: &str = "close.failed";
/// The trailing take-profit armed.
pub const POSITION_ARMED: &str = "position.armed";
/// The venue took an order.
pub const ORDER_PLACED: &str = "order.placed";
/// The venue definitely refused an order.
pub const ORDER_REFUSED: &str = "order.refused";
/// The outcome of an order could not be put on record.
pub const ORDER_OUTCOME_LOST: &str = "order.outcome_lost";
/// A robot's actor began to live.
pub const ROBOT_SPAWNED: &str = "robot.spawned";
/// A robot's actor ended although nobody had asked it to.
pub const ROBOT_CRASHED: &str = "robot.crashed";
/// A robot crashed too often and stays stopped.
pub const ROBOT_QUARANTINED: &str = "robot.quarantined";
/// A quarantined robot was started again.
pub const ROBOT_PARDONED: &str = "robot.pardoned";
/// A quarantine could not be written down yet.
pub const QUARANTINE_UNWRITTEN: &str = "robot.quarantine_unwritten";
/// Which robots are wanted could not be read.
pub const ROBOTS_UNREAD: &str = "supervisor.robots_unread";
/// Not all robots stopped in time.
pub const DRAIN_LATE: &str = "supervisor.drain_late";
/// The supervisor panicked.
pub const SUPERVISOR_PANICKED: &str = "supervisor.panicked";
/// The daemon takes work.
pub const DAEMON_READY: &str = "daemon.ready";
/// The daemon was told to stop.
pub const DAEMON_STOPPING: &str = "daemon.stopping";
/// The daemon has stopped.
pub const DAEMON_STOPPED: &str = "daemon.stopped";
/// The stop was not orderly.
pub const DAEMON_STOP_SLOW: &str = "daemon.stop_slow";
/// The disk failed during a commit.
pub const DISK_FAILED: &str = "store.disk_failed";
/// The daemon cannot go on.
pub const DAEMON_BROKEN: &str = "daemon.broken";
/// systemd could not be told something.
pub const NOTIFY_FAILED: &str = "notify.failed";
/// The ledger missed a sign of life.
pub const PULSE_MISSED: &str = "ledger.pulse_missed";
/// The HTTP interface ended.
pub const HTTP_FAILED: &str = "http.failed";
