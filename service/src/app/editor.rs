//! The file for an administrator on another machine: reading it, and judging what he would put in its place. Whatever changes it goes through
//! the one place that also reloads (`probation`), so that the two never meet.
//!
//! What may not be changed over the network is refused before anything that the text names is opened: nobody finds out by this way which files
//! there are.

use super::{
    Order,
    examination::Examination,
    parts::Shown,
    probation::Decision,
    source::{Loaded, Source, blocking},
};
use crate::serve::admin::{Begun, Cause, Denied, Judged, Keeper, Lines, Probation, Save, Text, Wish};
use shared::{
    Config, Draft, Finding, SettingPath, check,
    definition::{self, Kind},
    diff::{Change, diff},
    file::{self, Version, read},
    locked,
    secret::{SecretPattern, SecretRef},
};
use std::{
    net::SocketAddr,
    path::Path,
    sync::{Arc, PoisonError},
};
use tokio::sync::{mpsc, oneshot};

/// Keeps the file.
pub(super) struct Editor {
    source: Source,
    /// Weak, for the service ends with the last of the others.
    orders: mpsc::WeakSender<Order>,
    shown: Arc<Shown>,
    examination: Examination,
}

impl Editor {
    pub(super) fn new(source: Source, orders: mpsc::WeakSender<Order>, shown: Arc<Shown>) -> Self {
        Self { source, orders, shown, examination: Examination::default() }
    }
}

/// The built-in configuration is nobody's file.
pub(super) fn no_file() -> Denied {
    Denied::new(Cause::NoFile, "The service runs by its built-in configuration: give it a file with --config")
}

/// What a text is compared with: what is written now, and where that is refused what is in force.
pub(super) fn base(written: &str, shown: &Shown) -> Arc<Config> {
    match shared::check_text(written) {
        Ok(checked) => Arc::new(checked.config),
        Err(_) => Arc::clone(&shown.in_force.lock().unwrap_or_else(PoisonError::into_inner)),
    }
}

/// What a text would put to work and change, or everything that speaks against it.
pub(super) async fn judge(source: &Source, base: &Config, text: &str) -> Result<(Loaded, Vec<Change>), Vec<Finding>> {
    let path = source.path().unwrap_or(Path::new(""));
    let judged = file::judge_whole(path, text).map_err(|error| match error {
        file::FileError::Refused { findings, .. } => findings,
        error => vec![Finding::error(SettingPath::default(), "unreadable", error.to_string(), "")],
    })?;
    let locked = locked::judge(base, &judged.checked.config, &judged.draft);
    if !locked.is_empty() {
        return Err(locked.into_iter().chain(judged.checked.warnings).collect());
    }
    let changes = diff(base, &judged.checked.config);
    let loaded = source.load_as(text.to_owned()).await.map_err(super::StartError::into_findings)?;
    Ok((loaded, changes))
}

/// Does the text hold a secret where its place should be?
fn holds_secret(text: &str) -> Option<SettingPath> {
    let draft = Draft::parse(text).ok()?;
    let mut found = None;
    let is_reference = |format: &str, text: &str| match format {
        "secret-reference" => text.parse::<SecretRef>().is_ok(),
        "secret-pattern" => text.parse::<SecretPattern>().is_ok(),
        _ => true,
    };
    definition::each_written(&draft, &mut |path, setting, value| {
        let Kind::Text { format: Some(format), .. } = &setting.kind else { return };
        let secret = matches!(format.as_str(), "secret-reference" | "secret-pattern");
        if secret && !value.as_str().is_some_and(|text| is_reference(format, text)) {
            found.get_or_insert_with(|| path.clone());
        }
    });
    found
}

async fn read_file(source: &Source) -> Result<Text, Denied> {
    let Some(path) = source.path().map(Path::to_path_buf) else { return Err(no_file()) };
    let text = blocking(move || read::text(&path)).await.map_err(|error| Denied::new(Cause::Hidden, error.to_string()))?;
    if Draft::parse(&text).is_err() {
        return Err(Denied::new(Cause::Hidden, "The file is no TOML at the moment, so that nobody can tell what is in it: mend it there"));
    }
    if let Some(path) = holds_secret(&text) {
        return Err(Denied::new(Cause::Hidden, format!("The file holds a secret at {path}: put it where it belongs, on its own machine")));
    }
    let version = Version::of(&text).to_string();
    Ok(Text { text, version })
}

