//! Metrics in Prometheus' text format, version 0.0.4
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>).

use super::{
    histogram::{BOUNDS, Histogram, Reading},
    metrics::Metric,
};
use std::fmt::{Display, Write};

/// What it is called over HTTP.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A text that grows metric by metric; the samples of one stand together.
#[derive(Debug, Default)]
pub struct Exposition(String);

/// One metric of it.
#[derive(Debug)]
pub struct Family<'e> {
    text: &'e mut String,
    metric: &'e Metric,
}

// === impl Exposition ===

impl Exposition {
    /// Begins a metric.
    pub fn family<'e>(&'e mut self, metric: &'e Metric) -> Family<'e> {
        let Metric { name, kind, help, .. } = metric;
        // Writing to a string cannot fail; here and below.
        let _ = writeln!(self.0, "# HELP {name} {help}.\n# TYPE {name} {}", kind.word());
        Family { text: &mut self.0, metric }
    }

    /// A metric without labels.
    pub fn one(&mut self, metric: &Metric, value: impl Display) {
        self.family(metric).sample(&[], value);
    }

    /// A histogram without labels.
    pub fn times(&mut self, metric: &Metric, histogram: &Histogram) {
        let Reading { within, count, sum } = histogram.read();
        let name = metric.name;
        let Family { text, .. } = self.family(metric);
        for (bound, within) in BOUNDS.iter().zip(within) {
            let _ = writeln!(text, "{name}_bucket{{le=\"{bound}\"}} {within}");
        }
        let _ = writeln!(text, "{name}_bucket{{le=\"+Inf\"}} {count}\n{name}_sum {sum}\n{name}_count {count}");
    }

    /// All of it.
    pub fn finish(self) -> String {
        self.0
    }
}

// === impl Family ===

impl Family<'_> {
    /// One value; `labels` in the metric's order.
    pub fn sample(&mut self, labels: &[&str], value: impl Display) -> &mut Self {
        let Self { text, metric } = self;
        text.push_str(metric.name);
        let mut before = '{';
        for (name, value) in metric.labels.iter().zip(labels) {
            let _ = write!(text, "{before}{name}=\"{}\"", escaped(value));
            before = ',';
        }
        let _ = writeln!(text, "{} {value}", if before == ',' { "}" } else { "" });
        self
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::metrics;
    use std::time::Duration;

    #[test]
    fn samples_stand_below_what_they_mean() {
        let mut text = Exposition::default();
        text.family(&metrics::REQUESTS).sample(&["User.getAttributes", "answered"], 7).sample(&["a\"\\\n", "fault"], 0);
        text.one(&metrics::SESSIONS, 3);
        let expected = "\
# HELP jackfield_requests_total SAP's requests by operation: answered, or with a fault; none for what named no operation.
# TYPE jackfield_requests_total counter
jackfield_requests_total{operation=\"User.getAttributes\",outcome=\"answered\"} 7
jackfield_requests_total{operation=\"a\\\"\\\\\\n\",outcome=\"fault\"} 0
# HELP jackfield_sessions Agents who are logged on from SAP.
# TYPE jackfield_sessions gauge
jackfield_sessions 3
";
        assert_eq!(text.finish(), expected);
    }

    #[test]
    fn times_are_written_as_buckets_sum_and_count() {
        let (mut text, histogram) = (Exposition::default(), Histogram::new());
        histogram.record(Duration::from_millis(20));
        text.times(&metrics::EVENT_SECONDS, &histogram);
        let text = text.finish();
        for line in ["_bucket{le=\"0.0005\"} 0", "_bucket{le=\"0.025\"} 1", "_bucket{le=\"+Inf\"} 1", "_sum 0.02", "_count 1"] {
            assert!(text.contains(&format!("\njackfield_event_duration_seconds{line}\n")), "{line}\n{text}");
        }
    }
}
