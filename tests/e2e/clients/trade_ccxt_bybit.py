"""Trades on the simulated Bybit with ccxt, over REST and over ccxt.pro's WebSockets, and prints what it did as JSON."""

import asyncio
import re

import ccxt

from simulated import SYMBOL, play, refusal, soon, until, venue

AMOUNT = 0.01
KNOWN = {"acknowledged": True}


async def refused(attempt, kind):
    """The code with which it was refused, as ccxt's kind of error."""
    return int(re.search(r'"retCode":(-?[0-9]+)', await refusal(attempt, kind)).group(1))


async def placed(exchange, *order):
    """Places an order and asks what became of it: Bybit answers with ids alone."""
    taken = await exchange.create_order(SYMBOL, *order)
    assert taken["id"] and taken["status"] is None, taken
    return await exchange.fetch_order(taken["id"], SYMBOL, KNOWN)


async def markets(exchange, did):
    assert (await exchange.fetch_status())["status"] == "ok"
    await exchange.load_markets()
    market = exchange.market(SYMBOL)
    assert market["linear"] and market["swap"] and market["active"] and market["contractSize"] == 1, market
    ticker = await exchange.fetch_ticker(SYMBOL)
    assert ticker["bid"] < ticker["ask"] and ticker["baseVolume"] is not None, ticker
    assert SYMBOL in await exchange.fetch_tickers()
    book = await exchange.fetch_order_book(SYMBOL, 20)
    assert book["bids"][0][0] < book["asks"][0][0] and len(book["bids"]) == 20, book
    candles = await exchange.fetch_ohlcv(SYMBOL, "5m", limit=10)
    assert len(candles) == 10 and candles[0][0] < candles[-1][0], candles
    since = candles[3][0]
    assert (await exchange.fetch_ohlcv(SYMBOL, "5m", since, 2))[0][0] == since
    trades = await exchange.fetch_trades(SYMBOL)
    assert trades and trades[0]["side"] in ("buy", "sell"), "no public trades"
    funding = await exchange.fetch_funding_rate(SYMBOL)
    assert funding["fundingRate"] is not None and funding["fundingTimestamp"] > exchange.milliseconds(), funding
    rates = await exchange.fetch_funding_rate_history(SYMBOL, limit=3)
    assert len(rates) == 3 and rates[0]["timestamp"] < rates[2]["timestamp"], rates
    time = await exchange.fetch_time()
    assert abs(time - exchange.milliseconds()) < 10_000
    did["markets"] = sorted(exchange.symbols)
    return ticker["last"]


async def account(exchange, did):
    did["nothing to change"] = await refused(exchange.set_position_mode(False, SYMBOL), ccxt.NoChange)
    await exchange.set_margin_mode("isolated", SYMBOL)
    assert (await exchange.fetch_margin_mode(SYMBOL))["marginMode"] == "isolated"
    await exchange.set_leverage(10, SYMBOL)
    did["same leverage"] = await refused(exchange.set_leverage(10, SYMBOL), ccxt.BadRequest)
    did["leverage too high"] = await refused(exchange.set_leverage(1000, SYMBOL), ccxt.BadRequest)
    leverage = await exchange.fetch_leverage(SYMBOL)
    assert leverage["longLeverage"] == 10, leverage
    balance = await exchange.fetch_balance()
    assert balance["USDT"]["total"] == balance["USDT"]["free"] > 0, balance
    fee = await exchange.fetch_trading_fee(SYMBOL)
    rights = await exchange.private_get_v5_user_query_api()
    did["rights"] = rights["result"]["permissions"]["ContractTrade"]
    did["fees"] = [fee["maker"], fee["taker"]]
    did["balance"] = balance["USDT"]["total"]


async def stream(exchange, did):
    """Buys, and hears of it over the private socket."""
    watched = [asyncio.ensure_future(watch) for watch in (
        until(lambda: exchange.watch_orders(SYMBOL), lambda order: order["status"] == "closed"),
        until(lambda: exchange.watch_my_trades(SYMBOL), lambda trade: True),
        until(lambda: exchange.watch_positions([SYMBOL]), lambda held: held["contracts"] == AMOUNT),
        soon(exchange.watch_balance()),
    )]
    await asyncio.sleep(2)
    bought = await placed(exchange, "market", "buy", AMOUNT)
    assert bought["status"] == "closed" and bought["filled"] == AMOUNT and bought["fee"]["cost"] > 0, bought
    order, trade, held, balance = [await one for one in watched]
    assert order["id"] == trade["order"] == bought["id"], (order, trade)
    assert order["average"] == bought["average"] and trade["fee"]["cost"] == bought["fee"]["cost"], (order, trade)
    did["user stream"] = [order["status"], trade["side"], held["side"], balance["USDT"]["total"] > 0]
    held = (await exchange.fetch_positions([SYMBOL]))[0]
    assert held["side"] == "long" and held["contracts"] == AMOUNT and held["leverage"] == 10, held
    assert abs(held["initialMargin"] - held["entryPrice"] * AMOUNT / 10) < 0.01 and held["hedged"] is False, held


