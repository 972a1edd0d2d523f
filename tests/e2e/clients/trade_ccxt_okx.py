"""Trades on the simulated OKX with ccxt, over REST and over ccxt.pro's WebSockets, and prints what it did as JSON."""

import asyncio
import re

import ccxt

from simulated import BASE, SYMBOL, play, refusal, soon, until, venue


async def refused(attempt, kind=ccxt.ExchangeError):
    """The code with which it was refused: that of the item, or that of the whole answer."""
    codes = re.findall(r'"s?[cC]ode":"([0-9]+)"', await refusal(attempt, kind))
    return int([code for code in codes if len(code) > 2][0])


async def markets(exchange, did):
    await exchange.load_markets()
    market = exchange.market(SYMBOL)
    assert market["linear"] and market["swap"] and market["active"], market
    did["contract"] = [market["id"], market["contractSize"], market["precision"]["amount"]]
    assert abs(await exchange.fetch_time() - exchange.milliseconds()) < 10_000
    ticker = await exchange.fetch_ticker(SYMBOL)
    assert SYMBOL in await exchange.fetch_tickers()
    book = await exchange.fetch_order_book(SYMBOL, 20)
    assert book["bids"][0][0] < book["asks"][0][0] and len(book["bids"]) == 20, book
    candles = await exchange.fetch_ohlcv(SYMBOL, "5m", limit=10)
    assert len(candles) == 10 and candles[0][0] < candles[-1][0], candles
    later = await exchange.fetch_ohlcv(SYMBOL, "5m", since=candles[5][0], limit=3)
    assert [candle[0] for candle in later] == [candle[0] for candle in candles[5:8]], later
    trades = await exchange.fetch_trades(SYMBOL)
    assert trades, "no public trades"
    funding = await exchange.fetch_funding_rate(SYMBOL)
    assert funding["fundingRate"] is not None and funding["interval"] == "8h", funding
    assert await exchange.fetch_funding_rate_history(SYMBOL, limit=5)
    assert (await exchange.fetch_mark_price(SYMBOL))["markPrice"], "no mark price"
    assert await exchange.fetch_market_leverage_tiers(SYMBOL, {"marginMode": "cross"})
    did["markets"] = sorted(exchange.symbols)
    return ticker["last"]


async def account(exchange, did):
    assert not (await exchange.fetch_position_mode(SYMBOL))["hedged"]
    await exchange.set_position_mode(True)
    assert (await exchange.fetch_position_mode(SYMBOL))["hedged"]
    await exchange.set_position_mode(False)
    await exchange.set_leverage(10, SYMBOL, {"marginMode": "isolated"})
    await exchange.set_leverage(5, SYMBOL, {"marginMode": "cross"})
    leverages = [await exchange.fetch_leverage(SYMBOL, {"marginMode": mode}) for mode in ("isolated", "cross")]
    did["leverages"] = [leverage["longLeverage"] for leverage in leverages]
    did["too much leverage"] = await refused(exchange.set_leverage(125, SYMBOL, {"marginMode": "cross", "lever": 1000}))
    balance = await exchange.fetch_balance()
    assert balance["USDT"]["total"] > 0, balance
    fee = await exchange.fetch_trading_fee(SYMBOL)
    did["fees"] = [fee["maker"], fee["taker"]]
    did["balance"] = balance["USDT"]["total"]


