"""Trades on the simulated Bitget with ccxt, over REST and over ccxt.pro's WebSockets, and prints what it did as JSON."""

import asyncio
import re

import ccxt

from simulated import SYMBOL, play, refusal, soon, until, venue

ISOLATED = {"marginMode": "isolated"}


async def refused(attempt, kind=ccxt.ExchangeError):
    """The code with which it was refused, as what ccxt makes of it."""
    return re.search(r'"code":"([0-9]+)"', await refusal(attempt, kind)).group(1)


async def markets(exchange, did):
    await exchange.load_markets()
    market = exchange.market(SYMBOL)
    assert market["linear"] and market["swap"] and market["active"], market
    assert market["precision"] == {"amount": 0.001, "price": 0.1}, market["precision"]
    assert abs(await exchange.fetch_time() - exchange.milliseconds()) < 5_000
    ticker = await exchange.fetch_ticker(SYMBOL)
    assert ticker["bid"] < ticker["ask"] and ticker["open"], ticker
    assert (await exchange.fetch_tickers([SYMBOL]))[SYMBOL]["last"], "no tickers"
    assert (await exchange.fetch_mark_price(SYMBOL))["markPrice"], "no mark price"
    book = await exchange.fetch_order_book(SYMBOL, 20)
    assert len(book["bids"]) == 20 and book["bids"][0][0] < book["asks"][0][0], book
    candles = await exchange.fetch_ohlcv(SYMBOL, "5m", limit=10)
    assert len(candles) == 10 and candles[0][0] < candles[-1][0], candles
    since = candles[3][0]
    assert [candle[0] for candle in await exchange.fetch_ohlcv(SYMBOL, "5m", since, 2)] == [since, candles[4][0]]
    trades = await exchange.fetch_trades(SYMBOL)
    assert trades, "no public trades"
    funding = await exchange.fetch_funding_rate(SYMBOL)
    assert funding["fundingRate"] is not None and funding["interval"] == "8h", funding
    rates = await exchange.fetch_funding_rate_history(SYMBOL, limit=3)
    assert len(rates) == 3 and rates[0]["timestamp"] < rates[2]["timestamp"], rates
    tiers = await exchange.fetch_market_leverage_tiers(SYMBOL)
    assert tiers[0]["maxLeverage"] == market["limits"]["leverage"]["max"], tiers
    did["markets"] = sorted(exchange.symbols)
    return ticker["last"]


async def account(exchange, did):
    assert (await exchange.fetch_margin_mode(SYMBOL))["marginMode"] == "cross"
    await exchange.set_margin_mode("isolated", SYMBOL)
    await exchange.set_leverage(10, SYMBOL)
    leverage = await exchange.fetch_leverage(SYMBOL)
    assert leverage["marginMode"] == "isolated" and leverage["longLeverage"] == 10, leverage
    did["leverage too high"] = await refused(exchange.set_leverage(1_000, SYMBOL))
    balance = await exchange.fetch_balance()
    assert balance["USDT"]["total"] > 0, balance
    fee = await exchange.fetch_trading_fee(SYMBOL)
    did["fees"] = [fee["maker"], fee["taker"]]
    did["balance"] = balance["USDT"]["total"]


