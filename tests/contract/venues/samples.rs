//! Payloads of our own in each venue's form, to be damaged where the documented ones are not at hand.

pub const BINANCE: &[&str] = &[
    r#"{"symbol":"BTCUSDT","orderId":9007199254740993,"clientOrderId":"bab12cd7","side":"BUY","status":"NEW",
        "origQty":"0.010","executedQty":"0","updateTime":1700000000123}"#,
    r#"[{"id":1,"orderId":2,"symbol":"BTCUSDT","side":"SELL","positionSide":"LONG","qty":"1.5","price":"64000.1",
        "commission":"0.0128","commissionAsset":"USDT","realizedPnl":"-3.25","time":3}]"#,
    r#"[{"symbol":"BTCUSDT","positionAmt":"-0.5","entryPrice":"22185.2","markPrice":"21123.05","positionSide":"BOTH",
        "liquidationPrice":"0"}]"#,
    r#"[{"symbol":"BTCUSDT","incomeType":"FUNDING_FEE","income":"-0.125","asset":"USDT","time":9,"tranId":4,"tradeId":""}]"#,
    r#"[[1499040000000,"0.016","0.8","0.015","0.017","148976.1",1499644799999]]"#,
    r#"{"e":"ORDER_TRADE_UPDATE","T":2,"o":{"s":"BTCUSDT","c":"autoclose-1","S":"SELL","q":"2","x":"TRADE","X":"FILLED",
        "i":5,"l":"2","z":"2","L":"60000","N":"USDT","n":"0.6","T":2,"t":77,"ps":"LONG","rp":"-12.5"}}"#,
    r#"{"stream":"x","data":{"e":"ACCOUNT_UPDATE","T":2,"a":{"m":"FUNDING_FEE","B":[{"a":"USDT","wb":"5","cw":"5"}],
        "P":[{"s":"BTCUSDT","pa":"-1","ep":"6000.1","mt":"isolated","ps":"SHORT"}]}}}"#,
];

pub const BITGET: &[&str] = &[
    r#"{"code":"00000","data":{"orderId":"5","clientOid":"bab1"},"msg":"success","requestTime":1}"#,
    r#"{"code":"00000","data":{"entrustedList":[{"symbol":"BTCUSDT","size":"2","orderId":"5","clientOid":"bab1",
        "baseVolume":"1","status":"live","side":"buy","posSide":"long","tradeSide":"close","posMode":"hedge_mode",
        "uTime":"9"}],"endId":"5"}}"#,
    r#"{"code":"00000","data":{"fillList":[{"tradeId":"77","symbol":"BTCUSDT","orderId":"5","price":"64000.1",
        "baseVolume":"0.3","side":"buy","profit":"1.5","tradeSide":"open","posMode":"one_way_mode",
        "feeDetail":[{"feeCoin":"USDT","totalFee":"-0.02"}],"cTime":"9"}],"endId":"5"}}"#,
    r#"{"code":"00000","data":[{"symbol":"BTCUSDT","holdSide":"short","total":"0.5","openPriceAvg":"25000","leverage":"20",
        "marginMode":"crossed","posMode":"one_way_mode"}]}"#,
    r#"{"action":"snapshot","arg":{"channel":"orders","instId":"default"},"data":[{"instId":"BTCUSDT","orderId":"1",
        "side":"buy","posSide":"long","posMode":"hedge_mode","tradeSide":"open","status":"filled","size":"1",
        "accBaseVolume":"1","uTime":"9","tradeId":"7","baseVolume":"1","fillPrice":"27000.5","fillFee":"-0.1",
        "fillFeeCoin":"USDT","pnl":"0"}]}"#,
];

