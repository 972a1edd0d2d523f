//! Names of events in the log: the field `event`, by which operators search.

/// A profitable close found too little power; a debt was recorded.
pub const SETTLEMENT_SHORT: &str = "settlement.short";
/// A profitable close was charged.
pub const SETTLEMENT_CHARGED: &str = "settlement.charged";
/// Many profitable closes were paid in one group.
pub const SETTLEMENTS_CHARGED: &str = "settlement.group_charged";
/// The power due on a profitable close rounds to zero.
pub const SETTLEMENT_NOTHING_DUE: &str = "settlement.nothing_due";
/// A closed position could not be settled; the sweep sees it again.
pub const SETTLEMENT_FAILED: &str = "settlement.failed";
/// The difference of a revised profit was settled.
pub const SETTLEMENT_CORRECTED: &str = "settlement.corrected";
/// A debt was repaid from power that came in.
pub const DEBT_COLLECTED: &str = "debt.collected";
/// A debt was forgiven.
pub const DEBT_WAIVED: &str = "debt.waived";
/// Power was reserved for a position.
pub const HOLD_MADE: &str = "hold.made";
/// A position opens without reserved power.
pub const HOLD_MISSING: &str = "hold.missing";
/// Reserved power could not be given back; the next run of the job sees it again.
pub const HOLD_NOT_RELEASED: &str = "hold.not_released";
/// Reserved power was given back without a settlement.
pub const HOLD_RELEASED: &str = "hold.released";
/// A group of the ledger was not committed.
pub const LEDGER_COMMIT_FAILED: &str = "ledger.commit_failed";
/// Stored facts contradict each other.
pub const LEDGER_CONTRADICTION: &str = "ledger.contradiction";
/// A statement could not be given, or broke off: its cause is the ledger or the store.
pub const STATEMENT_BROKEN: &str = "statement.broken";
/// The ledger panicked.
pub const LEDGER_PANICKED: &str = "ledger.panicked";
/// Something is wrong, from now on.
pub const ALERT_RAISED: &str = "alert.raised";
/// It is over.
pub const ALERT_RESOLVED: &str = "alert.resolved";
/// An alert could not be written down.
pub const ALERT_LOST: &str = "alert.lost";
/// Somebody looks after an alert.
pub const ALERT_ACKNOWLEDGED: &str = "alert.acknowledged";
/// A target was told of an alert.
pub const ALERT_DELIVERED: &str = "alert.delivered";
/// A target was not told; it is tried again.
pub const DELIVERY_FAILED: &str = "alert.delivery_failed";
/// A target was not told, and it is not tried any more.
pub const DELIVERY_GIVEN_UP: &str = "alert.delivery_given_up";
/// Several alerts are told by one message.
pub const ALERTS_SUMMARISED: &str = "alert.summarised";
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
/// What the venue told after a position had closed changed its profit.
pub const PROFIT_REVISED: &str = "reconcile.profit_revised";
/// The venue was asked for an order and gave no answer.
pub const LOOKUP_FAILED: &str = "sync.lookup_failed";
/// An intent was too old to be sent: the process had stood still. The sync looks the order up.
pub const ORDER_NOT_SENT: &str = "order.not_sent";
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
/// A robot's venue is not switched on; it does nothing.
pub const ROBOT_WITHOUT_VENUE: &str = "robot.without_venue";
/// A robot may not open.
pub const OPEN_REFUSED: &str = "open.refused";
/// A robot could not open: something did not answer.
pub const OPEN_FAILED: &str = "open.failed";
/// A robot closes its position.
pub const CLOSE_INTENDED: &str = "close.intended";
/// A robot could not close its position; it tries again.
pub const CLOSE_FAILED: &str = "close.failed";
/// An order to close all became flat, or is closing again.
pub const CLOSE_ALL_MOVED: &str = "close_all.moved";
/// A close that an order to close all asked for was not taken; it is asked for again.
pub const CLOSE_ALL_NOT_TAKEN: &str = "close_all.not_taken";
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
/// Another process is the writer; this one waits.
pub const LEASE_WAITING: &str = "lease.waiting";
/// This process is the writer now.
pub const LEASE_TAKEN: &str = "lease.taken";
/// Another process took over as the writer; this one writes nothing more and ends.
pub const LEASE_LOST: &str = "lease.lost";
/// The end of the ledger's chain, to be anchored outside.
pub const LEDGER_HEAD: &str = "ledger.head";
/// The daemon was told to stop.
pub const DAEMON_STOPPING: &str = "daemon.stopping";
/// The daemon has stopped.
pub const DAEMON_STOPPED: &str = "daemon.stopped";
/// The stop was not orderly.
pub const DAEMON_STOP_SLOW: &str = "daemon.stop_slow";
/// The disk failed during a commit.
pub const DISK_FAILED: &str = "store.disk_failed";
/// The disk under the database is full; nothing is written.
pub const DISK_IS_FULL: &str = "store.disk_full";
/// There is room again, and something was written.
pub const DISK_HAS_ROOM: &str = "store.disk_has_room";
/// A page of holdings was written.
pub const POOL_PAGE: &str = "pool.page";
/// A product of the pools waits for funding, or does not agree.
pub const POOL_WAITS: &str = "pool.waits";
/// A holding or a product could not be brought up to date.
pub const POOL_FAILED: &str = "pool.failed";
/// The daemon cannot go on.
pub const DAEMON_BROKEN: &str = "daemon.broken";
/// systemd could not be told something.
pub const NOTIFY_FAILED: &str = "notify.failed";
/// The ledger missed a sign of life.
pub const PULSE_MISSED: &str = "ledger.pulse_missed";
/// The HTTP interface ended.
pub const HTTP_FAILED: &str = "http.failed";
/// How far a venue's clock is from ours was measured.
pub const VENUE_CLOCK: &str = "venue.clock";
/// A stream of a venue is up.
pub const STREAM_UP: &str = "stream.up";
/// A stream of a venue that was up has ended; it is opened again.
pub const STREAM_BROKE: &str = "stream.broke";
/// A stream of a venue did not come about; it is tried again.
pub const STREAM_NOT_UP: &str = "stream.not_up";
/// A message of a private stream could not be read; the account is looked at.
pub const STREAM_UNREAD: &str = "stream.unread";
/// A venue was not told that we live: it will cancel what rests.
pub const DEAD_MAN_NOT_HELD: &str = "venue.dead_man_not_held";
/// The list of a venue's markets was read.
pub const VENUE_LISTINGS: &str = "venue.listings";