async def orders(exchange, did, last):
    amount, isolated = 1, {"tdMode": "isolated"}
    orders = asyncio.ensure_future(
        until(lambda: exchange.watch_orders(SYMBOL), lambda order: order["status"] == "closed")
    )
    trades = asyncio.ensure_future(until(lambda: exchange.watch_my_trades(SYMBOL), lambda trade: True))
    positions = asyncio.ensure_future(
        until(lambda: exchange.watch_positions([SYMBOL]), lambda held: held["contracts"] == amount)
    )
    balances = asyncio.ensure_future(soon(exchange.watch_balance()))
    await asyncio.sleep(2)
    bought = await exchange.create_order(SYMBOL, "market", "buy", amount, None, isolated)
    shown = await exchange.fetch_order(bought["id"], SYMBOL)
    assert shown["status"] == "closed" and shown["filled"] == amount and shown["fee"]["cost"] > 0, shown
    pushed = [await orders, await trades, await positions, await balances]
    assert pushed[0]["id"] == bought["id"] and pushed[1]["order"] == bought["id"], pushed
    assert pushed[1]["fee"]["cost"] and pushed[1]["amount"] == amount, pushed
    held = (await exchange.fetch_positions([SYMBOL]))[0]
    assert held["side"] == "long" and held["contracts"] == amount and held["marginMode"] == "isolated", held
    assert held["leverage"] == 10 and abs(held["initialMarginPercentage"] - 0.1) < 0.001, held
    assert held["entryPrice"] > 0 and held["markPrice"] > 0 and held["unrealizedPnl"] is not None, held
    did["user stream"] = [pushed[0]["status"], pushed[1]["side"], pushed[2]["side"], "USDT" in pushed[3]]
    did["other margin mode"] = await refused(
        exchange.create_order(SYMBOL, "market", "buy", amount, None, {"tdMode": "cross"})
    )

    price = float(exchange.price_to_precision(SYMBOL, last * 0.9))
    mine = {**isolated, "clientOrderId": "mine1"}
    rests = await exchange.create_order(SYMBOL, "limit", "buy", amount, price, mine)
    open_orders = await exchange.fetch_open_orders(SYMBOL)
    assert [order["id"] for order in open_orders] == [rests["id"]], open_orders
    assert open_orders[0]["clientOrderId"] == "mine1" and open_orders[0]["status"] == "open", open_orders
    did["duplicate"] = await refused(exchange.create_order(SYMBOL, "limit", "buy", amount, price, mine))
    lower = float(exchange.price_to_precision(SYMBOL, last * 0.89))
    await exchange.edit_order(rests["id"], SYMBOL, "limit", "buy", amount, lower)
    edited = await exchange.fetch_order(None, SYMBOL, {"clientOrderId": "mine1"})
    assert float(edited["price"]) == lower and edited["id"] == rests["id"], edited
    await exchange.cancel_order(rests["id"], SYMBOL)
    assert (await exchange.fetch_order(rests["id"], SYMBOL))["status"] == "canceled"
    did["cancelled already"] = await refused(exchange.cancel_order(rests["id"], SYMBOL), ccxt.OrderNotFound)
    again = await exchange.create_order(SYMBOL, "limit", "buy", amount, price, mine)
    assert again["id"] != rests["id"]
    await exchange.cancel_orders([again["id"]], SYMBOL)
    assert (await exchange.fetch_order(again["id"], SYMBOL))["status"] == "canceled"
    did["unknown order"] = await refused(exchange.fetch_order("99999", SYMBOL), ccxt.OrderNotFound)

    high = float(exchange.price_to_precision(SYMBOL, last * 1.1))
    crossing = await exchange.create_order(SYMBOL, "limit", "buy", amount, high, {**isolated, "postOnly": True})
    crossing = await exchange.fetch_order(crossing["id"], SYMBOL)
    did["post only"] = [crossing["status"], crossing["info"]["cancelSource"]]
    did["too small"] = await refused(exchange.create_order(SYMBOL, "limit", "buy", 0.1, round(last * 0.01), isolated))
    did["too dear"] = await refused(
        exchange.create_order(SYMBOL, "market", "buy", 50000, None, isolated), ccxt.InsufficientFunds
    )
    await exchange.cancel_all_orders_after(20_000)


async def conditional(exchange, did, last):
    low = float(exchange.price_to_precision(SYMBOL, last * 0.8))
    more = {"tdMode": "isolated", "stopLossPrice": low, "reduceOnly": True}
    stop = await exchange.create_order(SYMBOL, "market", "sell", 1, None, more)
    asked = {"trigger": True, "ordType": "conditional"}
    waiting = await exchange.fetch_open_orders(SYMBOL, params=asked)
    assert [order["id"] for order in waiting] == [stop["id"]], waiting
    assert float(waiting[0]["stopLossPrice"]) == low and waiting[0]["reduceOnly"], waiting
    await exchange.cancel_order(stop["id"], SYMBOL, {"trigger": True})
    assert not await exchange.fetch_open_orders(SYMBOL, params=asked)
    did["conditional"] = waiting[0]["type"]
    trigger = await exchange.create_order(
        SYMBOL, "limit", "sell", 1, low, {"tdMode": "isolated", "triggerPrice": low, "reduceOnly": True}
    )
    shown = await exchange.fetch_order(trigger["id"], SYMBOL, {"trigger": True})
    assert shown["status"] == "open" and float(shown["triggerPrice"]) == low, shown
    await exchange.cancel_orders([trigger["id"]], SYMBOL, {"trigger": True})
    past = await exchange.fetch_canceled_orders(SYMBOL, params={"trigger": True, "ordType": "trigger"})
    assert [order["id"] for order in past] == [trigger["id"]], past
    more["stopLossPrice"] = float(exchange.price_to_precision(SYMBOL, last * 1.2))
    did["reached already"] = await refused(exchange.create_order(SYMBOL, "market", "sell", 1, None, more))


