//! The container file, as far as it can be tried without anything that builds containers: its health check against the real program, and that
//! what it copies is there.

use std::{fs, process::Command};
use system_tests::{lab, program::Program};

#[test]
fn the_health_check_of_the_container_holds_while_the_service_lives_and_fails_when_it_hangs_or_is_gone() {
    let mut program = Program::start();
    let port = program.admin.port().to_string();
    let healthy = || Command::new(lab::repository().join("assets/container/healthy")).arg(&port).output().unwrap().status.success();
    assert!(healthy());
    program.signal("STOP");
    assert!(!healthy());
    program.signal("CONT");
    assert!(healthy());
    program.kill();
    assert!(!healthy());
}

#[test]
fn what_the_container_copies_is_in_the_repository_and_it_does_not_run_as_root() {
    let text = fs::read_to_string(lab::repository().join("assets/container/Containerfile")).unwrap();
    let copied: Vec<_> = text.lines().filter(|line| line.starts_with("COPY ") && !line.contains("--from=")).collect();
    assert!(copied.len() > 5, "{copied:?}");
    for line in copied {
        let words: Vec<_> = line.split_whitespace().skip(1).filter(|word| !word.starts_with("--")).collect();
        let (_, sources) = words.split_last().unwrap();
        for source in sources {
            assert!(lab::repository().join(source).exists(), "{line}");
        }
    }
    // A number, so that whoever runs it can see that it is not root.
    assert!(text.lines().any(|line| line == "USER 10001:10001"));
}
