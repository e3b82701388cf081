//! The store, as the file asks for it: opened at the start, moved by a reload, closed at the end.

use super::{StartError, source::Source};
use crate::{
    serve::{Part, admin},
    store::{self, Figures, OpenError, Prepared, Store},
};
use shared::Config;
use std::path::{Path, PathBuf};

/// Opens what `[store]` names.
pub(super) async fn open(source: &Source, config: &Config) -> Result<Store, StartError> {
    let Some(path) = own_path(source, config)? else { return Ok(Store::in_memory()) };
    blocking(move || Store::open(&path)).await.map_err(StartError::Store)
}

/// What a reload needs to go over to another store; can fail, and then nothing has changed.
pub(super) async fn prepare(source: &Source, config: &Config) -> Result<Option<(PathBuf, Prepared)>, StartError> {
    let Some(path) = own_path(source, config)? else { return Ok(None) };
    let opening = path.clone();
    let prepared = blocking(move || store::prepare(&opening)).await.map_err(StartError::Store)?;
    Ok(Some((path, prepared)))
}

/// Goes over to it. The old file is gone afterwards: what is in it would be news from another day.
pub(super) async fn go_over(store: &Store, prepared: Option<(PathBuf, Prepared)>) {
    let store = store.clone();
    blocking(move || match prepared {
        Some((path, prepared)) => store.move_to(Some((&path, prepared))),
        None => store.move_to(None),
    })
    .await;
}

/// Writes everything, and nothing after that.
pub(super) async fn close(store: &Store) {
    let store = store.clone();
    blocking(move || store.close()).await;
}

/// How it is, for `/readyz` and the service page: a disk that refuses does not take a working service away from anybody.
pub(super) fn part(store: &Store) -> Part {
    let Figures { path, degraded, set_aside, records, .. } = store.figures();
    // The page is for everybody who can reach it: the file by its name alone.
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let detail = match (&path, &degraded) {
        (None, _) => "in memory only: agents log on again after a restart".to_owned(),
        (Some(path), Some(why)) => format!("{} cannot be written, so that everything is in memory only until it can: {why}", name(path)),
        (Some(path), None) if set_aside.is_some() => {
            format!("{records} records in {}; the file before it could not be used and was set aside", name(path))
        }
        (Some(path), None) => format!("{records} records in {}", name(path)),
    };
    let part = Part::works("store", detail);
    if degraded.is_some() {
        part.degraded("make room on its disk and let the service write there; it is tried again by itself")
    } else {
        part
    }
}

/// The same for `/status`.
pub(super) fn report(store: &Store) -> admin::Store {
    let Figures { path, degraded, set_aside, records, commits, failures, waiting } = store.figures();
    admin::Store { path: path.map(|path| path.display().to_string()), degraded, set_aside, records, waiting, commits, failures }
}

/// The file's own name there would be an accident: the store would take its place.
fn own_path(source: &Source, config: &Config) -> Result<Option<PathBuf>, StartError> {
    let Some(path) = &config.store.path else { return Ok(None) };
    if source.is_file(path) || config.ici.profile.as_ref() == Some(path) {
        let why = "this is a file of the configuration".to_owned();
        return Err(StartError::Store(OpenError::Unusable { path: path.clone(), why }));
    }
    Ok(Some(path.clone()))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
