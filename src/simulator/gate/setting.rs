//! Endpoints of what an account sets: leverage, cross or isolated margin, margin, one-way or hedge mode.

use domain::fixed::Amount;
use domain::market::Side;
use domain::user::PositionMode;
use domain::venue::MarginMode;

use super::account;
use super::contract::Contract;
use super::problem::Problem;
use super::routes::{Call, Told};

/// `POST /futures/usdt/positions/{contract}/leverage`, in one-way mode.
pub(super) async fn leverage(call: &Call<'_>) -> Told {
    single(call).await?;
    let contract = call.contract()?;
    set_leverage(call, &contract).await?;
    account::one(call, &contract).await
}

/// `POST /futures/usdt/dual_comp/positions/{contract}/leverage`.
pub(super) async fn leverage_of_both(call: &Call<'_>) -> Told {
    let contract = call.contract()?;
    set_leverage(call, &contract).await?;
    account::all(call, &contract).await
}

/// Zero sets cross margin, whose leverage is told apart and stays where it is not told.
async fn set_leverage(call: &Call<'_>, contract: &Contract<'_>) -> Result<(), Problem> {
    let told: u32 = call.params.need_as("leverage")?;
    let limit: u32 = call.params.read_as("cross_leverage_limit")?.unwrap_or(0);
    let (mode, leverage) = match (told, limit) {
        (0, 0) => (MarginMode::Cross, None),
        (0, limit) => (MarginMode::Cross, Some(limit)),
        (leverage, _) => (MarginMode::Isolated, Some(leverage)),
    };
    let most = contract.market.instrument.max_leverage;
    if leverage.is_some_and(|leverage| leverage > most) {
        return Err(Problem::bad("LEVERAGE_TOO_HIGH", "Leverage is too high"));
    }
    set_mode(call, contract, mode).await?;
    let symbol = contract.symbol().clone();
    let before = call.exchange.account(call.id()?).await?.setting(&symbol, most).leverage;
    if let Some(leverage) = leverage.filter(|leverage| *leverage != before) {
        call.exchange.set_leverage(call.id()?, symbol, leverage).await?;
    }
    Ok(())
}

async fn set_mode(call: &Call<'_>, contract: &Contract<'_>, mode: MarginMode) -> Result<(), Problem> {
    let account = call.exchange.account(call.id()?).await?;
    let symbol = contract.symbol();
    let before = account.setting(symbol, contract.market.instrument.max_leverage);
    if before.margin_mode != mode {
        call.exchange.set_margin_mode(account.id, symbol.clone(), mode).await?;
    }
    Ok(())
}

/// `POST /futures/usdt/positions/cross_mode`, in one-way mode.
pub(super) async fn cross_mode(call: &Call<'_>) -> Told {
    single(call).await?;
    let contract = switched(call).await?;
    account::one(call, &contract).await
}

/// `POST /futures/usdt/dual_comp/positions/cross_mode`.
pub(super) async fn cross_mode_of_both(call: &Call<'_>) -> Told {
    let contract = switched(call).await?;
    account::all(call, &contract).await
}

async fn switched<'a>(call: &Call<'a>) -> Result<Contract<'a>, Problem> {
    let contract = super::params::contract(&call.params, call.exchange)?;
    let mode = match call.params.need("mode")? {
        "CROSS" => MarginMode::Cross,
        "ISOLATED" => MarginMode::Isolated,
        _ => return Err(Problem::value("mode")),
    };
    set_mode(call, &contract, mode).await?;
    Ok(contract)
}

/// `POST /futures/usdt/positions/{contract}/margin`, in one-way mode.
pub(super) async fn margin(call: &Call<'_>) -> Told {
    single(call).await?;
    let contract = call.contract()?;
    let account = call.exchange.account(call.id()?).await?;
    let held = account.positions.iter().find(|held| held.symbol == *contract.symbol());
    let side = held.map_or(Side::Long, |held| held.side);
    move_margin(call, &contract, side).await?;
    account::one(call, &contract).await
}

/// `POST /futures/usdt/dual_comp/positions/{contract}/margin`.
pub(super) async fn margin_of_both(call: &Call<'_>) -> Told {
    let contract = call.contract()?;
    let side = match call.params.need("dual_side")? {
        "dual_long" => Side::Long,
        "dual_short" => Side::Short,
        _ => return Err(Problem::value("dual_side")),
    };
    move_margin(call, &contract, side).await?;
    account::all(call, &contract).await
}

async fn move_margin(call: &Call<'_>, contract: &Contract<'_>, side: Side) -> Result<(), Problem> {
    let change: Amount = call.params.need_as("change")?;
    let symbol = contract.symbol().clone();
    Ok(call.exchange.move_margin(call.id()?, symbol, side, change).await?)
}

/// `POST /futures/usdt/dual_mode`.
pub(super) async fn dual_mode(call: &Call<'_>) -> Told {
    call.params.need("dual_mode")?;
    let mode = match call.params.flag("dual_mode")? {
        true => PositionMode::Hedge,
        false => PositionMode::OneWay,
    };
    let before = call.exchange.account(call.id()?).await?;
    if before.mode == mode {
        return Err(Problem::no_change());
    }
    call.exchange.set_mode(before.id, mode).await?;
    account::whole(call).await
}

/// What is of one-way mode only.
async fn single(call: &Call<'_>) -> Result<(), Problem> {
    match call.exchange.account(call.id()?).await?.mode {
        PositionMode::OneWay => Ok(()),
        PositionMode::Hedge => Err(Problem::dual()),
    }
}