async def orders(exchange, did, last):
    price = float(exchange.price_to_precision(SYMBOL, last * 0.9))
    rests = await placed(exchange, "limit", "buy", AMOUNT, price, {"clientOrderId": "mine-1"})
    assert rests["status"] == "open" and rests["clientOrderId"] == "mine-1" and rests["price"] == price, rests
    open_orders = await exchange.fetch_open_orders(SYMBOL)
    assert [order["id"] for order in open_orders] == [rests["id"]], open_orders
    again = exchange.create_order(SYMBOL, "limit", "buy", AMOUNT, price, {"clientOrderId": "mine-1"})
    did["duplicate"] = await refused(again, ccxt.InvalidOrder)
    lower = float(exchange.price_to_precision(SYMBOL, last * 0.89))
    edited = await exchange.edit_order(rests["id"], SYMBOL, "limit", "buy", AMOUNT, lower)
    assert edited["id"] == rests["id"], edited
    assert (await exchange.fetch_open_order(rests["id"], SYMBOL))["price"] == lower
    assert (await exchange.cancel_order(rests["id"], SYMBOL))["id"] == rests["id"]
    assert (await exchange.fetch_closed_order(rests["id"], SYMBOL))["status"] == "canceled"
    again = exchange.create_order(SYMBOL, "limit", "buy", AMOUNT, price, {"clientOrderId": "mine-1"})
    did["duplicate of what has ended"] = await refused(again, ccxt.InvalidOrder)
    await placed(exchange, "limit", "buy", AMOUNT, price)
    assert len(await exchange.cancel_all_orders(SYMBOL)) == 1
    assert not await exchange.fetch_open_orders(SYMBOL)
    did["unknown order"] = await refused(exchange.cancel_order("99999", SYMBOL), ccxt.OrderNotFound)
    try:
        await exchange.fetch_order("99999", SYMBOL, KNOWN)
        raise AssertionError("found what is not there")
    except ccxt.OrderNotFound:
        pass
    batch = await exchange.create_orders([
        {"symbol": SYMBOL, "type": "limit", "side": "buy", "amount": AMOUNT, "price": price},
        {"symbol": SYMBOL, "type": "limit", "side": "buy", "amount": 500, "price": price},
    ])
    did["batch"] = [order["status"] for order in batch]
    await exchange.cancel_orders([batch[0]["id"]], SYMBOL)


async def never_on_the_book(exchange, did, last):
    """Orders that are taken, and are then not what they were to be."""
    taking = await placed(exchange, "limit", "buy", AMOUNT, round(last * 1.1), {"postOnly": True})
    killed = await placed(exchange, "limit", "buy", AMOUNT, round(last * 0.9), {"timeInForce": "FOK"})
    short = await placed(exchange, "limit", "buy", AMOUNT, round(last * 0.9), {"timeInForce": "IOC"})
    for order in (taking, killed, short):
        assert order["status"] == "canceled" and order["filled"] == 0, order
    did["never on the book"] = [order["info"]["rejectReason"] for order in (taking, killed, short)]
    small = exchange.create_order(SYMBOL, "limit", "buy", 0.001, round(last * 0.01))
    did["too small"] = await refused(small, ccxt.InvalidOrder)
    dear = exchange.create_order(SYMBOL, "market", "buy", 500)
    did["too dear"] = await refused(dear, ccxt.InsufficientFunds)


async def conditional(exchange, did, last):
    low, high = (float(exchange.price_to_precision(SYMBOL, last * share)) for share in (0.8, 1.2))
    stop = await exchange.create_order(SYMBOL, "market", "sell", AMOUNT, None, {"stopLossPrice": low})
    waiting = await exchange.fetch_open_orders(SYMBOL, params={"trigger": True})
    assert [order["id"] for order in waiting] == [stop["id"]] and waiting[0]["stopLossPrice"] == low, waiting
    await exchange.cancel_order(stop["id"], SYMBOL)
    wrong = exchange.create_order(SYMBOL, "market", "sell", AMOUNT, None, {"takeProfitPrice": low})
    did["reached already"] = await refused(wrong, ccxt.InvalidOrder)
    await exchange.create_order(
        SYMBOL, "market", "sell", 0, None, {"takeProfitPrice": high, "stopLossPrice": low}
    )
    held = (await exchange.fetch_positions([SYMBOL]))[0]
    assert held["takeProfitPrice"] == high and held["stopLossPrice"] == low, held
    waiting = await exchange.fetch_open_orders(SYMBOL, params={"trigger": True})
    did["stops"] = sorted(order["info"]["stopOrderType"] for order in waiting)


