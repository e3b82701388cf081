//! How much is asked of the server: what a switchover costs the one that takes over.

use serde_json::{Value, json};

/// See the module.
#[derive(Default)]
pub(super) struct Traffic {
    all: u64,
    second: u64,
    requests: u32,
    log_ins: u32,
    most_requests: u32,
    most_log_ins: u32,
}

// === impl Traffic ===

impl Traffic {
    /// A request comes in this second.
    pub(super) fn note(&mut self, second: u64, is_log_in: bool) {
        if self.second != second {
            (self.second, self.requests, self.log_ins) = (second, 0, 0);
        }
        self.all += 1;
        self.requests += 1;
        self.log_ins += u32::from(is_log_in);
        self.most_requests = self.most_requests.max(self.requests);
        self.most_log_ins = self.most_log_ins.max(self.log_ins);
    }

    pub(super) fn report(&self) -> Value {
        json!({ "requests": self.all, "most_in_a_second": self.most_requests, "most_log_ins_in_a_second": self.most_log_ins })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_second_is_kept_when_quieter_ones_follow() {
        let mut traffic = Traffic::default();
        for (second, is_log_in) in [(1, true), (2, false), (2, true), (2, true), (5, false)] {
            traffic.note(second, is_log_in);
        }
        assert_eq!(traffic.report(), json!({ "requests": 5, "most_in_a_second": 3, "most_log_ins_in_a_second": 2 }));
    }
}
