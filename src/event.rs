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
/// Due times of a job had no run.
pub const JOB_MISSED: &str = "job.missed";
/// Something about a job's runs is not on record yet.
pub const JOB_NOT_RECORDED: &str = "job.not_recorded";
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
/// A venue was reached and must not be used: another environment than the settings say, no account, or trading that stays locked.
pub const VENUE_BARRED: &str = "venue.barred";
/// A venue was not told that we live: it will cancel what rests.
pub const DEAD_MAN_NOT_HELD: &str = "venue.dead_man_not_held";
/// The list of a venue's markets was read.
pub const VENUE_LISTINGS: &str = "venue.listings";
/// An endpoint of a chain is of another chain; it is never used.
pub const CHAIN_ENDPOINT_FOREIGN: &str = "chain.endpoint_foreign";
/// Another endpoint of a chain is asked from now on.
pub const CHAIN_ENDPOINT_CHANGED: &str = "chain.endpoint_changed";
/// An endpoint of a chain told what cannot be, or was behind; it is asked last for a while.
pub const CHAIN_ENDPOINT_DISTRUSTED: &str = "chain.endpoint_distrusted";
/// A socket to a node is up.
pub const CHAIN_SOCKET_UP: &str = "chain.socket_up";
/// A socket to a node that was up has ended; it is opened again.
pub const CHAIN_SOCKET_BROKE: &str = "chain.socket_broke";
/// A socket to a node did not come about; it is tried again.
pub const CHAIN_SOCKET_NOT_UP: &str = "chain.socket_not_up";
/// A node said what is not understood; whoever waited asks again.
pub const CHAIN_SOCKET_ODD: &str = "chain.socket_odd";
/// The logs of a vault could not be read to their end; it is tried again.
pub const CHAIN_UNREAD: &str = "chain.unread";
/// Blocks that had not acted are on the chain no more.
pub const CHAIN_REORG: &str = "chain.reorg";
/// Logs were told only by a later look.
pub const CHAIN_LOGS_LATE: &str = "chain.logs_late";
/// What a chain says now contradicts what acted.
pub const CHAIN_CONTRADICTION: &str = "chain.contradiction";
/// A subscription reads and pays nothing until an operator resumes it.
pub const SUBSCRIPTION_HALTED: &str = "subscription.halted";
/// An operator resumed a subscription.
pub const SUBSCRIPTION_RESUMED: &str = "subscription.resumed";
/// A subscription's actor ended although nobody had asked it to.
pub const SUBSCRIPTION_CRASHED: &str = "subscription.crashed";
/// A subscription's actor crashed too often and stays stopped.
pub const SUBSCRIPTION_QUARANTINED: &str = "subscription.quarantined";
/// A trigger came into another state.
pub const TRIGGER_MOVED: &str = "trigger.moved";
/// A trigger waits for something that is not its own.
pub const TRIGGER_WAITS: &str = "trigger.waits";
/// Work on a trigger broke off; it is tried again.
pub const TRIGGER_FAILED: &str = "trigger.failed";
/// The exchange took an execution of a trigger's order back.
pub const TRIGGER_FILL_CANCELLED: &str = "trigger.fill_cancelled";
/// Triggers could not be read.
pub const TRIGGERS_UNREAD: &str = "trigger.unread";
/// The trigger actor panicked.
pub const TRIGGERS_PANICKED: &str = "trigger.panicked";
/// A lookup of a stock order told something new.
pub const STOCK_ORDER_FOUND: &str = "stock_order.found";
/// The cancellation of a stock order was asked for.
pub const STOCK_ORDER_CANCELLING: &str = "stock_order.cancelling";
/// A stock venue gave no answer.
pub const STOCKS_UNANSWERED: &str = "stocks.unanswered";
/// A transaction for a payout was signed and is on record.
pub const PAYOUT_SIGNED: &str = "payout.signed";
/// A node took a transaction for a payout.
pub const PAYOUT_SENT: &str = "payout.sent";
/// Whether a transaction was taken is not known, or it was not; it is sent again.
pub const PAYOUT_NOT_SENT: &str = "payout.not_sent";
/// A payout is on the chain, deep enough, and is booked.
pub const PAYOUT_CONFIRMED: &str = "payout.confirmed";
/// A payout halted.
pub const PAYOUT_HALTED: &str = "payout.halted";
/// A nonce that holds up others is filled.
pub const PAYOUT_GAP: &str = "payout.gap";
/// Somebody else used a nonce of the payer.
pub const PAYOUT_FOREIGN_NONCE: &str = "payout.foreign_nonce";
/// A payout could not be looked after; it is looked at again.
pub const PAYOUT_BLIND: &str = "payout.blind";
/// A look at the payouts panicked.
pub const PAYOUT_PANICKED: &str = "payout.panicked";
/// A vault is below its floor, and its subscription is paused.
pub const PAYOUT_RESERVE_LOW: &str = "payout.reserve_low";
/// An operator did something to a payout.
pub const PAYOUT_BY_HAND: &str = "payout.by_hand";
/// Ledger and world were compared.
pub const SOLVENCY_COMPARED: &str = "solvency.compared";
