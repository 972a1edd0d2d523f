//! Ways to tell people outside of alerts: over HTTP, in three dialects.

mod post;
mod slack;
mod telegram;
mod unarmed;
mod webhook;

pub use post::PostError;
pub use slack::Slack;
pub use telegram::Telegram;
pub use unarmed::Unarmed;
pub use webhook::Webhook;

/// The text cut to at most `most` characters, with a mark where it was cut.
fn truncated(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{cut}…")
}