async def orders(exchange, did, last):
    amount = 0.01
    orders = asyncio.ensure_future(
        until(lambda: exchange.watch_orders(SYMBOL), lambda order: order["status"] == "closed")
    )
    trades = asyncio.ensure_future(until(lambda: exchange.watch_my_trades(SYMBOL), lambda trade: True))
    positions = asyncio.ensure_future(
        until(lambda: exchange.watch_positions([SYMBOL]), lambda held: held["contracts"] == amount)
    )
    balances = asyncio.ensure_future(soon(exchange.watch_balance()))
    await asyncio.sleep(2)
    bought = await exchange.create_order(SYMBOL, "market", "buy", amount, None, ISOLATED)
    bought = await exchange.fetch_order(bought["id"], SYMBOL)
    assert bought["status"] == "closed" and bought["filled"] == amount and bought["fee"]["cost"] > 0, bought
    pushed = [await orders, await trades, await positions, await balances]
    assert pushed[0]["id"] == bought["id"] and pushed[1]["order"] == bought["id"], pushed
    assert pushed[0]["filled"] == amount and pushed[1]["fee"]["cost"] > 0, pushed
    held = (await exchange.fetch_positions([SYMBOL]))[0]
    assert held["side"] == "long" and held["contracts"] == amount and held["marginMode"] == "isolated", held
    assert abs(held["initialMarginPercentage"] - 0.1) < 0.001 and held["hedged"] is False, held
    assert (await exchange.fetch_position(SYMBOL))["contracts"] == amount
    did["own channels"] = [pushed[0]["status"], pushed[1]["side"], pushed[2]["side"], "USDT" in pushed[3]]

    price = float(exchange.price_to_precision(SYMBOL, last * 0.9))
    mine = {"clientOrderId": "mine-1", **ISOLATED}
    rests = await exchange.create_order(SYMBOL, "limit", "buy", amount, price, mine)
    assert rests["clientOrderId"] == "mine-1", rests
    open_orders = await exchange.fetch_open_orders(SYMBOL)
    assert [order["id"] for order in open_orders] == [rests["id"]], open_orders
    assert open_orders[0]["status"] == "open" and open_orders[0]["price"] == price, open_orders
    did["duplicate"] = await refused(exchange.create_order(SYMBOL, "limit", "buy", amount, price, mine))
    lower = float(exchange.price_to_precision(SYMBOL, last * 0.89))
    edited = await exchange.edit_order(rests["id"], SYMBOL, "limit", "buy", amount, lower)
    assert edited["id"] != rests["id"], "a changed order is another one"
    assert (await exchange.fetch_order(edited["id"], SYMBOL))["price"] == lower
    assert (await exchange.fetch_order(None, SYMBOL, {"clientOrderId": "mine-1"}))["status"] == "canceled"
    await exchange.cancel_order(edited["id"], SYMBOL)
    assert (await exchange.fetch_order(edited["id"], SYMBOL))["status"] == "canceled"
    did["again after its end"] = await refused(exchange.create_order(SYMBOL, "limit", "buy", amount, price, mine))
    batch = await exchange.create_orders([
        {"symbol": SYMBOL, "type": "limit", "side": "buy", "amount": amount, "price": price, "params": ISOLATED},
        {"symbol": SYMBOL, "type": "limit", "side": "buy", "amount": amount, "price": price, "params": mine},
    ])
    # ccxt leaves out what failed.
    failed = exchange.last_json_response["data"]["failureList"]
    did["batch"] = [len(batch), failed[0]["errorCode"]]
    cancelled = await exchange.cancel_all_orders(SYMBOL)
    assert [order["id"] for order in cancelled] == [batch[0]["id"]], cancelled
    killed = await exchange.create_order(
        SYMBOL, "limit", "buy", amount, price, {"timeInForce": "FOK", **ISOLATED}
    )
    assert (await exchange.fetch_order(killed["id"], SYMBOL))["status"] == "canceled"
    did["unknown order"] = await refused(exchange.fetch_order("99999", SYMBOL), ccxt.OrderNotFound)
    did["cancel unknown"] = await refused(exchange.cancel_order("99999", SYMBOL), ccxt.OrderNotFound)
    did["post only"] = await refused(
        exchange.create_order(SYMBOL, "limit", "buy", amount, round(last * 1.1), {"postOnly": True, **ISOLATED}),
        ccxt.InvalidOrder,
    )
    did["too small"] = await refused(
        exchange.create_order(SYMBOL, "limit", "buy", 0.001, round(last * 0.01), ISOLATED), ccxt.InvalidOrder
    )
    did["too dear"] = await refused(
        exchange.create_order(SYMBOL, "market", "buy", 500, None, ISOLATED), ccxt.InsufficientFunds
    )
    did["other margin mode"] = await refused(exchange.create_order(SYMBOL, "market", "buy", amount))


async def conditional(exchange, did, last):
    trigger = float(exchange.price_to_precision(SYMBOL, last * 0.8))
    changes = asyncio.ensure_future(
        until(lambda: exchange.watch_orders(SYMBOL, params={"trigger": True}), lambda order: True)
    )
    await asyncio.sleep(1)
    stop = await exchange.create_order(SYMBOL, "market", "sell", 0.01, None, {"stopLossPrice": trigger})
    assert (await changes)["id"] == stop["id"]
    kinds = {"trigger": True, "planType": "profit_loss"}
    waiting = await exchange.fetch_open_orders(SYMBOL, params=kinds)
    assert [order["id"] for order in waiting] == [stop["id"]], waiting
    assert waiting[0]["stopLossPrice"] == trigger and waiting[0]["side"] == "sell", waiting
    await exchange.cancel_order(stop["id"], SYMBOL, {"trigger": True})
    assert not await exchange.fetch_open_orders(SYMBOL, params=kinds)
    entry = await exchange.create_order(
        SYMBOL, "limit", "buy", 0.01, trigger, {"triggerPrice": trigger, **ISOLATED}
    )
    waiting_too = await exchange.fetch_open_orders(SYMBOL, params={"trigger": True})
    assert [order["id"] for order in waiting_too] == [entry["id"]], waiting_too
    await exchange.cancel_all_orders(SYMBOL, {"trigger": True})
    past = await exchange.fetch_canceled_orders(SYMBOL, params={"trigger": True})
    assert [order["id"] for order in past] == [entry["id"]], past
    reached = float(exchange.price_to_precision(SYMBOL, last * 1.2))
    did["reached already"] = await refused(
        exchange.create_order(SYMBOL, "market", "sell", 0.01, None, {"stopLossPrice": reached})
    )
    did["conditional"] = [order["info"]["planType"] for order in waiting + waiting_too]


