//! What an administrator does with the service, by way of the service control manager.

use super::{Install, Instance, begun, closed, instance};
use crate::{
    cli::{exit::Exit, run::Failure},
    os::windows::{self, plain},
};
use shared::file;
use std::{
    ffi::{OsStr, OsString},
    fmt::Display,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};
use windows_service::{
    Error,
    service::{
        Service, ServiceAccess, ServiceAction, ServiceActionType, ServiceErrorControl, ServiceExitCode, ServiceFailureActions,
        ServiceFailureResetPeriod, ServiceInfo, ServiceStartType, ServiceState, ServiceStatus, ServiceType,
    },
    service_manager::{ServiceManager, ServiceManagerAccess},
};

/// `ERROR_ACCESS_DENIED`, `ERROR_SERVICE_ALREADY_RUNNING`, `ERROR_SERVICE_DOES_NOT_EXIST`, `ERROR_SERVICE_NOT_ACTIVE` (winerror.h).
const DENIED: i32 = 5;
const ALREADY: i32 = 1056;
const ABSENT: i32 = 1060;
const INACTIVE: i32 = 1062;
/// A start or an end takes no longer, even with an old store.
const PATIENCE: Duration = Duration::from_secs(120);
/// So often is looked whether it has come to pass.
const LOOK: Duration = Duration::from_millis(200);
/// The pauses before it is started again after a fault; the last one counts for all that follow.
const PAUSES: [Duration; 3] = [Duration::from_secs(2), Duration::from_secs(5), Duration::from_secs(30)];
/// After so long without a fault the first pause counts again.
const FORGIVEN: Duration = Duration::from_secs(3600);
/// When the machine is shut down, the service has so long to finish.
const SHUTDOWN: Duration = Duration::from_secs(30);
const DESCRIPTION: &str = "Joins SAP CRM's Interaction Center to a contact-centre switch.";

/// Where a service keeps everything.
pub(super) fn folder(name: &Instance) -> PathBuf {
    let data = std::env::var_os("ProgramData").map_or_else(|| PathBuf::from(r"C:\ProgramData"), PathBuf::from);
    name.folder(&data)
}

/// Makes the service, or brings it up to this program.
pub(super) fn install(wanted: &Install) -> Result<String, Failure> {
    let name = &wanted.which.name;
    let folder = folder(name);
    let config = wanted.config.clone().unwrap_or_else(|| folder.join("jackfield.toml"));
    let config = std::path::absolute(&config).map_err(|error| written(&config, &error))?;
    closed::make(&folder).map_err(|error| written(&folder, &error))?;
    let is_new = begin(&config, &folder, wanted).map_err(|error| written(&config, &error))?;
    let info = info(name, &folder, &config, wanted.connector)?;
    let (service, made) = make(&info)?;
    furnish(&service).map_err(refused)?;
    closed::close(&folder, name).map_err(|why| Failure { exit: Exit::InputOutput, why })?;
    let mut text = format!("{} {}: {}", if made { "installed" } else { "brought up to date" }, name.service(), config.display());
    if is_new {
        text.push_str(", written as a file to begin with");
    }
    for warning in warnings(&config, &info.executable_path) {
        text.push_str("\nwarning: ");
        text.push_str(&warning);
    }
    text.push_str(&format!("\nnext: jackfield service start{}", name.words()));
    Ok(text)
}