pub const BYBIT: &[&str] = &[
    r#"{"retCode":0,"retMsg":"OK","result":{"orderId":"o1","orderLinkId":"bab1"},"time":1672211918471}"#,
    r#"{"retCode":0,"retMsg":"OK","result":{"list":[{"orderId":"o1","orderLinkId":"bab1","symbol":"ETHUSDT","qty":"0.10",
        "side":"Buy","orderStatus":"New","cumExecQty":"0.00","updatedTime":"1684738540561"}],"nextPageCursor":"x"},"time":5}"#,
    r#"{"retCode":0,"retMsg":"OK","result":{"list":[{"symbol":"BTCUSDT","execId":"e1","orderId":"o1","side":"Sell",
        "execType":"Trade","execQty":"3","execPrice":"64000.5","execFee":"0.3","closedSize":"1","execPnl":"7.5",
        "execTime":"5"}]},"time":5}"#,
    r#"{"retCode":0,"retMsg":"OK","result":{"list":[{"positionIdx":2,"symbol":"BTCUSDT","side":"Sell","size":"4",
        "avgPrice":"10.1","markPrice":"11","leverage":"12.5","tradeMode":0,"liqPrice":""}]},"time":5}"#,
    r#"{"topic":"execution","data":[{"category":"linear","symbol":"XRPUSDT","execFee":"0.005","execId":"7e","execPrice":"0.3",
        "execQty":"25","execType":"Trade","orderId":"f6","side":"Sell","execTime":"1672364174443","closedSize":"5",
        "execPnl":"0.1"}]}"#,
];

pub const GATE: &[&str] = &[
    r#"{"id":15675394,"contract":"BTC_USDT","create_time":1546569968,"size":-120,"left":-20,"status":"open",
        "text":"t-bab1"}"#,
    r#"[{"id":12,"create_time":1514764800.123,"contract":"BTC_USDT","order_id":"21","size":-5,"close_size":-2,
        "price":"64000.1","text":"t-bab1","fee":"0.03"}]"#,
    r#"[{"contract":"BTC_USDT","size":-9440,"leverage":"0","cross_leverage_limit":"7","entry_price":"3779.55",
        "mode":"dual_short"}]"#,
    r#"[{"time":1514764800.123456,"change":"-0.75","balance":"4.5","type":"pnl","contract":"BTC_USDT","trade_id":"12"}]"#,
    r#"{"channel":"futures.usertrades","event":"update","result":[{"id":"3","create_time":1628736848,
        "create_time_ms":1628736848321,"contract":"BTC_USD","order_id":"48","size":"1.5","price":"40000.4","text":"api",
        "fee":0.0009290592,"close_size":"0.5"}]}"#,
];

pub const OKX: &[&str] = &[
    r#"{"code":"0","msg":"","data":[{"clOrdId":"bab1","ordId":"312","ts":"1695190491421","sCode":"0","sMsg":""}]}"#,
    r#"{"code":"0","msg":"","data":[{"instId":"BTC-USDT-SWAP","ordId":"5","clOrdId":"bab1","side":"sell","posSide":"net",
        "state":"live","sz":"3","accFillSz":"1","uTime":"11"}]}"#,
    r#"{"code":"0","msg":"","data":[{"instId":"BTC-USDT-SWAP","tradeId":"77","ordId":"5","side":"buy","posSide":"long",
        "fillSz":"1.5","fillPx":"64000.1","fee":"-0.48","feeCcy":"USDT","fillPnl":"3.25","subType":"3","ts":"10"}]}"#,
    r#"{"code":"0","msg":"","data":[{"instId":"BTC-USDT-SWAP","posSide":"net","pos":"-2","avgPx":"29786.59","lever":"10",
        "mgnMode":"cross"}]}"#,
    r#"{"arg":{"channel":"orders","instType":"SWAP"},"data":[{"instId":"BTC-USDT-SWAP","ordId":"5","side":"sell",
        "posSide":"net","state":"partially_filled","sz":"3","accFillSz":"1","category":"normal","uTime":"11",
        "tradeId":"7","fillSz":"1","fillPx":"64000","fillFee":"-0.2","fillFeeCcy":"USDT","fillPnl":"0"}]}"#,
];
