//! The service itself, as the service control manager starts it. Nobody sees its console: why a start has failed goes into a file beside its
//! log, where `jackfield service start` and `status` find it.

use super::Begun;
use crate::{
    app::Options,
    cli::{
        block_on, connector,
        exit::Exit,
        run::{self, Failure, Parent},
    },
    os::windows::{self, End},
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Carries it out.
///
/// # Errors
/// A person has called it.
pub(super) fn run(begun: Begun) -> Result<String, Failure> {
    let name = begun.which.name.service();
    windows::serve(&name, Box::new(|signals, manager| work(begun, signals, manager))).map(|()| String::new()).map_err(|error| Failure {
        exit: Exit::Usage,
        why: format!("only the service control manager calls this; `jackfield run` is for people ({error})"),
    })
}

fn work(begun: Begun, signals: crate::os::Signals, manager: crate::os::manager::Manager) -> End {
    let told = told(&begun.folder);
    // From the last time; where it cannot be removed, neither can a new one be written.
    let _ = fs::remove_file(&told);
    let exit = block_on(async move {
        let options = Options { config: Some(begun.config), listen: None, admin: None };
        let ended = if begun.connector {
            connector::carry(options, signals, manager).await
        } else {
            run::serve(options, signals, manager, Parent::none()).await
        };
        ended.map_or_else(
            |failure| {
                let _ = fs::write(&told, format!("{}\n", failure.why));
                failure.exit
            },
            |()| Exit::Done,
        )
    });
    match exit {
        Exit::Done => End::Done,
        // A refused file stays one, and so does a store of a newer version.
        Exit::Usage => End::ForGood(exit.number()),
        _ => End::Again(exit.number()),
    }
}

/// Where the reason is, for a service with this folder.
pub(super) fn told(folder: &Path) -> PathBuf {
    folder.join("log").join("start.txt")
}