// === impl Editor ===

impl Keeper for Editor {
    fn read(&self) -> Wish<Result<Text, Denied>> {
        let source = self.source.clone();
        Box::pin(async move { read_file(&source).await })
    }

    fn check(&self, text: String) -> Wish<Result<Judged, Denied>> {
        let (source, shown) = (self.source.clone(), Arc::clone(&self.shown));
        Box::pin(async move {
            let base = base(&read_file(&source).await?.text, &shown);
            Ok(match judge(&source, &base, &text).await {
                Ok((loaded, changes)) => Judged { findings: loaded.warnings, changes },
                Err(findings) => Judged { findings, changes: Vec::new() },
            })
        })
    }

    fn save(&self, save: Save) -> Wish<Result<Begun, Denied>> {
        let orders = self.orders.clone();
        Box::pin(async move { ask(&orders, |tell| Order::Save(save, tell)).await })
    }

    fn decide(&self, number: u64, keep: bool, peer: SocketAddr) -> Wish<Result<(), Denied>> {
        let orders = self.orders.clone();
        Box::pin(async move { ask(&orders, |tell| Order::Decide(Decision { number, keep, peer }, tell)).await })
    }

    fn probation(&self) -> Probation {
        self.shown.probation.lock().unwrap_or_else(PoisonError::into_inner).told()
    }

    fn test(&self, text: String, peer: SocketAddr) -> Wish<Result<u64, Denied>> {
        let (source, shown, examination) = (self.source.clone(), Arc::clone(&self.shown), self.examination.clone());
        Box::pin(async move {
            let base = base(&read_file(&source).await?.text, &shown);
            // What cannot be understood names nothing that could be looked at.
            if let Ok(draft) = Draft::parse(&text)
                && let Ok(check::Checked { config, .. }) = check::check(&draft)
            {
                let locked = locked::judge(&base, &config, &draft);
                if !locked.is_empty() {
                    return Err(Denied::refused(locked));
                }
            }
            let folder = source.path().and_then(Path::parent).map(Path::to_path_buf);
            let number = examination.begin(text, folder)?;
            tracing::info!(target: "audit", %peer, number, "a file is tested over the network by the holder of the token");
            Ok(number)
        })
    }

    fn lines(&self, number: u64) -> Wish<Result<Lines, Denied>> {
        let examination = self.examination.clone();
        Box::pin(async move { examination.lines(number).await })
    }

    fn cancel(&self, number: u64) -> Result<(), Denied> {
        self.examination.cancel(number)
    }
}

/// Has it done where everything is done one after the other.
async fn ask<T>(orders: &mpsc::WeakSender<Order>, order: impl FnOnce(oneshot::Sender<Result<T, Denied>>) -> Order) -> Result<T, Denied> {
    let ends = || Denied::new(Cause::Stopping, "The service ends");
    let (tell, told) = oneshot::channel();
    let orders = orders.upgrade().ok_or_else(ends)?;
    orders.send(order(tell)).await.map_err(|_| ends())?;
    drop(orders);
    told.await.map_err(|_| ends())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_in_the_file_is_noticed_wherever_a_reference_belongs() {
        let at = |text: &str| holds_secret(text).map(|path| path.to_string());
        assert_eq!(at("[switch]\npassword = \"hunter2\"\n").as_deref(), Some("switch.password"));
        assert_eq!(
            at("[[service.access.users]]\nname = \"a\"\npassword = \"hunter2\"\n").as_deref(),
            Some("service.access.users[0].password")
        );
        assert_eq!(at("[[sld.destinations]]\npassword = 7\n").as_deref(), Some("sld.destinations[0].password"));
        assert_eq!(at("[agents.stored_password]\nsecrets = \"hunter2\"\n").as_deref(), Some("agents.stored_password.secrets"));
        assert_eq!(at("[switch]\npassword = \"env:P\"\n[agents.stored_password]\nsecrets = \"keyring:a-{user}\"\n"), None);
    }
}
