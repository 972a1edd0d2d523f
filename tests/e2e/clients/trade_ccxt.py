"""Trades on the simulated venue with ccxt, over REST and over ccxt.pro's WebSockets, and prints what it did as JSON."""

import asyncio
import re

import ccxt

from simulated import SYMBOL, play, refusal, soon, until, venue


async def refused(attempt, kind=ccxt.ExchangeError):
    """The code with which it was refused. What ccxt makes of some codes depends on Binance's own host names."""
    return int(re.search(r'"code":(-?[0-9]+)', await refusal(attempt, kind)).group(1))


async def markets(exchange, did):
    await exchange.load_markets()
    market = exchange.market(SYMBOL)
    assert market["linear"] and market["swap"] and market["active"], market
    ticker = await exchange.fetch_ticker(SYMBOL)
    book = await exchange.fetch_order_book(SYMBOL, 20)
    assert book["bids"][0][0] < book["asks"][0][0], book
    candles = await exchange.fetch_ohlcv(SYMBOL, "5m", limit=10)
    assert len(candles) == 10 and candles[0][0] < candles[-1][0], candles
    trades = await exchange.fetch_trades(SYMBOL)
    assert trades, "no public trades"
    funding = await exchange.fetch_funding_rate(SYMBOL)
    assert funding["fundingRate"] is not None, funding
    did["markets"] = sorted(exchange.symbols)
    return ticker["last"]


async def account(exchange, did):
    assert not (await exchange.fetch_position_mode(SYMBOL))["hedged"]
    did["nothing to change"] = await refused(exchange.set_position_mode(False), ccxt.OperationRejected)
    await exchange.set_margin_mode("isolated", SYMBOL)
    leverage = await exchange.set_leverage(10, SYMBOL)
    assert int(leverage["leverage"]) == 10, leverage
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
    bought = await exchange.create_order(SYMBOL, "market", "buy", amount)
    assert bought["status"] == "closed" and bought["filled"] == amount, bought
    pushed = [await orders, await trades, await positions, await balances]
    assert pushed[0]["id"] == bought["id"] and pushed[1]["order"] == bought["id"], pushed
    held = (await exchange.fetch_positions([SYMBOL]))[0]
    assert held["side"] == "long" and held["contracts"] == amount and held["marginMode"] == "isolated", held
    assert abs(held["initialMarginPercentage"] - 0.1) < 0.001, held
    did["user stream"] = [pushed[0]["status"], pushed[1]["side"], pushed[2]["side"], "USDT" in pushed[3]]

    price = float(exchange.price_to_precision(SYMBOL, last * 0.9))
    rests = await exchange.create_order(SYMBOL, "limit", "buy", amount, price, {"clientOrderId": "mine-1"})
    assert rests["status"] == "open", rests
    open_orders = await exchange.fetch_open_orders(SYMBOL)
    assert [order["id"] for order in open_orders] == [rests["id"]], open_orders
    did["duplicate"] = await refused(
        exchange.create_order(SYMBOL, "limit", "buy", amount, price, {"clientOrderId": "mine-1"})
    )
    lower = float(exchange.price_to_precision(SYMBOL, last * 0.89))
    edited = await exchange.edit_order(rests["id"], SYMBOL, "limit", "buy", amount, lower)
    assert float(edited["price"]) == lower, edited
    cancelled = await exchange.cancel_order(rests["id"], SYMBOL)
    assert cancelled["status"] == "canceled", cancelled
    again = await exchange.create_order(SYMBOL, "limit", "buy", amount, price, {"clientOrderId": "mine-1"})
    await exchange.cancel_all_orders(SYMBOL)
    assert (await exchange.fetch_order(again["id"], SYMBOL))["status"] == "canceled"
    did["unknown order"] = await refused(exchange.fetch_order("99999", SYMBOL), ccxt.OrderNotFound)
    did["post only"] = await refused(
        exchange.create_order(SYMBOL, "limit", "buy", amount, round(last * 1.1), {"postOnly": True})
    )
    did["too small"] = await refused(
        exchange.create_order(SYMBOL, "limit", "buy", 0.001, round(last * 0.01))
    )
    did["too dear"] = await refused(exchange.create_order(SYMBOL, "market", "buy", 500))


async def conditional(exchange, did, last):
    trigger = float(exchange.price_to_precision(SYMBOL, last * 0.8))
    stop = await exchange.create_order(
        SYMBOL, "market", "sell", 0.01, None, {"stopLossPrice": trigger, "reduceOnly": True}
    )
    waiting = await exchange.fetch_open_orders(SYMBOL, params={"trigger": True})
    assert [order["id"] for order in waiting] == [stop["id"]], waiting
    assert float(waiting[0]["triggerPrice"]) == trigger, waiting
    await exchange.cancel_order(stop["id"], SYMBOL, {"trigger": True})
    assert not await exchange.fetch_open_orders(SYMBOL, params={"trigger": True})
    did["conditional"] = waiting[0]["type"]


async def close(exchange, did):
    sold = await exchange.create_order(SYMBOL, "market", "sell", 0.01, None, {"reduceOnly": True})
    assert sold["status"] == "closed", sold
    held = [held for held in await exchange.fetch_positions([SYMBOL]) if held["contracts"]]
    assert not held, held
    did["reduce only"] = await refused(
        exchange.create_order(SYMBOL, "market", "sell", 0.01, None, {"reduceOnly": True})
    )
    trades = await exchange.fetch_my_trades(SYMBOL)
    assert [trade["side"] for trade in trades] == ["buy", "sell"], trades
    assert all(trade["fee"]["cost"] > 0 for trade in trades), trades
    ledger = await exchange.fetch_ledger("USDT")
    orders = await exchange.fetch_orders(SYMBOL)
    assert {order["status"] for order in orders} == {"closed", "canceled"}, orders
    did["trades"], did["ledger"], did["orders"] = len(trades), len(ledger), len(orders)


async def streams(exchange, did):
    watched = await asyncio.gather(
        soon(exchange.watch_trades(SYMBOL)),
        soon(exchange.watch_ticker(SYMBOL)),
        soon(exchange.watch_bids_asks([SYMBOL])),
        soon(exchange.watch_ohlcv(SYMBOL, "1m")),
        soon(exchange.watch_mark_price(SYMBOL)),
    )
    assert all(watched), watched
    for _ in range(5):
        book = await soon(exchange.watch_order_book(SYMBOL))
        assert book["bids"][0][0] < book["asks"][0][0], "the book crosses"
    did["streams"] = ["trades", "ticker", "bids and asks", "ohlcv", "mark price", "order book"]


async def denied(did):
    wrong = made({"secret": "not-the-secret"})
    try:
        did["wrong secret"] = await refused(wrong.fetch_balance(), ccxt.AuthenticationError)
    finally:
        await wrong.close()


def made(more=None):
    return venue("binanceusdm", {
        "options": {"fetchMarkets": {"types": ["linear"]}},
        **(more or {}),
    })


async def acts(exchange, did):
    last = await markets(exchange, did)
    await account(exchange, did)
    await orders(exchange, did, last)
    await conditional(exchange, did, last)
    await close(exchange, did)
    await streams(exchange, did)
    await denied(did)


play(made, acts)
