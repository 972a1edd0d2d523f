"""A venue of ccxt's that asks the simulator, and how to wait for what it tells and to see what it refuses."""

import asyncio
import json
import os
import re

import ccxt
import ccxt.pro

BASE = os.environ["SIMULATOR_URL"]
SYMBOL = "BTC/USDT:USDT"
PATIENCE = 30


def moved(urls):
    """The same tree of URLs, with the simulator's address in every one of them."""
    if isinstance(urls, dict):
        return {name: moved(url) for name, url in urls.items()}
    if isinstance(urls, str) and urls.startswith("ws"):
        return re.sub(r"^wss?://[^/]+", BASE.replace("http", "ws", 1), urls)
    if isinstance(urls, str):
        return re.sub(r"^https?://[^/]+", BASE, urls)
    return urls


def venue(name, settings):
    """A venue by ccxt's name of it, with the simulator's key; settings may name another."""
    exchange = getattr(ccxt.pro, name)({
        "apiKey": os.environ["SIMULATOR_KEY"],
        "secret": os.environ["SIMULATOR_SECRET"],
        "password": os.environ["SIMULATOR_PASSPHRASE"],
        **settings,
    })
    exchange.urls["api"] = moved(exchange.urls["api"])
    return exchange


async def soon(awaited):
    return await asyncio.wait_for(awaited, PATIENCE)


async def until(watch, fits):
    """Watches until something of what is told fits."""
    async def run():
        while True:
            told = await watch()
            for one in told if isinstance(told, list) else [told]:
                if fits(one):
                    return one
    return await soon(run())


async def refusal(attempt, kind):
    """The words with which it was refused, as ccxt's kind of error."""
    try:
        await attempt
    except kind as error:
        return str(error)
    raise AssertionError(f"not refused with {kind.__name__}")


def play(made, acts):
    """Lets a venue go through its acts, and prints what it did as JSON."""
    async def run():
        did = {"client": "ccxt", "version": ccxt.__version__}
        exchange = made()
        try:
            await acts(exchange, did)
        finally:
            await exchange.close()
        print(json.dumps(did))
    asyncio.run(run())
