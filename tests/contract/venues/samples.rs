//! Payloads of our own in each venue's form, to be damaged where the documented ones are not at hand. Fuzzing begins with them, too.

pub const BINANCE: &[&str] = &[
    include_str!("../../../fuzz/seeds/binance/order.json"),
    include_str!("../../../fuzz/seeds/binance/trades.json"),
    include_str!("../../../fuzz/seeds/binance/positions.json"),
    include_str!("../../../fuzz/seeds/binance/income.json"),
    include_str!("../../../fuzz/seeds/binance/bars.json"),
    include_str!("../../../fuzz/seeds/binance/push_order.json"),
    include_str!("../../../fuzz/seeds/binance/push_account.json"),
];

pub const BITGET: &[&str] = &[
    include_str!("../../../fuzz/seeds/bitget/placed.json"),
    include_str!("../../../fuzz/seeds/bitget/orders.json"),
    include_str!("../../../fuzz/seeds/bitget/fills.json"),
    include_str!("../../../fuzz/seeds/bitget/positions.json"),
    include_str!("../../../fuzz/seeds/bitget/push_orders.json"),
];

pub const BYBIT: &[&str] = &[
    include_str!("../../../fuzz/seeds/bybit/placed.json"),
    include_str!("../../../fuzz/seeds/bybit/orders.json"),
    include_str!("../../../fuzz/seeds/bybit/executions.json"),
    include_str!("../../../fuzz/seeds/bybit/positions.json"),
    include_str!("../../../fuzz/seeds/bybit/push_execution.json"),
];

pub const GATE: &[&str] = &[
    include_str!("../../../fuzz/seeds/gate/order.json"),
    include_str!("../../../fuzz/seeds/gate/trades.json"),
    include_str!("../../../fuzz/seeds/gate/positions.json"),
    include_str!("../../../fuzz/seeds/gate/book.json"),
    include_str!("../../../fuzz/seeds/gate/push_trades.json"),
];

pub const OKX: &[&str] = &[
    include_str!("../../../fuzz/seeds/okx/placed.json"),
    include_str!("../../../fuzz/seeds/okx/orders.json"),
    include_str!("../../../fuzz/seeds/okx/fills.json"),
    include_str!("../../../fuzz/seeds/okx/positions.json"),
    include_str!("../../../fuzz/seeds/okx/push_orders.json"),
];