async def close(exchange, did):
    await exchange.create_order(SYMBOL, "market", "sell", 0.01, None, {"reduceOnly": True, **ISOLATED})
    held = [held for held in await exchange.fetch_positions([SYMBOL]) if held["contracts"]]
    assert not held, held
    did["reduce only"] = await refused(
        exchange.create_order(SYMBOL, "market", "sell", 0.01, None, {"reduceOnly": True, **ISOLATED})
    )
    trades = await exchange.fetch_my_trades(SYMBOL)
    assert [trade["side"] for trade in trades] == ["buy", "sell"], trades
    assert all(trade["fee"]["cost"] > 0 for trade in trades), trades
    ledger = await exchange.fetch_ledger("USDT")
    assert [entry["info"]["businessType"] for entry in ledger] == ["buy", "sell"], ledger
    assert not await exchange.fetch_funding_history(SYMBOL)
    past = await exchange.fetch_positions_history([SYMBOL])
    assert len(past) == 1 and past[0]["side"] == "long" and past[0]["contracts"] == 0.01, past
    orders = await exchange.fetch_canceled_and_closed_orders(SYMBOL)
    assert {order["status"] for order in orders} == {"closed", "canceled"}, orders
    did["trades"], did["ledger"], did["orders"] = len(trades), len(ledger), len(orders)


async def hedge(exchange, did):
    """With hedge mode Bitget's sides are the position's; ccxt turns them round where it knows of it."""
    hedged = {"hedged": True, **ISOLATED}
    did["one way order"] = await refused_in_hedge_mode(exchange)
    await exchange.create_order(SYMBOL, "market", "buy", 0.01, None, hedged)
    await exchange.create_order(SYMBOL, "market", "sell", 0.02, None, hedged)
    held = {held["side"]: held["contracts"] for held in await exchange.fetch_positions([SYMBOL])}
    assert held == {"long": 0.01, "short": 0.02}, held
    did["position mode with positions"] = await refused(exchange.set_position_mode(False, SYMBOL))
    closing = await exchange.create_order(SYMBOL, "market", "sell", 0.01, None, {"reduceOnly": True, **hedged})
    closing = await exchange.fetch_order(closing["id"], SYMBOL)
    did["closes a long"] = [closing["side"], closing["info"]["side"], closing["info"]["tradeSide"]]
    await exchange.close_position(SYMBOL, "short")
    assert not [held for held in await exchange.fetch_positions([SYMBOL]) if held["contracts"]]
    await exchange.set_position_mode(False, SYMBOL)


async def refused_in_hedge_mode(exchange):
    await exchange.set_position_mode(True, SYMBOL)
    return await refused(exchange.create_order(SYMBOL, "market", "buy", 0.01, None, ISOLATED))


async def streams(exchange, did):
    watched = await asyncio.gather(
        soon(exchange.watch_trades(SYMBOL)),
        soon(exchange.watch_ticker(SYMBOL)),
        soon(exchange.watch_bids_asks([SYMBOL])),
        soon(exchange.watch_ohlcv(SYMBOL, "1m")),
    )
    assert all(watched), watched
    for _ in range(6):
        # ccxt checks each change against the checksum.
        book = await soon(exchange.watch_order_book(SYMBOL))
        assert book["bids"][0][0] < book["asks"][0][0], "the book crosses"
    await soon(exchange.un_watch_order_book(SYMBOL))
    five = await soon(exchange.watch_order_book(SYMBOL, 5))
    assert len(five["bids"]) == 5, five
    did["streams"] = ["trades", "ticker", "bids and asks", "ohlcv", "order book", "five levels"]


async def denied(did):
    for name, wrong in [
        ("wrong secret", {"secret": "not-the-secret"}),
        ("wrong passphrase", {"password": "not-the-passphrase"}),
        ("wrong key", {"apiKey": "not-the-key"}),
    ]:
        exchange = made(wrong)
        try:
            did[name] = await refused(exchange.fetch_balance(), ccxt.AuthenticationError)
        finally:
            await exchange.close()
    exchange = made({"secret": "not-the-secret"})
    try:
        await soon(exchange.watch_balance())
        raise AssertionError("logged in with a wrong secret")
    except ccxt.AuthenticationError as error:
        did["wrong login"] = re.search(r'"code":([0-9]+)', str(error)).group(1)
    finally:
        await exchange.close()


def made(more=None):
    return venue("bitget", {
        "options": {"defaultType": "swap", "defaultSubType": "linear"},
        "enableLastJsonResponse": True,
        **(more or {}),
    })


async def acts(exchange, did):
    last = await markets(exchange, did)
    await account(exchange, did)
    await orders(exchange, did, last)
    await conditional(exchange, did, last)
    await close(exchange, did)
    await hedge(exchange, did)
    await streams(exchange, did)
    await denied(did)


play(made, acts)
