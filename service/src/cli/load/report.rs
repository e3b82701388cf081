//! Tells the measurement: a line now and then while it goes on, a table at the end. With `--json` each line is an object instead.

use super::{
    figures::{Figures, Row},
    service::Usage,
};
use serde_json::{Value, json};
use std::{
    io::{self, Write},
    time::Duration,
};

/// Where it goes.
pub(super) struct Report<W: Write> {
    out: W,
    is_json: bool,
    agents: u32,
    /// Memory before anybody logged on.
    idle: Option<u64>,
    /// Events and time at the last line of progress.
    last: (u64, Duration),
}

// === impl Report ===

impl<W: Write> Report<W> {
    pub(super) fn new(out: W, is_json: bool, agents: u32) -> Self {
        Self { out, is_json, agents, idle: None, last: (0, Duration::ZERO) }
    }

    /// Before anybody logs on.
    pub(super) fn begin(&mut self, url: &str, usage: Option<Usage>) -> io::Result<()> {
        self.idle = usage.and_then(|usage| usage.memory);
        if self.is_json {
            return self.line(&json!({ "type": "begin", "url": url, "agents": self.agents, "memory": self.idle }).to_string());
        }
        let memory = self.idle.map(|bytes| format!(", {} idle", mebibytes(bytes))).unwrap_or_default();
        self.line(&format!("The service is at {url}{memory}"))
    }

    /// When everybody has.
    pub(super) fn logged_on(&mut self, figures: &Figures, usage: Option<Usage>) -> io::Result<()> {
        let took = figures.log_on();
        let memory = usage.and_then(|usage| usage.memory);
        let each = memory.zip(self.idle).map(|(now, idle)| now.saturating_sub(idle) / u64::from(self.agents.max(1)));
        if self.is_json {
            let (requests, took_ms) = (figures.counts().requests, millis(took));
            let told = json!({ "type": "logged_on", "agents": self.agents, "requests": requests, "took_ms": took_ms,
                "memory": memory, "memory_each": each });
            return self.line(&told.to_string());
        }
        let memory = memory.zip(each).map(|(now, each)| format!(", {} now, {:.1} KiB for each agent", mebibytes(now), kibibytes(each)));
        self.line(&format!(
            "{} agents have logged on in {:.1} s ({} requests){}\n",
            self.agents,
            took.as_secs_f64(),
            figures.counts().requests,
            memory.unwrap_or_default()
        ))?;
        self.line(&format!(
            "{:>6} {:>9} {:>8} {:>9} {:>9} {:>9} {:>9} {:>7} {:>7}",
            "s", "calls", "on line", "requests", "events/s", "event p50", "p99 ms", "errors", "MiB"
        ))
    }

    /// While it goes on.
    pub(super) fn progress(
        &mut self,
        elapsed: Duration,
        events: u64,
        on_the_line: usize,
        figures: &Figures,
        usage: Option<Usage>,
    ) -> io::Result<()> {
        let (counts, event) = (figures.counts(), figures.row("event"));
        let (before, since) = std::mem::replace(&mut self.last, (events, elapsed));
        let rate = per_second(events.saturating_sub(before), elapsed.saturating_sub(since));
        let memory = usage.and_then(|usage| usage.memory);
        if self.is_json {
            let told = json!({ "type": "progress", "elapsed_ms": millis(elapsed), "counts": counts, "on_the_line": on_the_line,
                "events": events, "events_per_second": rate, "event": event, "memory": memory });
            return self.line(&told.to_string());
        }
        let (p50, p99) = event.map_or((0.0, 0.0), |row| (row.p50, row.p99));
        self.line(&format!(
            "{:>6.0} {:>9} {on_the_line:>8} {:>9} {rate:>9.0} {p50:>9.2} {p99:>9.2} {:>7} {:>7}",
            elapsed.as_secs_f64(),
            counts.calls,
            counts.requests,
            counts.failures,
            memory.map(|bytes| (bytes >> 20).to_string()).unwrap_or_default()
        ))
    }

    /// At the end; `usage` of the service before and after the calls.
    pub(super) fn summary(&mut self, figures: &Figures, took: Duration, events: u64, usage: Option<(Usage, Usage)>) -> io::Result<()> {
        let (counts, rows, words) = (figures.counts(), figures.rows(), figures.words());
        let rate = per_second(events, took);
        let processor = usage.and_then(|(before, after)| Some(after.processor?.saturating_sub(before.processor?)));
        let memory = usage.and_then(|(_, after)| after.memory);
        if self.is_json {
            let told = json!({ "type": "summary", "agents": self.agents, "took_ms": millis(took), "counts": counts, "events": events,
                "events_per_second": rate, "steps": rows, "memory": memory, "processor_ms": processor.map(millis), "failures": words });
            return self.line(&told.to_string());
        }
        self.line(&format!("\n{:<12} {:>9} {:>10} {:>10} {:>10} {:>10}", "step", "count", "p50 ms", "p90 ms", "p99 ms", "max ms"))?;
        for row in &rows {
            self.row(row)?;
        }
        self.line(&format!(
            "\n{} calls, {} worked to their end; {events} events in {:.1} s, {rate:.0} a second",
            counts.calls,
            counts.finished,
            took.as_secs_f64()
        ))?;
        if let Some(processor) = processor {
            let part = 100.0 * processor.as_secs_f64() / took.as_secs_f64().max(f64::EPSILON);
            self.line(&format!("The service used {part:.0} % of one processor and {} of memory", mebibytes(memory.unwrap_or_default())))?;
        }
        for word in &words {
            self.line(&format!("failed: {word}"))?;
        }
        match counts.failures {
            0 => self.line("Nothing failed"),
            1 => self.line("1 failure"),
            more => self.line(&format!("{more} failures")),
        }
    }

    fn row(&mut self, row: &Row) -> io::Result<()> {
        let Row { step, count, p50, p90, p99, max } = row;
        self.line(&format!("{step:<12} {count:>9} {p50:>10.2} {p90:>10.2} {p99:>10.2} {max:>10.2}"))
    }

    fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")?;
        self.out.flush()
    }
}

fn millis(time: Duration) -> Value {
    json!(time.as_secs_f64() * 1000.0)
}

#[expect(clippy::cast_precision_loss, reason = "counts and bytes are far below what a float holds exactly")]
fn per_second(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64().max(f64::EPSILON)
}

fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", kibibytes(bytes) / 1024.0)
}

#[expect(clippy::cast_precision_loss, reason = "memory is far below what a float holds exactly")]
fn kibibytes(bytes: u64) -> f64 {
    bytes as f64 / 1024.0
}
