//! The table of words and their homes.

/// A word, where it may stand, and what to do about it elsewhere. Homes are path prefixes.
pub struct Word {
    pub word: &'static str,
    pub within: &'static [&'static str],
    pub homes: &'static [&'static str],
    pub advice: &'static str,
}

const CODE: &[&str] = &["src/", "domain/", "entity/", "migration/"];
const MONEY: &[&str] = &[
    "domain/",
    "entity/",
    "migration/",
    "src/config",
    "src/ports",
    "src/jobs",
    "src/adapters",
    "src/simulator",
    "src/actors/ledger",
    "src/actors/robot",
];
const STORE: &[&str] = &["src/adapters/store", "entity/", "migration/"];
const ACTORS: &[&str] = &[
    "src/actors",
    "src/jobs",
    "src/http",
    "src/assemble",
    "src/cli",
    "src/main.rs",
];
/// Who may mail actors, or shows what they answered.
const MAIL: &[&str] = &[
    "src/actors",
    "src/jobs",
    "src/http",
    "src/desk",
    "src/view",
    "src/assemble",
    "src/cli",
];
const TOP: &[&str] = &["src/assemble", "src/cli", "src/main.rs", "src/lib.rs"];
/// Where messages of a protocol that has floats become decimals.
const PROTOBUF: &[&str] = &["src/adapters/stocks/futu/wire", "src/simulator/opend/wire"];
const CLOCK: &[&str] = &["src/clock.rs"];

const fn word(
    word: &'static str,
    within: &'static [&'static str],
    homes: &'static [&'static str],
    advice: &'static str,
) -> Word {
    Word {
        word,
        within,
        homes,
        advice,
    }
}

const NO_FLOAT: &str = "money and rules have no floats: use Decimal or the domain's Amount";
const PURE: &str = "the domain never awaits and touches nothing: let the caller bring the fact";
const TIME: &str = "time is an argument: ask the clock in src/clock.rs";
const DATABASE: &str = "put the query behind the store port";

pub const WORDS: &[Word] = &[
    word("sea_orm", CODE, STORE, DATABASE),
    word("sea_orm_migration", CODE, STORE, DATABASE),
    word("sqlx", CODE, STORE, DATABASE),
    word("entity::", &["src/"], STORE, DATABASE),
    word(
        "ethers_core",
        CODE,
        &["src/adapters/chain"],
        "put the call behind the chain port",
    ),
    word(
        "ethers_signers",
        CODE,
        &["src/adapters/chain"],
        "put the call behind the wallet port",
    ),
    word(
        "reqwest",
        CODE,
        &["src/adapters", "src/cli/client"],
        "put the call behind a port",
    ),
    word(
        "actix",
        CODE,
        ACTORS,
        "keep actors out of here: take the facts, give the decision",
    ),
    word(
        "actix_rt",
        CODE,
        ACTORS,
        "keep actors out of here: take the facts, give the decision",
    ),
    word(
        "actix_web",
        CODE,
        &["src/http", "src/assemble", "src/cli", "src/simulator"],
        "HTTP stays in src/http",
    ),
    word("actix_ws", CODE, &["src/simulator"], "HTTP stays in src/http"),
    word(
        "tracing_subscriber",
        CODE,
        &["src/telemetry.rs", "src/config/log.rs"],
        "install it in src/telemetry.rs",
    ),
    word(
        "tracing_journald",
        CODE,
        &["src/telemetry.rs"],
        "install it in src/telemetry.rs",
    ),
    word(
        "LedgerPen::uncap",
        CODE,
        &["src/actors/ledger"],
        "only the ledger moves money: mail it",
    ),
    word(
        "Change::Ledger",
        CODE,
        &["domain/src/ledger/pen.rs", "src/adapters/store"],
        "only the ledger's pen writes these",
    ),
    word("SystemTime", CODE, CLOCK, TIME),
    word("Utc::now", CODE, CLOCK, TIME),
    word("Local::now", CODE, CLOCK, TIME),
    word("std::time::Instant", CODE, &["src/clock.rs", "src/cli"], TIME),
    word(
        "do_send",
        CODE,
        &[],
        "use try_send for pokes, send with a deadline for commands",
    ),
    word(
        "env::var",
        CODE,
        &["src/config", "src/telemetry.rs"],
        "make it a setting in src/config",
    ),
    word("println!", CODE, &["src/cli"], "write a log line with tracing"),
    word(
        "eprintln!",
        CODE,
        &["src/cli", "src/crash.rs"],
        "write a log line with tracing",
    ),
    word("todo!", CODE, &[], "write it, or leave it out"),
    word("unimplemented!", CODE, &[], "write it, or leave it out"),
    word("f32", MONEY, &[], NO_FLOAT),
    word("f64", MONEY, PROTOBUF, NO_FLOAT),
    word("async", &["domain/"], &[], PURE),
    word("tokio", &["domain/", "entity/"], &[], PURE),
    word("tracing", &["domain/", "entity/"], &[], PURE),
    word("std::fs", &["domain/", "entity/", "migration/"], &[], PURE),
    word("std::net", &["domain/", "entity/", "migration/"], &[], PURE),
    word("std::env", &["domain/", "entity/", "migration/"], &[], PURE),
    word("rand::", CODE, &[], "randomness comes in from outside, with its seed"),
    word(
        "crate::adapters",
        &["src/"],
        &["src/adapters", "src/assemble", "src/cli", "src/simulator"],
        "ask for a port",
    ),
    word(
        "crate::adapters::store",
        &["src/simulator"],
        &[],
        "the simulator knows the paper venue alone: take the vault's port",
    ),
    word(
        "venue::binance",
        &["src/simulator"],
        &[],
        "the simulator is read from the documents, apart from the adapter that it tests",
    ),
    word(
        "venue::dialect",
        &["src/simulator"],
        &[],
        "the simulator is read from the documents",
    ),
    word(
        "crate::simulator",
        &["src/"],
        &["src/simulator", "src/cli"],
        "nobody but the command line knows the simulator",
    ),
    word(
        "crate::http",
        &["src/"],
        &["src/http", "src/assemble", "src/cli"],
        "nobody below knows HTTP",
    ),
    word("crate::cli", &["src/"], TOP, "nobody below knows the command line"),
    word(
        "crate::actors",
        &["src/"],
        MAIL,
        "adapters and ports do not know actors",
    ),
];