async def close(exchange, did):
    sold = await placed(exchange, "market", "sell", AMOUNT, None, {"reduceOnly": True})
    assert sold["status"] == "closed" and sold["reduceOnly"], sold
    assert not [held for held in await exchange.fetch_positions() if held["contracts"]]
    await asyncio.sleep(1)
    left = await exchange.fetch_open_orders(SYMBOL)
    assert not left, "stops go with their position"
    again = exchange.create_order(SYMBOL, "market", "sell", AMOUNT, None, {"reduceOnly": True})
    did["reduce only"] = await refused(again, ccxt.InvalidOrder)
    trades = await exchange.fetch_my_trades(SYMBOL)
    assert [trade["side"] for trade in trades] == ["buy", "sell"], trades
    assert all(trade["fee"]["cost"] > 0 and trade["takerOrMaker"] == "taker" for trade in trades), trades
    paged = await exchange.fetch_my_trades(SYMBOL, params={"paginate": True, "maxEntriesPerRequest": 1})
    assert sorted(trade["id"] for trade in paged) == [trade["id"] for trade in trades], paged
    ledger = await exchange.fetch_ledger("USDT")
    balance = (await exchange.fetch_balance())["USDT"]["total"]
    assert [line["type"] for line in ledger] == ["trade", "trade"] and ledger[-1]["after"] == balance, ledger
    history = await exchange.fetch_positions_history([SYMBOL])
    profit = sum(float(line["info"]["change"]) for line in ledger)
    assert abs(history[0]["realizedPnl"] - profit) < 1e-7, (history, ledger)
    orders = await exchange.fetch_canceled_and_closed_orders(SYMBOL)
    assert {order["status"] for order in orders} == {"closed", "canceled"}, orders
    assert not await exchange.fetch_funding_history(SYMBOL)
    did["trades"], did["ledger"], did["orders"] = len(trades), len(ledger), len(orders)


async def hedged(exchange, did):
    """Holds both sides at once."""
    await exchange.set_margin_mode("cross", SYMBOL)
    await exchange.set_position_mode(True, SYMBOL)
    for side in ("buy", "sell"):
        await exchange.create_order(SYMBOL, "market", side, AMOUNT, None, {"hedged": True})
    held = await exchange.fetch_positions([SYMBOL])
    assert all(position["contracts"] == AMOUNT and position["hedged"] for position in held), held
    did["hedged"] = [position["side"] for position in held]
    did["mode with positions"] = await refused(exchange.set_position_mode(False, SYMBOL), ccxt.BadRequest)
    did["margin mode with positions"] = await refused(exchange.set_margin_mode("isolated"), ccxt.ExchangeError)
    for side in ("sell", "buy"):
        await exchange.create_order(SYMBOL, "market", side, AMOUNT, None, {"hedged": True, "reduceOnly": True})
    await exchange.cancel_all_orders_after(10_000)
    assert (await exchange.private_get_v5_account_info())["result"]["dcpStatus"] == "ON"


async def streams(exchange, did):
    watched = await asyncio.gather(
        soon(exchange.watch_trades(SYMBOL)),
        soon(exchange.watch_ticker(SYMBOL)),
        soon(exchange.watch_ohlcv(SYMBOL, "1m")),
    )
    assert all(watched), watched
    for _ in range(5):
        book = await soon(exchange.watch_order_book(SYMBOL))
        assert book["bids"][0][0] < book["asks"][0][0] and len(book["bids"]) == 50, "the book crosses, or has holes"
    await soon(exchange.un_watch_order_book(SYMBOL))
    best = await soon(exchange.watch_bids_asks([SYMBOL]))
    assert best[SYMBOL]["bid"] < best[SYMBOL]["ask"], best
    did["streams"] = ["trades", "ticker", "ohlcv", "order book", "bids and asks"]


async def denied(did):
    wrong = made({"secret": "not-the-secret"})
    try:
        did["wrong secret"] = await refused(wrong.fetch_balance(), ccxt.AuthenticationError)
        await wrong.load_markets()
    except ccxt.AuthenticationError:
        pass
    finally:
        await wrong.close()
    unknown = made({"apiKey": "nobody-at-all"})
    try:
        did["wrong key"] = await refused(unknown.fetch_balance(), ccxt.AuthenticationError)
    finally:
        await unknown.close()


def made(more=None):
    return venue("bybit", more or {})


async def acts(exchange, did):
    last = await markets(exchange, did)
    await account(exchange, did)
    await stream(exchange, did)
    await orders(exchange, did, last)
    await never_on_the_book(exchange, did, last)
    await conditional(exchange, did, last)
    await close(exchange, did)
    await hedged(exchange, did)
    await streams(exchange, did)
    await denied(did)


play(made, acts)
