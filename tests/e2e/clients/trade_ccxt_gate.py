"""Trades on the simulated Gate with ccxt, over REST and over ccxt.pro's WebSockets, and prints what it did as JSON."""

import asyncio
import re

import ccxt

from simulated import SYMBOL, moved, play, refusal, soon, until, venue


async def refused(attempt, kind=ccxt.ExchangeError):
    """The label with which it was refused."""
    return re.search(r'"label":"([A-Za-z_]+)"', await refusal(attempt, kind)).group(1)


async def markets(exchange, did):
    await exchange.load_markets()
    market = exchange.market(SYMBOL)
    assert market["linear"] and market["swap"] and market["active"], market
    assert market["contractSize"] == 0.001 and market["precision"]["amount"] == 1, market
    assert abs(await exchange.fetch_time() - exchange.milliseconds()) < 10_000
    ticker = await exchange.fetch_ticker(SYMBOL)
    assert ticker["bid"] < ticker["ask"] and ticker["markPrice"], ticker
    book = await exchange.fetch_order_book(SYMBOL, 20)
    assert book["bids"][0][0] < book["asks"][0][0] and book["nonce"], book
    candles = await exchange.fetch_ohlcv(SYMBOL, "5m", limit=10)
    assert len(candles) == 10 and candles[0][0] < candles[-1][0], candles
    marks = await exchange.fetch_ohlcv(SYMBOL, "5m", limit=3, params={"price": "mark"})
    assert len(marks) == 3, marks
    trades = await exchange.fetch_trades(SYMBOL)
    assert trades and abs(trades[-1]["timestamp"] - exchange.milliseconds()) < 60_000, "no public trades"
    funding = await exchange.fetch_funding_rate(SYMBOL)
    assert funding["fundingRate"] is not None and funding["interval"] == "8h", funding
    rates = await exchange.fetch_funding_rate_history(SYMBOL, limit=3)
    assert len(rates) == 3, rates
    assert await exchange.fetch_market_leverage_tiers(SYMBOL)
    did["markets"] = sorted(exchange.symbols)
    return ticker["last"]


async def account(exchange, did):
    did["nothing to change"] = await refused(exchange.set_position_mode(False), ccxt.InvalidOrder)
    leverage = await exchange.set_leverage(10, SYMBOL)
    assert (leverage["leverage"], leverage["cross_leverage_limit"]) == ("10", "0"), leverage
    cross = await exchange.set_leverage(7, SYMBOL, {"marginMode": "cross"})
    assert (cross["leverage"], cross["cross_leverage_limit"]) == ("0", "7"), cross
    did["too high"] = await refused(exchange.set_leverage(100, "ETH/USDT:USDT", {"leverage": "101"}), ccxt.InvalidOrder)
    await exchange.set_leverage(10, SYMBOL)
    balance = await exchange.fetch_balance()
    assert balance["USDT"]["total"] > 0, balance
    fee = await exchange.fetch_trading_fee(SYMBOL)
    keys = await exchange.privateAccountGetMainKeys()
    rights = {perm["name"]: perm["read_only"] for perm in keys[0]["perms"]}
    did["rights"] = [name for name, read_only in rights.items() if not read_only]
    did["fees"] = [fee["maker"], fee["taker"]]
    did["balance"] = balance["USDT"]["total"]


