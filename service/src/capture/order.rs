//! What an administrator asks to be recorded, and how the request for it looks on the listener for administrators.

use serde::{Deserialize, Serialize};

/// What to record, and how much at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Whose messages; none means everybody's. What names nobody is recorded as well.
    #[serde(default)]
    pub agents: Vec<String>,
    /// Seconds after which it ends by itself.
    pub seconds: u64,
    /// Bytes of messages after which it ends by itself.
    pub bytes: u64,
}

impl Order {
    /// A working day.
    pub const SECONDS: std::ops::RangeInclusive<u64> = 1..=86_400;
    /// What `learn` reads.
    pub const BYTES: std::ops::RangeInclusive<u64> = 4096..=256 * 1024 * 1024;
    /// Agents that may be named.
    pub const AGENTS: usize = 100;

    /// Is it within bounds?
    ///
    /// # Errors
    /// A sentence without a full stop.
    pub fn check(&self) -> Result<(), String> {
        let range = |name: &str, value: u64, range: &std::ops::RangeInclusive<u64>| {
            if range.contains(&value) { Ok(()) } else { Err(format!("`{name}` must be from {} to {}", range.start(), range.end())) }
        };
        range("seconds", self.seconds, &Self::SECONDS)?;
        range("bytes", self.bytes, &Self::BYTES)?;
        if self.agents.len() > Self::AGENTS || self.agents.iter().any(|agent| agent.is_empty() || agent.len() > 256) {
            return Err(format!("`agents` holds at most {} names of at most 256 bytes", Self::AGENTS));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_without_bounds_is_refused() {
        let order = |seconds, bytes, agents: &[&str]| Order { agents: agents.iter().map(|&name| name.into()).collect(), seconds, bytes };
        assert_eq!(order(60, 1 << 20, &["ANNA"]).check(), Ok(()));
        for (order, why) in [
            (order(0, 1 << 20, &[]), "`seconds`"),
            (order(86_401, 1 << 20, &[]), "`seconds`"),
            (order(1, 1, &[]), "`bytes`"),
            (order(1, u64::MAX, &[]), "`bytes`"),
            (order(1, 1 << 20, &[""]), "`agents`"),
        ] {
            assert!(order.check().unwrap_err().contains(why), "{order:?}");
        }
    }
}