async def close(exchange, did):
    isolated = {"tdMode": "isolated", "reduceOnly": True}
    sold = await exchange.create_order(SYMBOL, "market", "sell", 1, None, isolated)
    assert (await exchange.fetch_order(sold["id"], SYMBOL))["status"] == "closed"
    assert not await exchange.fetch_positions([SYMBOL])
    did["reduce only"] = await refused(exchange.create_order(SYMBOL, "market", "sell", 1, None, isolated))
    trades = await exchange.fetch_my_trades(SYMBOL)
    assert [trade["side"] for trade in trades] == ["buy", "sell"], trades
    assert all(trade["fee"]["cost"] > 0 for trade in trades), trades
    assert len(await exchange.fetch_order_trades(sold["id"], SYMBOL)) == 1
    ledger = await exchange.fetch_ledger("USDT")
    assert [entry["type"] for entry in ledger] == ["trade", "trade"], ledger
    balance = await exchange.fetch_balance()
    assert abs(ledger[-1]["after"] - balance["USDT"]["total"]) < 1e-6, (ledger, balance)
    assert await exchange.fetch_funding_history(SYMBOL) == []
    closed = await exchange.fetch_closed_orders(SYMBOL)
    canceled = await exchange.fetch_canceled_orders(SYMBOL)
    assert {order["status"] for order in closed} == {"closed"}, closed
    lives = await exchange.fetch_positions_history([SYMBOL])
    fees = sum(trade["fee"]["cost"] for trade in trades)
    assert abs(lives[0]["realizedPnl"] - float(lives[0]["info"]["pnl"]) + fees) < 1e-6, lives
    did["trades"], did["ledger"] = len(trades), len(ledger)
    did["orders"] = [len(closed), len(canceled)]
    did["lives"] = [life["side"] for life in lives]


async def hedge(exchange, did):
    await exchange.set_position_mode(True)
    cross = {"tdMode": "cross"}
    did["side missing"] = await refused(exchange.create_order(SYMBOL, "market", "buy", 1, None, cross))
    await exchange.create_order(SYMBOL, "market", "buy", 1, None, {**cross, "positionSide": "long"})
    await exchange.create_order(SYMBOL, "market", "sell", 0.5, None, {**cross, "positionSide": "short"})
    held = {held["side"]: held["contracts"] for held in await exchange.fetch_positions([SYMBOL])}
    assert held == {"long": 1, "short": 0.5}, held
    did["mode with positions"] = await refused(exchange.set_position_mode(False))
    await exchange.close_position(SYMBOL, "long", {"marginMode": "cross"})
    await exchange.close_position(SYMBOL, "short", {"marginMode": "cross"})
    assert not await exchange.fetch_positions([SYMBOL])
    await exchange.set_position_mode(False)
    did["hedge"] = held


async def streams(exchange, did):
    watched = await asyncio.gather(
        soon(exchange.watch_trades(SYMBOL)),
        soon(exchange.watch_ticker(SYMBOL)),
        soon(exchange.watch_bids_asks([SYMBOL])),
        soon(exchange.watch_ohlcv(SYMBOL, "1m")),
        soon(exchange.watch_mark_price(SYMBOL)),
        soon(exchange.watch_funding_rate(SYMBOL)),
    )
    assert all(watched), watched
    for limit in (None, 5):
        for _ in range(5):
            book = await soon(exchange.watch_order_book(SYMBOL, limit))
            assert book["bids"][0][0] < book["asks"][0][0], "the book crosses"
    await soon(exchange.un_watch_order_book(SYMBOL))
    did["streams"] = ["trades", "ticker", "bids and asks", "ohlcv", "mark price", "funding rate", "order book"]


async def denied(did):
    for name, more in (
        ("wrong secret", {"secret": "not-the-secret"}),
        ("wrong key", {"apiKey": "nobodys-key"}),
        ("wrong passphrase", {"password": "not-the-passphrase"}),
    ):
        wrong = made(more)
        try:
            did[name] = await refused(wrong.fetch_balance(), ccxt.AuthenticationError)
        finally:
            await wrong.close()


def made(more=None):
    exchange = venue("okx", {
        "options": {"defaultType": "swap"},
        **(more or {}),
    })
    exchange.hostname = BASE.split("//")[1]
    return exchange


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
