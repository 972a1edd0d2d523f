"""Trades on the simulated venue with python-binance and its socket manager, and prints what it did as JSON."""

import asyncio
import importlib.metadata
import json
import os

from binance import AsyncClient, BinanceSocketManager
from binance.exceptions import BinanceAPIException

BASE = os.environ["SIMULATOR_URL"]
SYMBOL = "BTCUSDT"
PATIENCE = 30


async def refused(attempt):
    try:
        await attempt
    except BinanceAPIException as error:
        return error.code
    raise AssertionError("not refused")


async def until(socket, fits):
    async def run():
        while True:
            told = await socket.recv()
            assert told.get("e") != "error", told
            if fits(told):
                return told
    return await asyncio.wait_for(run(), PATIENCE)


def fill_of(order):
    return lambda told: (
        told.get("e") == "ORDER_TRADE_UPDATE" and told["o"]["x"] == "TRADE" and told["o"]["i"] == order["orderId"]
    )


async def account(client, did):
    await client.futures_ping()
    info = await client.futures_exchange_info()
    assert SYMBOL in [market["symbol"] for market in info["symbols"]], info
    leverage = await client.futures_change_leverage(symbol=SYMBOL, leverage=5)
    assert leverage["leverage"] == 5, leverage
    mode = await client.futures_get_position_mode()
    if not mode["dualSidePosition"]:
        await client.futures_change_position_mode(dualSidePosition="true")
    did["nothing to change"] = await refused(client.futures_change_position_mode(dualSidePosition="true"))
    balance = await client.futures_account_balance()
    did["balance"] = [coin["balance"] for coin in balance if coin["asset"] == "USDT"][0]
    brackets = await client.futures_leverage_bracket(symbol=SYMBOL)
    assert brackets[0]["brackets"], brackets


async def orders(client, sockets, did):
    async with sockets.futures_user_socket() as user:
        long = await client.futures_create_order(
            symbol=SYMBOL, side="BUY", positionSide="LONG", type="MARKET", quantity="0.02", newOrderRespType="RESULT"
        )
        assert long["status"] == "FILLED" and long["positionSide"] == "LONG", long
        fill = await until(user, fill_of(long))
        update = await until(user, lambda told: told.get("e") == "ACCOUNT_UPDATE")
        held = {position["ps"]: position["pa"] for position in update["a"]["P"]}
        assert held == {"LONG": "0.02"}, update
        short = await client.futures_create_order(
            symbol=SYMBOL, side="SELL", positionSide="SHORT", type="MARKET", quantity="0.01", newOrderRespType="RESULT"
        )
        await until(user, fill_of(short))
        did["user stream"] = [fill["o"]["X"], update["a"]["m"]]

        mark = float((await client.futures_mark_price(symbol=SYMBOL))["markPrice"])
        stop = await client.futures_create_order(
            symbol=SYMBOL, side="SELL", positionSide="LONG", type="STOP_MARKET", closePosition="true",
            stopPrice=str(round(mark * 0.9)),
        )
        await until(user, lambda told: told.get("e") == "ALGO_UPDATE" and told["o"]["X"] == "NEW")
        waiting = await client.futures_get_open_algo_orders(symbol=SYMBOL)
        assert [order["algoId"] for order in waiting] == [stop["algoId"]], waiting
        await client.futures_cancel_algo_order(symbol=SYMBOL, algoId=stop["algoId"])
        did["conditional"] = stop["orderType"]

        batch = await client.futures_place_batch_order(batchOrders=[
            {"symbol": SYMBOL, "side": "BUY", "positionSide": "LONG", "type": "LIMIT", "timeInForce": "GTC",
             "quantity": "0.01", "price": str(round(mark * 0.9))},
            {"symbol": SYMBOL, "side": "BUY", "positionSide": "BOTH", "type": "MARKET", "quantity": "0.01"},
        ])
        assert batch[0]["status"] == "NEW" and batch[1]["code"] == -4061, batch
        opened = await client.futures_get_open_orders(symbol=SYMBOL)
        assert [order["orderId"] for order in opened] == [batch[0]["orderId"]], opened
        await client.futures_cancel_order(symbol=SYMBOL, orderId=batch[0]["orderId"])
        shown = await client.futures_get_order(symbol=SYMBOL, origClientOrderId=batch[0]["clientOrderId"])
        assert shown["status"] == "CANCELED", shown
        did["batch"] = [batch[0]["status"], batch[1]["code"]]


async def close(client, did):
    risks = await client.futures_position_information(symbol=SYMBOL)
    held = {risk["positionSide"]: float(risk["positionAmt"]) for risk in risks}
    assert held == {"LONG": 0.02, "SHORT": -0.01}, risks
    did["not without a position"] = await refused(client.futures_create_order(
        symbol=SYMBOL, side="SELL", positionSide="LONG", type="MARKET", quantity="0.03"
    ))
    await client.futures_create_order(symbol=SYMBOL, side="SELL", positionSide="LONG", type="MARKET", quantity="0.02")
    await client.futures_create_order(symbol=SYMBOL, side="BUY", positionSide="SHORT", type="MARKET", quantity="0.01")
    trades = await client.futures_account_trades(symbol=SYMBOL)
    assert [trade["positionSide"] for trade in trades] == ["LONG", "SHORT", "LONG", "SHORT"], trades
    incomes = await client.futures_income_history(symbol=SYMBOL, incomeType="REALIZED_PNL")
    assert len(incomes) == 2, incomes
    whole = await client.futures_account()
    paid = sum(float(trade["commission"]) for trade in trades)
    won = sum(float(trade["realizedPnl"]) for trade in trades)
    expected = float(did["balance"]) + won - paid
    assert abs(float(whole["totalWalletBalance"]) - expected) < 1e-6, (whole["totalWalletBalance"], expected)
    await client.futures_change_position_mode(dualSidePosition="false")
    did["trades"] = len(trades)


async def streams(sockets, did):
    async with sockets.aggtrade_futures_socket(SYMBOL.lower()) as socket:
        await until(socket, lambda told: told["data"]["e"] == "aggTrade")
    async with sockets.symbol_mark_price_socket(SYMBOL.lower()) as socket:
        await until(socket, lambda told: told["data"]["e"] == "markPriceUpdate")
    async with sockets.futures_multiplex_socket(["btcusdt@bookTicker", "ethusdt@bookTicker"]) as socket:
        for name in ["btcusdt@bookTicker", "ethusdt@bookTicker"]:
            await until(socket, lambda told: told["stream"] == name)
    did["streams"] = ["aggTrade", "markPrice", "bookTicker"]


async def main():
    did = {"client": "python-binance", "version": importlib.metadata.version("python-binance")}
    client = AsyncClient(os.environ["SIMULATOR_KEY"], os.environ["SIMULATOR_SECRET"])
    client.FUTURES_URL = f"{BASE}/fapi"
    sockets = BinanceSocketManager(client)
    sockets.FSTREAM_URL = BASE.replace("http", "ws", 1) + "/"
    try:
        await account(client, did)
        await orders(client, sockets, did)
        await close(client, did)
        await streams(sockets, did)
    finally:
        await client.close_connection()
    print(json.dumps(did))


asyncio.run(main())
