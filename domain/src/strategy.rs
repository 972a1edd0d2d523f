//! How robots find entries: pure functions of the price history.

pub mod breakout;
pub mod market_state;
pub mod template;
pub mod window;

pub use breakout::Breakout;
pub use market_state::{Classifier, MarketState};
pub use template::{Template, Templates, TemplatesByRisk};
pub use window::Window;
