//! Tells the demo: one line for each thing that happens, aligned, at most 100 columns; colour only on a terminal. With `--json` each line is
//! an object instead.

use serde_json::json;
use std::{
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};

/// Columns of the text, "what happens".
const WHAT: usize = 34;

/// One thing that happens.
#[derive(Clone, Debug)]
pub(super) struct Step<'a> {
    /// Who does it, or to whom it happens.
    pub(super) who: &'a str,
    /// What, in plain words.
    pub(super) what: &'a str,
    /// What SAP asked for, and how long the answer took.
    pub(super) operation: Option<(String, Duration)>,
    /// What an event said then.
    pub(super) event: Option<Said<'a>>,
}

/// What an event said.
#[derive(Clone, Copy, Debug)]
pub(super) struct Said<'a> {
    /// The new state of the call, or the new workmode.
    pub(super) state: &'a str,
    /// The event's name on the wire.
    pub(super) name: &'static str,
    /// How long after its cause it arrived; `None` where the cause was no moment of ours.
    pub(super) after: Option<Duration>,
}

/// The figures of the day.
#[derive(Clone, Debug, Default)]
pub(super) struct Figures {
    /// How long each answer took that SAP got.
    pub(super) answers: Vec<Duration>,
    /// Events that SAP got.
    pub(super) events: usize,
    /// From saving the file to the agents' screens, when it has happened.
    pub(super) reload: Option<Duration>,
}

/// Where the story goes.
pub(super) struct Narrator<W: Write> {
    out: W,
    style: Style,
    began: Instant,
    steps: usize,
    /// How long after their causes events arrived.
    arrivals: Vec<Duration>,
}

/// How it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// For people; with colours or without.
    Text {
        /// ANSI colours.
        colour: bool,
    },
    /// For programs: an object in each line.
    Json,
}

#[derive(Clone, Copy)]
enum Paint {
    Bold = 1,
    Dim = 2,
    Red = 31,
    Green = 32,
    Cyan = 36,
}

// === impl Style ===

impl Style {
    /// JSON where it is asked for; colours on a terminal, unless `NO_COLOR` says otherwise.
    pub(super) fn choose(json: bool) -> Self {
        let asked_not_to = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        if json { Self::Json } else { Self::Text { colour: io::stdout().is_terminal() && !asked_not_to } }
    }

    fn paint(self, paint: Paint, text: &str) -> String {
        match self {
            Self::Text { colour: true } if !text.trim().is_empty() => format!("\u{1b}[{}m{text}\u{1b}[0m", paint as u8),
            _ => text.to_owned(),
        }
    }
}

// === impl Narrator ===

impl<W: Write> Narrator<W> {
    /// A story that begins now.
    pub(super) fn new(out: W, style: Style) -> Self {
        Self { out, style, began: Instant::now(), steps: 0, arrivals: Vec::new() }
    }

    /// What this is, and what the columns are.
    pub(super) fn title(&mut self, service: &str) -> io::Result<()> {
        if self.style == Style::Json {
            return self.line(&json!({ "type": "begin", "service": service }).to_string());
        }
        self.line(&self.style.paint(Paint::Bold, "A day in the Interaction Center"))?;
        self.line(&format!("SAP's agents, played by the simulator, work over SOAP at\n{service}"))?;
        self.line("")?;
        let head = format!(
            "{:>6}  {:<6}  {:<WHAT$}  {:<23} {:>5}  {:<11} {:>5}",
            "s", "who", "what happens", "SOAP operation", "ms", "event", "ms"
        );
        self.line(&self.style.paint(Paint::Dim, &head))
    }

    /// The next scene.
    pub(super) fn scene(&mut self, title: &str) -> io::Result<()> {
        if self.style == Style::Json {
            return self.line(&json!({ "type": "scene", "title": title }).to_string());
        }
        self.line("")?;
        self.line(&self.style.paint(Paint::Bold, title))
    }

    /// Something happened, as it should.
    pub(super) fn step(&mut self, step: &Step<'_>) -> io::Result<()> {
        self.steps += 1;
        self.arrivals.extend(step.event.and_then(|event| event.after));
        let at = self.began.elapsed();
        if self.style == Style::Json {
            let mut line = json!({ "type": "step", "at_ms": millis(at), "who": step.who, "what": step.what });
            if let Some((operation, took)) = &step.operation {
                line["operation"] = json!({ "name": operation, "answer_ms": millis(*took) });
            }
            if let Some(Said { state, name, after }) = step.event {
                line["event"] = json!({ "name": name, "says": state, "arrived_ms": after.map(millis) });
            }
            return self.line(&line.to_string());
        }
        let (operation, answer) = step.operation.as_ref().map_or_else(Default::default, |(name, took)| (name.clone(), short(*took)));
        let event = step.event.map_or("", |event| event.state);
        let arrived = step.event.and_then(|event| event.after).map(short).unwrap_or_default();
        let mut pieces = wrap(step.what, WHAT).into_iter();
        let line = format!(
            "{}  {}  {:<WHAT$}  {} {}  {} {}",
            self.style.paint(Paint::Dim, &format!("{:>6.3}", at.as_secs_f64())),
            self.style.paint(Paint::Bold, &format!("{:<6}", step.who)),
            pieces.next().unwrap_or_default(),
            self.style.paint(Paint::Cyan, &format!("{operation:<23}")),
            self.style.paint(Paint::Dim, &format!("{answer:>5}")),
            self.style.paint(Paint::Green, &format!("{event:<11}")),
            self.style.paint(Paint::Dim, &format!("{arrived:>5}")),
        );
        self.line(line.trim_end())?;
        for piece in pieces {
            self.line(&format!("{:16}{piece}", ""))?;
        }
        Ok(())
    }

