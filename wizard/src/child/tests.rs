use super::{
    guard::{ERRORS, LINE},
    *,
};
use std::{
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

/// Longer than anything here takes, and short enough to notice what hangs.
const PATIENCE: Duration = Duration::from_secs(20);

fn shell(script: &str) -> Order {
    Order::new("/bin/sh").arguments(["-c", script])
}

fn start(order: Order) -> Child {
    order.start(&Jobs::new(|| {})).unwrap()
}

/// All that comes until the end.
fn events(child: &mut Child) -> Vec<Event> {
    std::iter::from_fn(|| child.wait()).collect()
}

fn line(text: &str) -> Event {
    Event::Line(text.to_owned())
}

fn exited(code: i32, errors: &str) -> Event {
    Event::Ended(End::Exited { code: Some(code), errors: errors.to_owned() })
}

#[test]
fn lines_come_in_order_and_the_end_comes_last_with_code_and_errors() {
    let mut child = start(shell("echo one; echo oops >&2; echo two; exit 3"));
    assert_eq!(events(&mut child), [line("one"), line("two"), exited(3, "oops")]);
    assert!(child.has_ended());
}

#[test]
fn every_event_wakes_the_window() {
    let woken = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&woken);
    let jobs = Jobs::new(move || {
        count.fetch_add(1, Ordering::SeqCst);
    });
    let mut child = shell("echo one; echo two").start(&jobs).unwrap();
    let count = events(&mut child).len();
    // The window sees an event before it is woken for it or after, so the last wake-up may still be on its way.
    assert!(woken.load(Ordering::SeqCst) + 1 >= count, "{woken:?} of {count}");
}

#[test]
fn what_is_sent_is_answered_until_the_input_is_closed() {
    let mut child = start(shell("while read -r word; do echo \"you said $word\"; done; echo bye"));
    child.send("hold").unwrap();
    assert_eq!(child.wait(), Some(line("you said hold")));
    child.send("retrieve").unwrap();
    assert_eq!(child.wait(), Some(line("you said retrieve")));
    child.end_input();
    assert_eq!(child.send("more"), Err(NotSent::Gone));
    assert_eq!(events(&mut child), [line("bye"), exited(0, "")]);
}

#[test]
fn a_whole_document_is_given_and_ended() {
    let text = "x".repeat(300_000);
    let mut child = start(shell("wc -c").input(text));
    let Some(Event::Line(count)) = child.wait() else { panic!("no line came") };
    assert_eq!(count.trim(), "300000");
}

#[test]
fn a_child_that_does_not_read_makes_nobody_wait() {
    let child = start(shell("exec sleep 1000"));
    let long = "x".repeat(100_000);
    let refused = (0..=ORDERS + 2).map(|_| child.send(&long)).find(Result::is_err);
    assert_eq!(refused, Some(Err(NotSent::Busy)));
}

#[test]
fn a_cancelled_child_is_gone() {
    let mut child = start(shell("echo $$; exec sleep 1000"));
    let Some(Event::Line(id)) = child.wait() else { panic!("no line came") };
    child.cancel();
    assert_eq!(events(&mut child), [Event::Ended(End::Cancelled)]);
    assert!(!alive(&id));
}

#[test]
fn a_dropped_child_is_gone() {
    let mut child = start(shell("echo $$; exec sleep 1000"));
    let Some(Event::Line(id)) = child.wait() else { panic!("no line came") };
    drop(child);
    let until = Instant::now() + PATIENCE;
    while alive(&id) {
        assert!(Instant::now() < until, "the child lives on");
        thread::yield_now();
    }
}

#[test]
fn a_child_with_grace_tidies_up_before_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let script = "echo ready; while read -r word; do :; done; echo tidy > done; exec >&-";
    let mut child = start(shell(script).directory(folder.path()).grace(PATIENCE));
    assert_eq!(child.wait(), Some(line("ready")));
    child.cancel();
    assert_eq!(events(&mut child).last(), Some(&Event::Ended(End::Cancelled)));
    assert!(folder.path().join("done").exists());
}

#[test]
fn all_that_a_cancelled_child_says_comes_before_its_end() {
    // More lines than may wait for the window, and a child that has ended long before they are taken.
    let script = "echo ready; while read -r word; do :; done; for i in $(seq 2000); do echo $i; done";
    let mut child = start(shell(script).grace(PATIENCE));
    assert_eq!(child.wait(), Some(line("ready")));
    child.cancel();
    let mut expected: Vec<Event> = (1..=2000).map(|number| line(&number.to_string())).collect();
    expected.push(Event::Ended(End::Cancelled));
    assert_eq!(events(&mut child), expected);
}

#[test]
fn a_child_that_takes_too_long_is_ended_and_what_it_said_is_kept() {
    let mut child = start(shell("echo begun; echo slow >&2; exec sleep 1000").deadline(Duration::from_millis(300)));
    assert_eq!(events(&mut child), [line("begun"), Event::Ended(End::TimedOut { errors: "slow".to_owned() })]);
}

#[test]
fn a_child_that_closes_its_output_early_is_still_waited_for() {
    let mut child = start(shell("exec >&- 2>&-; read -r word; exit 7"));
    child.send("go").unwrap();
    assert_eq!(events(&mut child), [exited(7, "")]);
}

#[test]
fn a_program_that_is_not_there_is_an_end_with_a_reason() {
    let mut child = start(Order::new("/there/is/no/jackfield"));
    let Some(Event::Ended(End::NotStarted(why))) = child.wait() else { panic!("it started") };
    assert!(why.contains("No such file"), "{why}");
    assert_eq!(child.wait(), None);
}

#[test]
fn floods_are_bounded() {
    let mut child = start(shell("head -c 3000000 /dev/zero | tr '\\0' a; echo; echo next; head -c 100000 /dev/zero | tr '\\0' e >&2"));
    let events = events(&mut child);
    let [Event::Line(long), Event::Line(next), Event::Ended(End::Exited { errors, .. })] = events.as_slice() else {
        panic!("{} events", events.len())
    };
    assert_eq!((long.len() as u64, next.as_str(), errors.len()), (LINE, "next", ERRORS));
}

#[test]
fn a_child_waits_when_nobody_takes_its_lines_and_loses_none() {
    let mut child = start(shell("i=0; while [ $i -lt 2000 ]; do echo $i; i=$((i+1)); done"));
    let lines = events(&mut child).len();
    assert_eq!(lines, 2001);
}

/// Is there a process of this number that is not only waiting to be buried?
fn alive(id: &str) -> bool {
    let status = Command::new("/bin/sh").args(["-c", "kill -0 \"$1\" 2>&1", "kill", id.trim()]).stdout(Stdio::null()).status();
    status.unwrap().success()
}
