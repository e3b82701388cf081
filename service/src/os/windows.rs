//! Windows' service control manager, as the one who has started this process: what it asks for becomes [`Signal`]s, what the service says of
//! itself becomes states with checkpoints. And a console's keys, where a person has started it.
//!
//! A service whose file is refused stops with a code of its own, and stays stopped. One that ends by a fault ends its process without a word:
//! the manager calls that a failure, and starts it again as its recovery says.

use super::{
    Signal, Signals,
    manager::{Manager, News},
};
use std::{
    ffi::OsString,
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::Duration,
};
use tokio::{
    signal::windows::{CtrlBreak, CtrlC, CtrlClose, CtrlShutdown, ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown},
    sync::mpsc,
};
use windows_service::{
    define_windows_service,
    service::{ServiceControl, ServiceControlAccept, ServiceExitCode, ServiceState, ServiceStatus, ServiceType, UserEventCode},
    service_control_handler::{self, ServiceControlHandlerResult, ServiceStatusHandle},
    service_dispatcher,
};

/// The control by which `jackfield service reload` asks for a look at the file; the first that is free for a service's own use.
pub const RELOAD: u32 = 128;
/// While it starts, the manager is told so often that this goes on.
const STEP: Duration = Duration::from_secs(5);
/// So often at most; then the manager's own patience counts.
const STEPS: u32 = 60;
/// Wishes that may wait; more of them would not be other ones.
const WAITING: usize = 8;

/// How a service ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// As it was asked to.
    Done,
    /// With this code, and trying again would not help.
    ForGood(u8),
    /// With this code, and it is to be started again.
    Again(u8),
}

/// What a service does from its begin to its end.
pub type Work = Box<dyn FnOnce(Signals, Manager) -> End + Send>;

/// From the thread that asked for it to the one that the system starts: it calls a function that can be given nothing.
static WORK: Mutex<Option<(String, Work)>> = Mutex::new(None);

define_windows_service!(entry, enter);

/// Carries out `work` as the service of this name; returns when it has ended.
///
/// # Errors
/// This process was not started by the service control manager.
pub fn serve(name: &str, work: Work) -> io::Result<()> {
    *lock(&WORK) = Some((name.to_owned(), work));
    service_dispatcher::start(name, entry).map_err(plain)
}

/// What the system says, without the library's words around it.
pub fn plain(error: windows_service::Error) -> io::Error {
    match error {
        windows_service::Error::Winapi(error) => error,
        other => io::Error::other(other),
    }
}

fn enter(_arguments: Vec<OsString>) {
    let Some((name, work)) = lock(&WORK).take() else { return };
    let (asking, asked) = mpsc::channel(WAITING);
    let Ok(handle) = service_control_handler::register(name, move |control| ask(&asking, &control)) else { return };
    let desk = Desk(Arc::new(Mutex::new(Stage { handle, state: ServiceState::StartPending, step: 0 })));
    desk.say(ServiceState::StartPending, 2 * STEP);
    let speaker = desk.clone();
    let end = match Manager::spoken_to(move |news| speaker.talk(&news), None) {
        Ok(manager) => work(Signals::asked(Wishes::Asked(asked)), manager),
        Err(_) => End::Again(1),
    };
    desk.close(end);
}

/// Runs on a thread of the manager's: it only passes on.
fn ask(asking: &mpsc::Sender<Signal>, control: &ServiceControl) -> ServiceControlHandlerResult {
    let signal = match control {
        ServiceControl::Stop | ServiceControl::Shutdown | ServiceControl::Preshutdown => Signal::Stop,
        ServiceControl::ParamChange => Signal::Reload,
        ServiceControl::UserEvent(code) if code.to_raw() == RELOAD => Signal::Reload,
        ServiceControl::Interrogate => return ServiceControlHandlerResult::NoError,
        _ => return ServiceControlHandlerResult::NotImplemented,
    };
    // Full: what waits has said it already. Closed: it has ended.
    let _ = asking.try_send(signal);
    ServiceControlHandlerResult::NoError
}

