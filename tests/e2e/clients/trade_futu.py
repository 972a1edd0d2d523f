"""Trades on the simulated OpenD with the vendor's own SDK, and writes what it did as JSON into the file DID.

Not to the standard output: the SDK's own threads print there, also into the middle of a line.
"""

import json
import os
import queue
import sys

import futu
from futu import (
    Currency, Market, ModifyOrderOp, OpenQuoteContext, OpenSecTradeContext, OrderStatus, OrderType,
    RET_OK, SecurityFirm, StockQuoteHandlerBase, SubType, SysConfig, TradeDealHandlerBase, TradeOrderHandlerBase, TrdEnv,
    TrdMarket, TrdSide,
)

HOST, PORT = os.environ["OPEND_ADDRESS"].rsplit(":", 1)
KEY = os.environ.get("OPEND_KEY")
CODE = "US.AAPL"
PATIENCE = 20


def fine(answer):
    """What was told, of an answer that must not be a refusal."""
    result, told = answer[0], answer[1]
    assert result == RET_OK, told
    return told


def no(answer):
    """The words of a refusal."""
    assert answer[0] != RET_OK, answer
    return str(answer[1])


def told(heard, fits):
    """The first of what is heard that fits."""
    while True:
        one = heard.get(timeout=PATIENCE)
        if fits(one):
            return one


class Orders(TradeOrderHandlerBase):
    def __init__(self):
        super().__init__()
        self.heard = queue.Queue()

    def on_recv_rsp(self, rsp_pb):
        result, rows = super().on_recv_rsp(rsp_pb)
        if result == RET_OK:
            for row in rows.to_dict("records"):
                self.heard.put(row)
        return result, rows


class Deals(TradeDealHandlerBase):
    def __init__(self):
        super().__init__()
        self.heard = queue.Queue()

    def on_recv_rsp(self, rsp_pb):
        result, rows = super().on_recv_rsp(rsp_pb)
        if result == RET_OK:
            for row in rows.to_dict("records"):
                self.heard.put(row)
        return result, rows


class Quotes(StockQuoteHandlerBase):
    def __init__(self):
        super().__init__()
        self.heard = queue.Queue()

    def on_recv_rsp(self, rsp_pb):
        result, rows = super().on_recv_rsp(rsp_pb)
        if result == RET_OK:
            for row in rows.to_dict("records"):
                self.heard.put(row)
        return result, rows


def look(did):
    """Quotes, sessions and fixed facts."""
    context = OpenQuoteContext(host=HOST, port=int(PORT))
    try:
        state = fine(context.get_global_state())
        did["market"] = [state["market_us"], state["trd_logined"], state["qot_logined"]]
        did["state"] = list(fine(context.get_market_state([CODE]))["market_state"])
        fixed = fine(context.get_stock_basicinfo(Market.HK, code_list=["HK.00700", CODE]))
        did["lots"] = [int(lot) for lot in fixed["lot_size"]]
        shot = fine(context.get_market_snapshot([CODE])).to_dict("records")[0]
        did["snapshot"] = [shot["last_price"], shot["bid_price"], shot["ask_price"], bool(shot["suspension"])]
        quotes = Quotes()
        context.set_handler(quotes)
        did["unsubscribed"] = no(context.get_stock_quote([CODE]))
        fine(context.subscribe([CODE], [SubType.QUOTE]))
        did["quote"] = float(fine(context.get_stock_quote([CODE]))["last_price"].iloc[0])
        did["unknown stock"] = no(context.get_market_snapshot(["US.NONE"]))
        did["pushed quote"] = told(quotes.heard, lambda row: row["last_price"] != did["quote"])["last_price"]
    finally:
        context.close()