async def orders(exchange, did, last):
    amount = 10
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
    assert bought["status"] == "closed" and bought["filled"] == amount and bought["average"] > 0, bought
    pushed = [await orders, await trades, await positions, await balances]
    assert pushed[0]["id"] == bought["id"] and pushed[1]["order"] == bought["id"], pushed
    held = await exchange.fetch_position(SYMBOL)
    assert held["side"] == "long" and held["contracts"] == amount and held["marginMode"] == "isolated", held
    assert held["leverage"] == 10 and held["liquidationPrice"] < last, held
    did["user stream"] = [pushed[0]["status"], pushed[1]["side"], pushed[2]["side"], "USDT" in pushed[3]]

    price = float(exchange.price_to_precision(SYMBOL, last * 0.9))
    rests = await exchange.create_order(SYMBOL, "limit", "buy", amount, price, {"clientOrderId": "mine-1"})
    assert rests["status"] == "open" and rests["clientOrderId"] == "t-mine-1", rests
    open_orders = await exchange.fetch_open_orders(SYMBOL)
    assert [order["id"] for order in open_orders] == [rests["id"]], open_orders
    assert (await exchange.fetch_order("", SYMBOL, {"clientOrderId": "mine-1"}))["id"] == rests["id"]
    twice = await exchange.create_order(SYMBOL, "limit", "buy", amount, price, {"clientOrderId": "mine-1"})
    did["same text again"] = twice["id"] != rests["id"] and twice["status"]
    newest = await exchange.fetch_order("", SYMBOL, {"clientOrderId": "mine-1"})
    assert newest["id"] == twice["id"], newest
    lower = float(exchange.price_to_precision(SYMBOL, last * 0.89))
    edited = await exchange.edit_order(rests["id"], SYMBOL, "limit", "buy", amount + 1, lower)
    assert float(edited["price"]) == lower and edited["amount"] == amount + 1, edited
    cancelled = await exchange.cancel_order(rests["id"], SYMBOL)
    assert cancelled["status"] == "canceled", cancelled
    did["again"] = await refused(exchange.cancel_order(rests["id"], SYMBOL))
    batch = await exchange.create_orders([
        {"symbol": SYMBOL, "type": "limit", "side": "buy", "amount": 20, "price": price},
        {"symbol": SYMBOL, "type": "limit", "side": "sell", "amount": 20, "price": price, "params": {"postOnly": True}},
    ])
    did["batch"] = [order["status"] for order in batch]
    # With a symbol it would write the asset in capitals into the path, which the documents do not know.
    by_list = await exchange.cancel_orders([batch[1]["id"]])
    assert by_list[0]["info"]["succeeded"], by_list
    await exchange.cancel_all_orders(SYMBOL)
    assert (await exchange.fetch_order(twice["id"], SYMBOL))["status"] == "canceled"
    did["unknown order"] = await refused(exchange.fetch_order("99999", SYMBOL), ccxt.OrderNotFound)
    did["post only"] = await refused(
        exchange.create_order(SYMBOL, "limit", "buy", amount, round(last * 1.1), {"postOnly": True}),
        ccxt.OrderImmediatelyFillable,
    )
    did["too small"] = await refused(
        exchange.create_order(SYMBOL, "limit", "buy", 1, round(last * 0.9)), ccxt.InvalidOrder
    )
    did["too far"] = await refused(
        exchange.create_order(SYMBOL, "limit", "buy", 10, round(last * 0.1)), ccxt.InvalidOrder
    )
    did["too dear"] = await refused(exchange.create_order(SYMBOL, "market", "buy", 500_000), ccxt.InsufficientFunds)
    did["not at once"] = await refused(
        exchange.create_order(SYMBOL, "limit", "buy", 10, price, {"timeInForce": "FOK"})
    )
    none = await exchange.create_order(SYMBOL, "limit", "buy", 10, price, {"timeInForce": "IOC"})
    assert none["status"] == "canceled" and none["info"]["finish_as"] == "ioc", none


async def conditional(exchange, did, last):
    triggers = asyncio.ensure_future(soon(exchange.watch_orders(SYMBOL, params={"trigger": True})))
    await asyncio.sleep(1)
    trigger = float(exchange.price_to_precision(SYMBOL, last * 0.8))
    stop = await exchange.create_order(
        SYMBOL, "market", "sell", 10, None, {"stopLossPrice": trigger, "reduceOnly": True}
    )
    assert (await triggers)[0]["id"] == stop["id"]
    waiting = await exchange.fetch_open_orders(SYMBOL, params={"trigger": True})
    assert [order["id"] for order in waiting] == [stop["id"]], waiting
    assert float(waiting[0]["triggerPrice"]) == trigger and waiting[0]["reduceOnly"], waiting
    await exchange.cancel_order(stop["id"], SYMBOL, {"trigger": True})
    assert not await exchange.fetch_open_orders(SYMBOL, params={"trigger": True})
    ended = await exchange.fetch_order(stop["id"], SYMBOL, {"trigger": True})
    did["conditional"] = [waiting[0]["type"], ended["status"]]
    did["reached"] = await refused(
        exchange.create_order(SYMBOL, "market", "sell", 10, None, {"takeProfitPrice": trigger}), ccxt.InvalidOrder
    )