/// The control by which a reload is asked for.
pub fn reload() -> Option<UserEventCode> {
    UserEventCode::from_raw(RELOAD).ok()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where the manager is told how far we are; whoever comes after the end says nothing any more.
#[derive(Clone)]
struct Desk(Arc<Mutex<Stage>>);

struct Stage {
    handle: ServiceStatusHandle,
    state: ServiceState,
    /// Counts within one state that passes.
    step: u32,
}

// === impl Desk ===

impl Desk {
    fn say(&self, state: ServiceState, hint: Duration) {
        self.tell(state, hint, ServiceExitCode::NO_ERROR);
    }

    fn tell(&self, state: ServiceState, hint: Duration, exit_code: ServiceExitCode) {
        let mut stage = lock(&self.0);
        if stage.state == ServiceState::Stopped {
            return;
        }
        let passes = matches!(state, ServiceState::StartPending | ServiceState::StopPending);
        stage.step = if passes && state == stage.state { stage.step + 1 } else { u32::from(passes) };
        stage.state = state;
        let running = ServiceControlAccept::STOP | ServiceControlAccept::PRESHUTDOWN | ServiceControlAccept::PARAM_CHANGE;
        let status = ServiceStatus {
            service_type: ServiceType::OWN_PROCESS,
            current_state: state,
            // A second wish to stop ends it at once, so it is accepted to the end.
            controls_accepted: if state == ServiceState::Stopped { ServiceControlAccept::empty() } else { running },
            exit_code,
            checkpoint: stage.step,
            wait_hint: if passes { hint } else { Duration::ZERO },
            process_id: None,
        };
        // A manager that cannot be told is no reason not to go on.
        let _ = stage.handle.set_service_status(status);
    }

    /// Says what the service says, in the manager's words, until it says nothing any more.
    fn talk(&self, news: &Receiver<News>) {
        let mut starting = STEPS;
        loop {
            match news.recv_timeout(STEP) {
                Ok(News::Ready(_)) => {
                    starting = 0;
                    self.say(ServiceState::Running, Duration::ZERO);
                }
                Ok(News::Stopping(_)) => self.say(ServiceState::StopPending, 2 * STEP),
                Ok(News::MoreTime(time)) => self.say(ServiceState::StopPending, time),
                // It has no word for them.
                Ok(News::Reloading | News::Alive(_)) => {}
                Err(RecvTimeoutError::Timeout) if starting > 0 => {
                    starting -= 1;
                    self.say(ServiceState::StartPending, 2 * STEP);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn close(&self, end: End) {
        match end {
            End::Done => self.say(ServiceState::Stopped, Duration::ZERO),
            End::ForGood(code) => self.tell(ServiceState::Stopped, Duration::ZERO, ServiceExitCode::ServiceSpecific(code.into())),
            #[expect(clippy::exit, reason = "a process that ends without a word is what the manager starts again, see the module")]
            End::Again(code) => std::process::exit(code.into()),
        }
    }
}

/// What is asked of this process.
#[derive(Debug)]
pub enum Wishes {
    /// By the service control manager.
    Asked(mpsc::Receiver<Signal>),
    /// By a console: its keys, its closed window, the end of the machine.
    Console(CtrlC, CtrlBreak, CtrlClose, CtrlShutdown),
}

// === impl Wishes ===

impl Wishes {
    pub(super) fn of_console() -> io::Result<Self> {
        Ok(Self::Console(ctrl_c()?, ctrl_break()?, ctrl_close()?, ctrl_shutdown()?))
    }

    pub(super) async fn next(&mut self) -> Signal {
        match self {
            Self::Asked(wishes) => match wishes.recv().await {
                Some(signal) => signal,
                // The handler lives as long as the process.
                None => std::future::pending().await,
            },
            Self::Console(interrupt, pause, close, shutdown) => {
                tokio::select! {
                    _ = interrupt.recv() => Signal::Stop,
                    _ = pause.recv() => Signal::Stop,
                    _ = close.recv() => Signal::Stop,
                    _ = shutdown.recv() => Signal::Stop,
                }
            }
        }
    }
}
