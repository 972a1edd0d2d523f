"""Trades on the simulated venue with Binance's own connector and its WebSocket client, and prints what it did as JSON."""

import importlib.metadata
import json
import os
import queue

from binance.error import ClientError
from binance.um_futures import UMFutures
from binance.websocket.um_futures.websocket_client import UMFuturesWebsocketClient

BASE = os.environ["SIMULATOR_URL"]
SOCKETS = BASE.replace("http", "ws", 1)
SYMBOL = "ETHUSDT"
PATIENCE = 30


def refused(attempt):
    try:
        attempt()
    except ClientError as error:
        return error.error_code
    raise AssertionError("not refused")


class Listener:
    """A socket whose messages are kept until they are asked for."""

    def __init__(self, combined=False):
        self.told = queue.Queue()
        self.client = UMFuturesWebsocketClient(
            stream_url=SOCKETS, is_combined=combined, on_message=lambda _, text: self.told.put(json.loads(text))
        )

    def until(self, fits):
        while True:
            told = self.told.get(timeout=PATIENCE)
            if fits(told):
                return told

    def stop(self):
        self.client.stop()


def trade(client, did):
    listen_key = client.new_listen_key()["listenKey"]
    assert client.renew_listen_key(listen_key) is not None
    plain, combined = Listener(), Listener(combined=True)
    plain.client.user_data(listen_key=listen_key)
    combined.client.user_data(listen_key=listen_key)
    for listener in [plain, combined]:
        listener.until(lambda told: "result" in told)
    client.change_leverage(symbol=SYMBOL, leverage=3)
    plain.until(lambda told: told.get("e") == "ACCOUNT_CONFIG_UPDATE" and told["ac"]["l"] == 3)
    bought = client.new_order(symbol=SYMBOL, side="BUY", type="MARKET", quantity=0.5, newOrderRespType="RESULT")
    assert bought["status"] == "FILLED", bought
    fill = plain.until(lambda told: told.get("e") == "ORDER_TRADE_UPDATE" and told["o"]["x"] == "TRADE")
    wrapped = combined.until(lambda told: told.get("data", {}).get("e") == "TRADE_LITE")
    assert fill["o"]["i"] == wrapped["data"]["i"] == bought["orderId"], (fill, wrapped)
    assert wrapped["stream"] == listen_key, wrapped
    did["user stream"] = [fill["e"], wrapped["data"]["e"]]

    price = round(float(bought["avgPrice"]) * 0.9)
    limit = client.new_order(
        symbol=SYMBOL, side="BUY", type="LIMIT", timeInForce="GTC", quantity=0.5, price=price, newClientOrderId="own-1"
    )
    assert limit["status"] == "NEW", limit
    assert [order["orderId"] for order in client.get_orders(symbol=SYMBOL)] == [limit["orderId"]]
    assert client.query_order(symbol=SYMBOL, origClientOrderId="own-1")["price"] == str(price)
    modified = client.modify_order(
        symbol=SYMBOL, side="BUY", quantity=0.5, price=price - 1, orderId=limit["orderId"]
    )
    assert modified["price"] == str(price - 1), modified
    assert client.cancel_order(symbol=SYMBOL, orderId=limit["orderId"])["status"] == "CANCELED"
    did["again"] = refused(lambda: client.cancel_order(symbol=SYMBOL, orderId=limit["orderId"]))
    did["unknown symbol"] = refused(lambda: client.ticker_price("NOSUCHUSDT"))

    position = [risk for risk in client.get_position_risk(symbol=SYMBOL) if float(risk["positionAmt"])]
    assert float(position[0]["positionAmt"]) == 0.5, position
    client.new_order(symbol=SYMBOL, side="SELL", type="MARKET", quantity=0.5, reduceOnly="true")
    trades = client.get_account_trades(symbol=SYMBOL)
    assert [trade["side"] for trade in trades] == ["BUY", "SELL"], trades
    account = client.account()
    assert float(account["totalPositionInitialMargin"]) == 0, account
    did["balance"] = [coin["balance"] for coin in client.balance() if coin["asset"] == "USDT"][0]
    did["incomes"] = sorted({income["incomeType"] for income in client.get_income_history(symbol=SYMBOL)})
    client.close_listen_key(listen_key)
    plain.until(lambda told: told.get("e") == "listenKeyExpired")
    for listener in [plain, combined]:
        listener.stop()


def streams(did):
    listener = Listener()
    listener.client.agg_trade(symbol=SYMBOL)
    listener.client.kline(symbol=SYMBOL, interval="1m")
    listener.client.diff_book_depth(symbol=SYMBOL, speed=100)
    did["streams"] = [
        listener.until(lambda told: told.get("e") == name)["s"] for name in ["aggTrade", "kline", "depthUpdate"]
    ]
    listener.stop()


def main():
    did = {"client": "binance-futures-connector", "version": importlib.metadata.version("binance-futures-connector")}
    client = UMFutures(key=os.environ["SIMULATOR_KEY"], secret=os.environ["SIMULATOR_SECRET"], base_url=BASE)
    assert client.time()["serverTime"] > 0
    assert SYMBOL in [market["symbol"] for market in client.exchange_info()["symbols"]]
    assert client.klines(SYMBOL, "1m", limit=5)
    assert client.depth(SYMBOL, limit=5)["bids"]
    trade(client, did)
    streams(did)
    print(json.dumps(did))


main()