/// The file to begin with, where there is none.
fn begin(config: &Path, folder: &Path, wanted: &Install) -> io::Result<bool> {
    if let Some(parent) = config.parent() {
        fs::create_dir_all(parent)?;
    }
    match fs::OpenOptions::new().write(true).create_new(true).open(config) {
        Ok(mut file) => file.write_all(instance::first_file(folder, wanted.connector).as_bytes()).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

fn info(name: &Instance, folder: &Path, config: &Path, connector: bool) -> Result<ServiceInfo, Failure> {
    let program = std::env::current_exe()
        .map_err(|error| Failure { exit: Exit::Internal, why: format!("this program does not know where it is: {error}") })?;
    let mut arguments: Vec<OsString> = ["service", "run"].map(OsString::from).into();
    if !name.words().is_empty() {
        arguments.extend(name.words().split_whitespace().map(OsString::from));
    }
    arguments.extend(["--folder".into(), folder.into(), "--config".into(), config.into()]);
    arguments.extend(connector.then(|| "--connector".into()));
    Ok(ServiceInfo {
        name: name.service().into(),
        display_name: name.title().into(),
        service_type: ServiceType::OWN_PROCESS,
        start_type: ServiceStartType::AutoStart,
        error_control: ServiceErrorControl::Normal,
        executable_path: program,
        launch_arguments: arguments,
        dependencies: Vec::new(),
        account_name: Some(name.account().into()),
        account_password: None,
    })
}

fn make(info: &ServiceInfo) -> Result<(Service, bool), Failure> {
    let access = ServiceAccess::QUERY_CONFIG | ServiceAccess::CHANGE_CONFIG | ServiceAccess::START;
    let manager = manager(ServiceManagerAccess::CONNECT | ServiceManagerAccess::CREATE_SERVICE)?;
    match manager.open_service(&info.name, access) {
        Ok(service) => {
            service.change_config(info).map_err(refused)?;
            Ok((service, false))
        }
        Err(error) if number(&error) == Some(ABSENT) => Ok((manager.create_service(info, access).map_err(refused)?, true)),
        Err(error) => Err(refused(error)),
    }
}

/// What is said of a service beside its program: a description, and what is done when it ends by a fault or the machine by order.
fn furnish(service: &Service) -> windows_service::Result<()> {
    service.set_description(DESCRIPTION)?;
    let again = |delay| ServiceAction { action_type: ServiceActionType::Restart, delay };
    service.update_failure_actions(ServiceFailureActions {
        reset_period: ServiceFailureResetPeriod::After(FORGIVEN),
        reboot_msg: None,
        command: None,
        actions: Some(PAUSES.map(again).into()),
    })?;
    service.set_preshutdown_timeout(SHUTDOWN)
}

/// What works, and will surprise somebody.
fn warnings(config: &Path, program: &Path) -> Vec<String> {
    let mut warnings = Vec::new();
    match file::read::text(config).map(|text| shared::check_text(&text)) {
        Ok(Ok(checked)) if checked.config.log.folder.is_none() => {
            warnings.push(format!("`log.folder` is not set in {}: a service has no console, so nobody will see its log", config.display()));
        }
        Ok(Ok(_)) => {}
        Ok(Err(_)) => warnings.push(format!("{} is refused: `jackfield config check --config FILE` says why", config.display())),
        Err(error) => warnings.push(error.to_string()),
    }
    let programs = ["ProgramFiles", "ProgramW6432"].map(std::env::var_os);
    if !programs.iter().flatten().any(|folder| program.starts_with(folder)) {
        let place = program.parent().unwrap_or(program).display();
        warnings
            .push(format!("whoever may write to {place} can replace the program; unpack it below %ProgramFiles% and install from there"));
    }
    warnings
}

/// Stops the service and takes it away.
pub(super) fn uninstall(name: &Instance) -> Result<String, Failure> {
    let service = open(name, ServiceAccess::QUERY_STATUS | ServiceAccess::STOP | ServiceAccess::DELETE)?;
    end(&service, name)?;
    service.delete().map_err(refused)?;
    Ok(format!("uninstalled {}; {} stays", name.service(), folder(name).display()))
}

/// Starts it and waits until it runs.
pub(super) fn start(name: &Instance) -> Result<String, Failure> {
    let service = open(name, ServiceAccess::QUERY_STATUS | ServiceAccess::START)?;
    match service.start::<&OsStr>(&[]) {
        Ok(()) => {}
        Err(error) if number(&error) == Some(ALREADY) => {}
        Err(error) => return Err(refused(error)),
    }
    let status = wait(&service, |state| matches!(state, ServiceState::Running | ServiceState::Stopped))?;
    if status.current_state == ServiceState::Running {
        return Ok(format!("{} runs", name.service()));
    }
    let why = why(name).unwrap_or_else(|| format!("it said nothing; see {}", folder(name).join("log").display()));
    Err(Failure { exit: Exit::Unavailable, why: format!("{} has ended ({}): {why}", name.service(), code(&status)) })
}

/// Stops it and waits until it has.
pub(super) fn stop(name: &Instance) -> Result<String, Failure> {
    end(&open(name, ServiceAccess::QUERY_STATUS | ServiceAccess::STOP)?, name)?;
    Ok(format!("{} is stopped", name.service()))
}

fn end(service: &Service, name: &Instance) -> Result<(), Failure> {
    match service.stop() {
        Ok(_) => {}
        Err(error) if number(&error) == Some(INACTIVE) => return Ok(()),
        Err(error) => return Err(refused(error)),
    }
    let status = wait(service, |state| state == ServiceState::Stopped)?;
    if status.current_state == ServiceState::Stopped {
        return Ok(());
    }
    Err(Failure { exit: Exit::Unavailable, why: format!("{} has not ended within {} s", name.service(), PATIENCE.as_secs()) })
}

/// Checks the file and has the service look at it.
pub(super) fn reload(name: &Instance) -> Result<String, Failure> {
    let service = open(name, ServiceAccess::QUERY_CONFIG | ServiceAccess::USER_DEFINED_CONTROL)?;
    let config = config_of(&service.query_config().map_err(refused)?.executable_path);
    if let Some(config) = config {
        let text = file::read::text(&config).map_err(|error| Failure { exit: Exit::InputOutput, why: error.to_string() })?;
        if let Err(findings) = shared::check_text(&text) {
            let listed: Vec<_> = findings.iter().map(ToString::to_string).collect();
            return Err(Failure { exit: Exit::Usage, why: format!("{} is refused\n{}", config.display(), listed.join("\n")) });
        }
    }
    if let Some(reload) = windows::reload() {
        service.notify(reload).map_err(refused)?;
    }
    Ok(format!("{} looks at its file", name.service()))
}

/// The file that a service's command line names: its last argument but `--connector`, as [`info`] has written it.
fn config_of(command: &Path) -> Option<PathBuf> {
    let command = command.to_str()?;
    let (_, config) = command.trim_end_matches(" --connector").split_once(" --config ")?;
    Some(PathBuf::from(config.trim_matches('"')))
}

/// How it stands.
pub(super) fn status(name: &Instance) -> Result<String, Failure> {
    let status = open(name, ServiceAccess::QUERY_STATUS)?.query_status().map_err(refused)?;
    let state = match status.current_state {
        ServiceState::Running => "runs".to_owned(),
        ServiceState::StartPending => "starts".to_owned(),
        ServiceState::StopPending => "ends".to_owned(),
        _ => format!("is stopped ({})", code(&status)),
    };
    let why = why(name).map(|why| format!("\nits last start failed: {why}")).unwrap_or_default();
    Ok(format!("{} {state}{why}", name.service()))
}

fn why(name: &Instance) -> Option<String> {
    fs::read_to_string(begun::told(&folder(name))).ok().map(|text| text.trim_end().to_owned())
}

fn code(status: &ServiceStatus) -> String {
    match status.exit_code {
        ServiceExitCode::Win32(code) => format!("code {code}"),
        ServiceExitCode::ServiceSpecific(code) => format!("exit code {code}"),
    }
}

fn wait(service: &Service, done: impl Fn(ServiceState) -> bool) -> Result<ServiceStatus, Failure> {
    let until = Instant::now() + PATIENCE;
    loop {
        let status = service.query_status().map_err(refused)?;
        if done(status.current_state) || Instant::now() >= until {
            return Ok(status);
        }
        thread::sleep(LOOK);
    }
}

fn open(name: &Instance, access: ServiceAccess) -> Result<Service, Failure> {
    manager(ServiceManagerAccess::CONNECT)?.open_service(name.service(), access).map_err(|error| match number(&error) {
        Some(ABSENT) => Failure {
            exit: Exit::Unavailable,
            why: format!("there is no service {}; `jackfield service install{}` makes it", name.service(), name.words()),
        },
        _ => refused(error),
    })
}

fn manager(access: ServiceManagerAccess) -> Result<ServiceManager, Failure> {
    ServiceManager::local_computer(None::<&str>, access).map_err(refused)
}

fn number(error: &Error) -> Option<i32> {
    let Error::Winapi(error) = error else { return None };
    error.raw_os_error()
}

fn refused(error: Error) -> Failure {
    let hint = if number(&error) == Some(DENIED) { "; open the terminal as administrator" } else { "" };
    Failure { exit: Exit::Unavailable, why: format!("the service control manager refuses: {}{hint}", plain(error)) }
}

fn written(path: &Path, error: &dyn Display) -> Failure {
    Failure { exit: Exit::InputOutput, why: format!("{}: {error}", path.display()) }
}