    /// Something did not.
    pub(super) fn failed(&mut self, why: &str) -> io::Result<()> {
        if self.style == Style::Json {
            return self.line(&json!({ "type": "failure", "at_ms": millis(self.began.elapsed()), "why": why }).to_string());
        }
        for (number, piece) in wrap(why, 84).iter().enumerate() {
            let head = if number == 0 { self.style.paint(Paint::Red, "FAILED") } else { " ".repeat(6) };
            self.line(&format!("{:8}{head}  {piece}", ""))?;
        }
        Ok(())
    }

    /// How it went.
    pub(super) fn summary(&mut self, failures: usize, figures: Figures) -> io::Result<()> {
        let took = self.began.elapsed();
        let Figures { answers, events, reload } = figures;
        let requests = answers.len();
        let (answers, arrivals) = (Times::of(answers), Times::of(std::mem::take(&mut self.arrivals)));
        if self.style == Style::Json {
            let line = json!({
                "type": "summary", "failures": failures, "steps": self.steps, "took_ms": millis(took),
                "requests": { "count": requests, "median_ms": millis(answers.median), "slowest_ms": millis(answers.slowest) },
                "events": { "count": events, "median_ms": millis(arrivals.median), "slowest_ms": millis(arrivals.slowest) },
                "reload_ms": reload.map(millis),
            });
            return self.line(&line.to_string());
        }
        self.line("")?;
        let (paint, verdict) = match failures {
            0 => (Paint::Green, "everything as it should be".to_owned()),
            1 => (Paint::Red, "1 failure".to_owned()),
            count => (Paint::Red, format!("{count} failures")),
        };
        let verdict = self.style.paint(paint, &verdict);
        self.line(&format!(
            "{}  {} steps in {:.1} s, {verdict}",
            self.style.paint(Paint::Bold, "Summary"),
            self.steps,
            took.as_secs_f64()
        ))?;
        for (what, count, times) in [("SOAP requests", requests, answers), ("events to SAP", events, arrivals)] {
            let Times { median, slowest } = times;
            self.line(&format!("  {what:<14} {count:>4}   median {:>5} ms   slowest {:>5} ms", short(median), short(slowest)))?;
        }
        if let Some(reload) = reload {
            self.line(&format!("  {:<14} {:>4}   {} ms from saving the file to the agents' screens", "live reload", 1, short(reload)))?;
        }
        Ok(())
    }

    /// A line of its own.
    pub(super) fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")?;
        self.out.flush()
    }

    /// What it is written for.
    pub(super) fn style(&self) -> Style {
        self.style
    }
}

/// What is said of many times.
struct Times {
    median: Duration,
    slowest: Duration,
}

impl Times {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self { median: times.get(times.len() / 2).copied().unwrap_or_default(), slowest: times.last().copied().unwrap_or_default() }
    }
}

fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

/// Milliseconds in five columns.
fn short(time: Duration) -> String {
    let millis = time.as_secs_f64() * 1e3;
    if millis < 99.95 { format!("{millis:.1}") } else { format!("{millis:.0}") }
}

/// Breaks at blanks; a word that is longer than the width has a line of its own.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.is_empty() => word.clone_into(line),
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn story(style: Style) -> String {
        let mut out = Vec::new();
        let mut narrator = Narrator::new(&mut out, style);
        narrator.title("http://127.0.0.1:8095/SapIciWebConnector/IcSapWebService.asmx").unwrap();
        narrator.scene("Morning").unwrap();
        let step = Step {
            who: "BERT",
            what: "says something that is longer than fits into one line of the table",
            operation: Some(("User.setCurrentWorkmode".into(), Duration::from_micros(1_234))),
            event: Some(Said { state: "conferenced", name: "phoneCallChanged", after: Some(Duration::from_millis(12_345)) }),
        };
        narrator.step(&step).unwrap();
        narrator.failed(&"why ".repeat(40)).unwrap();
        let figures = Figures { answers: vec![Duration::from_millis(1); 97], events: 84, reload: Some(Duration::from_millis(31)) };
        narrator.summary(1, figures).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn no_line_is_longer_than_a_hundred_columns() {
        let story = story(Style::Text { colour: false });
        assert!(story.lines().all(|line| line.chars().count() <= 100), "{story}");
        assert!(!story.contains('\u{1b}'));
        let step = story.lines().find(|line| line.contains("BERT")).unwrap();
        assert!(step.ends_with("User.setCurrentWorkmode   1.2  conferenced 12345"), "{step}");
    }

    #[test]
    fn colours_change_nothing_but_the_colour() {
        let coloured = story(Style::Text { colour: true });
        let mut plain = String::new();
        for (number, piece) in coloured.split('\u{1b}').enumerate() {
            plain.push_str(if number == 0 { piece } else { piece.split_once('m').unwrap().1 });
        }
        let without_times = |text: &str| text.lines().map(|line| line.get(7..).unwrap_or("").to_owned()).collect::<Vec<_>>();
        assert_eq!(without_times(&plain), without_times(&story(Style::Text { colour: false })));
        assert_ne!(coloured, plain);
    }

    #[test]
    fn every_line_of_json_is_an_object_with_a_type() {
        let story = story(Style::Json);
        let types: Vec<_> = story.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["type"].clone()).collect();
        assert_eq!(types, ["begin", "scene", "step", "failure", "summary"]);
    }
}
