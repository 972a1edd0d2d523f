//! What the simulated venue promises in Binance's dialect, asked over its real server.