def orders_on_paper(context, did, heard):
    """Orders of every fate, without real money."""
    paper = {"trd_env": TrdEnv.SIMULATE}

    def place(side, price, shares, mark):
        rows = fine(context.place_order(price=price, qty=shares, code=CODE, trd_side=side, order_type=OrderType.NORMAL,
                                        remark=mark, **paper))
        return str(rows["order_id"].iloc[0]), rows

    first, rows = place(TrdSide.BUY, 250.0, 10, "sdk-first")
    did["placed"] = [rows["code"].iloc[0], rows["remark"].iloc[0], float(rows["qty"].iloc[0])]
    filled = told(heard, lambda row: row["order_id"] == first and row["order_status"] == OrderStatus.FILLED_ALL)
    did["pushed"] = [filled["remark"], filled["dealt_qty"], filled["trd_side"]]
    resting, _ = place(TrdSide.BUY, 100.0, 5, "sdk-rest")
    fine(context.modify_order(ModifyOrderOp.NORMAL, resting, 6, 101.0, **paper))
    changed = fine(context.order_list_query(order_id=resting, refresh_cache=True, **paper))
    did["changed"] = [float(changed["qty"].iloc[0]), float(changed["price"].iloc[0]), changed["order_status"].iloc[0]]
    fine(context.modify_order(ModifyOrderOp.CANCEL, resting, 0, 0, **paper))
    cancelled = told(heard, lambda row: row["order_id"] == resting and row["order_status"] == OrderStatus.CANCELLED_ALL)
    did["cancelled"] = cancelled["remark"]
    did["cancelled again"] = no(context.modify_order(ModifyOrderOp.CANCEL, resting, 0, 0, **paper))
    did["too dear"] = no(context.place_order(price=250.0, qty=1_000_000, code=CODE, trd_side=TrdSide.BUY, **paper))
    today = fine(context.order_list_query(**paper))
    did["today"] = sorted(zip(today["remark"], today["order_status"]))
    history = fine(context.history_order_list_query(**paper))
    did["history"] = sorted(history["remark"])
    did["no executions"] = no(context.deal_list_query(**paper))
    held = fine(context.position_list_query(**paper))
    did["held"] = [[row["code"], row["qty"]] for row in held.to_dict("records")]
    did["cash"] = float(fine(context.accinfo_query(currency=Currency.USD, **paper))["cash"].iloc[0])


def real_money(context, did, heard, deals):
    """One order with real money, which has to be unlocked."""
    did["locked"] = no(context.place_order(price=250.0, qty=1, code=CODE, trd_side=TrdSide.BUY, trd_env=TrdEnv.REAL))
    did["wrong password"] = no(context.unlock_trade("wrong"))
    fine(context.unlock_trade("simulator-password"))
    rows = fine(context.place_order(price=250.0, qty=2, code=CODE, trd_side=TrdSide.BUY, trd_env=TrdEnv.REAL))
    order = str(rows["order_id"].iloc[0])
    told(heard, lambda row: row["order_id"] == order and row["order_status"] == OrderStatus.FILLED_ALL)
    did["deal pushed"] = told(deals, lambda row: row["order_id"] == order)["qty"]
    listed = fine(context.deal_list_query(trd_env=TrdEnv.REAL))
    did["executions"] = [float(shares) for shares in listed["qty"]]
    fees = fine(context.order_fee_query([order], trd_env=TrdEnv.REAL))
    did["fee"] = float(fees["fee_amount"].iloc[0])


def trade(did):
    context = OpenSecTradeContext(filter_trdmarket=TrdMarket.US, host=HOST, port=int(PORT),
                                  security_firm=SecurityFirm.FUTUSECURITIES)
    orders, deals = Orders(), Deals()
    context.set_handler(orders)
    context.set_handler(deals)
    try:
        accounts = fine(context.get_acc_list())
        did["accounts"] = sorted(zip(accounts["trd_env"], (int(number) for number in accounts["acc_id"])))
        orders_on_paper(context, did, orders.heard)
        real_money(context, did, orders.heard, deals.heard)
    finally:
        context.close()


def main():
    SysConfig.set_all_thread_daemon(True)
    if KEY:
        SysConfig.enable_proto_encrypt(True)
        SysConfig.set_init_rsa_file(KEY)
    did = {"client": "futu-api", "version": futu.__version__, "encrypted": SysConfig.is_proto_encrypt()}
    look(did)
    trade(did)
    with open(os.environ["DID"], "w", encoding="utf-8") as file:
        json.dump(did, file)


main()
sys.stdout.flush()
os._exit(0)