async def close(exchange, did):
    sold = await exchange.create_order(SYMBOL, "market", "sell", 4, None, {"reduceOnly": True})
    assert sold["status"] == "closed", sold
    rest = await exchange.close_position(SYMBOL)
    assert rest["side"] == "sell" and rest["amount"] == 6 and rest["info"]["is_close"], rest
    held = [held for held in await exchange.fetch_positions([SYMBOL]) if held["contracts"]]
    assert not held, held
    did["reduce only"] = await refused(
        exchange.create_order(SYMBOL, "market", "sell", 10, None, {"reduceOnly": True}), ccxt.InvalidOrder
    )
    did["nothing to close"] = await refused(exchange.close_position(SYMBOL), ccxt.InvalidOrder)
    trades = await exchange.fetch_my_trades(SYMBOL)
    assert [trade["side"] for trade in trades] == ["buy", "sell", "sell"], trades
    assert all(trade["fee"]["cost"] > 0 for trade in trades), trades
    closed = await exchange.fetch_closed_orders(SYMBOL)
    assert {order["status"] for order in closed} == {"closed", "canceled"}, closed
    since = await exchange.fetch_closed_orders(SYMBOL, since=exchange.milliseconds() - 600_000)
    assert len(since) == len(closed), since
    rounds = await exchange.fetch_positions_history([SYMBOL])
    assert [one["side"] for one in rounds] == ["long"], rounds
    # What ccxt makes of the account book it cannot read itself: times in it have a fraction.
    book = await exchange.privateFuturesGetSettleAccountBook({"settle": "usdt"})
    after = [float(line["balance"]) for line in book]
    assert after[0] == (await exchange.fetch_balance())["USDT"]["total"], book
    assert await exchange.fetch_funding_history(SYMBOL) == []
    did["trades"], did["orders"], did["kinds"] = len(trades), len(closed), sorted({line["type"] for line in book})


async def streams(exchange, did):
    watched = await asyncio.gather(
        soon(exchange.watch_trades(SYMBOL)),
        soon(exchange.watch_ticker(SYMBOL)),
        soon(exchange.watch_bids_asks([SYMBOL])),
        soon(exchange.watch_ohlcv(SYMBOL, "1m")),
    )
    assert all(watched), watched
    for _ in range(5):
        book = await soon(exchange.watch_order_book(SYMBOL))
        assert book["bids"][0][0] < book["asks"][0][0], "the book crosses"
    await exchange.un_watch_trades(SYMBOL)
    did["streams"] = ["trades", "ticker", "bids and asks", "ohlcv", "order book"]


async def hedge(exchange, did):
    await exchange.set_position_mode(True)
    long = await exchange.create_order(SYMBOL, "market", "buy", 10)
    short = await exchange.create_order(SYMBOL, "market", "sell", 20)
    assert long["status"] == short["status"] == "closed", [long, short]
    held = [held for held in await exchange.fetch_positions([SYMBOL]) if held["contracts"]]
    did["hedge"] = sorted([one["side"], one["contracts"], one["info"]["mode"]] for one in held)
    did["one position"] = await refused(exchange.fetch_position(SYMBOL))
    did["more than held"] = await refused(
        exchange.create_order(SYMBOL, "market", "buy", 21, None, {"reduceOnly": True})
    )
    did["with positions"] = await refused(exchange.set_position_mode(False), ccxt.BadRequest)
    await exchange.create_order(SYMBOL, "market", "buy", 20, None, {"reduceOnly": True})
    closing = {"contract": "BTC_USDT", "size": 0, "price": "0", "tif": "ioc", "auto_size": "close_long", "settle": "usdt"}
    await exchange.privateFuturesPostSettleOrders(closing)
    assert not [held for held in await exchange.fetch_positions([SYMBOL]) if held["contracts"]]
    await exchange.set_position_mode(False)


async def denied(did):
    wrong = made({"secret": "not-the-secret"})
    try:
        did["wrong secret"] = await refused(wrong.fetch_balance(), ccxt.AuthenticationError)
        wrong.uid = "1"
        try:
            await soon(wrong.watch_my_trades(SYMBOL))
        except ccxt.AuthenticationError as error:
            did["wrong secret in a stream"] = "INVALID_SIGNATURE" in str(error)
    finally:
        await wrong.close()


def made(more=None):
    exchange = venue("gate", {
        "options": {"defaultType": "swap", "fetchMarkets": {"types": ["swap"]}},
        **(more or {}),
    })
    # It tells futures from spot by the address; that of the test network says it in its path.
    exchange.urls["api"]["swap"] = moved(exchange.urls["test"]["swap"])
    return exchange


async def acts(exchange, did):
    last = await markets(exchange, did)
    exchange.uid = str((await exchange.privateAccountGetDetail())["user_id"])
    await account(exchange, did)
    await orders(exchange, did, last)
    await conditional(exchange, did, last)
    await close(exchange, did)
    await streams(exchange, did)
    await hedge(exchange, did)
    await denied(did)


play(made, acts)
