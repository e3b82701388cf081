//! Registrations as the file asks for them: the documents rendered, certificates read, passwords to be asked for; and how they are, for
//! whoever looks. What the command line needs of them it finds here too.

use super::secrets;
pub use crate::sld::{ATTEMPT, Class, Outcome, Planned, Verdict, WORDS, Words, look, send, test};
use crate::{
    os::trust,
    serve::{Part, admin},
    sld::{Destination, Door, Figures, Policy, Sld, State, When},
    store::Attempt,
};
use shared::{
    Finding,
    config::{self, SldDestination, SldWhen},
    machine,
    sld::{self, Interface},
};
use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

const LOOK_AT_SLD: &str = "look at /status or `jackfield sld status`";
/// The largest template that is read, in bytes.
const LARGEST: u64 = 256 * 1024;

/// A destination, and what is doubtful about what it gets.
pub struct Rendered {
    /// The path of its settings.
    pub path: String,
    /// Its settings.
    pub settings: SldDestination,
    /// What would be sent, or why nothing can.
    pub planned: Planned,
    /// What is doubtful.
    pub warnings: Vec<Finding>,
}

/// Renders what each destination gets. Reads files: not for an async thread. `beside` says where a path of the file starts.
pub fn render(settings: &config::Sld, beside: impl Fn(&Path) -> PathBuf) -> Vec<Rendered> {
    let computer = machine::name();
    let all = settings.all().into_iter();
    let rendered = all.map(|(path, destination)| {
        let url = sld::url(&destination);
        let (ready, warnings) = match one(settings, &destination, &computer, &beside) {
            Ok((destination, warnings)) => (Ok(Arc::new(destination)), warnings),
            Err(why) => (Err(Verdict::Invalid { why }), Vec::new()),
        };
        let planned = Planned { url, user: destination.user_id.clone(), ready };
        Rendered { path, settings: destination, planned, warnings }
    });
    rendered.collect()
}

/// The policy of the registrations.
pub(super) fn policy(settings: &config::Sld, beside: impl Fn(&Path) -> PathBuf) -> Policy {
    let when = match settings.when {
        SldWhen::Once => When::Once,
        SldWhen::AtStart => When::AtStart,
        SldWhen::Interval => When::Interval(settings.interval),
    };
    Policy { when, destinations: render(settings, beside).into_iter().map(|rendered| rendered.planned).collect() }
}

/// How they are, for `/readyz` and the service page; nothing where nothing is to be registered. A directory that is away is no reason to send
/// SAP elsewhere.
pub(super) fn part(sld: &Sld) -> Option<Part> {
    let all = sld.figures();
    let count = |state| all.iter().filter(|each| each.state == state).count();
    let (stopped, invalid, failing) = (count(State::Stopped), count(State::Invalid), count(State::Failing));
    let part = match (stopped, invalid, failing) {
        (0, 0, 0) => Part::works("sld", format!("registered: {} of {}", count(State::Registered), all.len())),
        (0, 0, failing) => Part::works("sld", format!("not registered yet: {failing} of {}, tried again", all.len())).degraded(LOOK_AT_SLD),
        (stopped, invalid, _) => {
            Part::works("sld", format!("not tried any more: {} of {}", stopped + invalid, all.len())).degraded(LOOK_AT_SLD)
        }
    };
    (!all.is_empty()).then_some(part)
}

/// The same for `/status`.
pub(super) fn report(sld: &Sld) -> Vec<admin::Registration> {
    let all = sld.figures().into_iter();
    let registrations = all.map(|Figures { url, user, state, next, accepted, last, attempts }| admin::Registration {
        url,
        user,
        state: state.word(),
        next,
        accepted,
        attempts,
        last: last.map(|Attempt { at, manual, class, id, values, text, status, answer }| admin::RegistrationAttempt {
            at,
            manual,
            class,
            id,
            values: values.into_iter().collect(),
            text,
            status,
            answer,
        }),
    });
    registrations.collect()
}

fn one(
    settings: &config::Sld,
    destination: &SldDestination,
    computer: &str,
    beside: &impl Fn(&Path) -> PathBuf,
) -> Result<(Destination, Vec<Finding>), String> {
    let interface = Interface::of(&destination.uri);
    let template = match &destination.template {
        None => interface.template().to_owned(),
        Some(file) => {
            let file = beside(file);
            read(&file).map_err(|error| format!("the template {} cannot be read: {error}", file.display()))?
        }
    };
    let listed = |findings: Vec<Finding>| {
        let errors = findings.iter().filter(|finding| finding.is_error());
        errors.map(|finding| format!("{} ({})", finding.text, finding.repair)).collect::<Vec<_>>().join("; ")
    };
    let payload = sld::payload(&template, &settings.attributes, computer).map_err(listed)?;
    let roots = destination.authority.as_deref().map_or(Ok(Vec::new()), |file| trust::certificates(&beside(file)))?;
    let proxy = match &destination.proxy {
        None => None,
        Some(proxy) => Some(sld::proxy(proxy).ok_or("`proxy` is no address of a proxy")?),
    };
    let ready = Destination {
        url: sld::url(destination),
        tls: destination.tls,
        host: destination.server.trim_matches(['[', ']']).to_owned(),
        port: destination.port,
        path: destination.uri.clone(),
        door: match interface {
            Interface::Supplier => Door::Supplier,
            Interface::Cim => Door::Cim,
        },
        content_type: destination.content_type.clone().unwrap_or_else(|| interface.content_type().to_owned()),
        user: destination.user_id.clone(),
        password: destination.password.clone().map(secrets::password),
        password_at: destination.password.as_ref().map(ToString::to_string).unwrap_or_default(),
        roots,
        proxy,
        payload: payload.text.into(),
    };
    Ok((ready, payload.warnings))
}

fn read(path: &Path) -> io::Result<String> {
    let file = File::open(path)?;
    // A pipe or a device would never end.
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("this is no file"));
    }
    let mut text = String::new();
    file.take(LARGEST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LARGEST {
        return Err(io::Error::other("it is larger than 256 KiB"));
    }
    Ok(text)
}
