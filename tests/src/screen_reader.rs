//! A screen reader: what AT-SPI tells of the wizard's window, by role and name, and what it can do there. `tests/desktop/screen_reader.py`
//! does the talking, because the reference implementation of AT-SPI's client side is Python's.

use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Lines, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

/// What the wizard is called on the accessibility bus.
const PROGRAM: &str = "jackfield-wizard";

/// The screen reader; it ends when it is dropped.
pub struct ScreenReader {
    child: Child,
    questions: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

/// Something on the window, as it is read out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its role, as AT-SPI names it: `push button`, `entry`, `heading`.
    pub role: String,
    /// Its name.
    pub name: String,
    /// What is said beside its name; for a wrong field, why it is wrong.
    pub description: String,
    /// The text in it, for fields.
    pub text: Option<String>,
    /// `checked`, `focused`, `selected`, `sensitive`, `active`.
    pub states: Vec<String>,
}

impl ScreenReader {
    pub(crate) fn start(mut command: Command, script: &Path) -> Self {
        let child = command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.expect("Debian's Python starts: run tests/install first, as tests/run does");
        let questions = child.stdin.take().expect("stdin is a pipe");
        let answers = BufReader::new(child.stdout.take().expect("stdout is a pipe")).lines();
        Self { child, questions, answers }
    }

    /// Waits until something of this role and name is there, and reads it.
    ///
    /// # Panics
    /// When it does not come; with everything that is there.
    pub fn see(&mut self, role: &str, name: &str) -> Node {
        node(&self.ask(&json!({ "do": "see", "role": role, "name": name })))
    }

    /// Waits until it is also in this state.
    ///
    /// # Panics
    /// When it does not come to that.
    pub fn see_in_state(&mut self, role: &str, name: &str, state: &str) -> Node {
        node(&self.ask(&json!({ "do": "see", "role": role, "name": name, "states": [state] })))
    }

    /// Presses it, as a screen reader's user does without a mouse.
    ///
    /// # Panics
    /// When it is not there or cannot be pressed.
    pub fn press(&mut self, role: &str, name: &str) {
        self.ask(&json!({ "do": "press", "role": role, "name": name }));
    }

    /// Puts a text into a field, and waits until the field says it.
    ///
    /// # Panics
    /// When it does not take it.
    pub fn write(&mut self, name: &str, value: &str) -> Node {
        self.ask(&json!({ "do": "write", "role": "entry", "name": name, "value": value }));
        node(&self.ask(&json!({ "do": "see", "role": "entry", "name": name, "text": value })))
    }

    /// Gives it the keyboard's focus, and waits until it has it.
    ///
    /// # Panics
    /// When it does not get it.
    pub fn focus(&mut self, role: &str, name: &str) {
        self.ask(&json!({ "do": "focus", "role": role, "name": name }));
        self.see_in_state(role, name, "focused");
    }

    /// Everything that is there.
    ///
    /// # Panics
    /// When the window is not there.
    pub fn all(&mut self) -> Vec<Node> {
        self.ask(&json!({ "do": "all" })).as_array().expect("a list of nodes").iter().map(node).collect()
    }

    fn ask(&mut self, question: &Value) -> Value {
        let mut question = question.clone();
        question["program"] = PROGRAM.into();
        writeln!(self.questions, "{question}").expect("the screen reader listens");
        let answer = self.answers.next().expect("the screen reader answers").expect("its answer is text");
        let mut answer: Value = serde_json::from_str(&answer).expect("its answer is JSON");
        assert!(answer.get("error").is_none(), "{}", answer["error"].as_str().unwrap_or_default());
        answer["ok"].take()
    }
}

impl Drop for ScreenReader {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn node(value: &Value) -> Node {
    let text = |key: &str| value[key].as_str().map(ToOwned::to_owned);
    let states = value["states"].as_array().into_iter().flatten().filter_map(Value::as_str);
    Node {
        role: text("role").unwrap_or_default(),
        name: text("name").unwrap_or_default(),
        description: text("description").unwrap_or_default(),
        text: text("text"),
        states: states.map(ToOwned::to_owned).collect(),
    }
}
