//! `jackfield connector` as a whole: reads the same file as the service does, its own side of it, and goes by what it says at any time.

use super::{
    Options, Places, StartError,
    certificates::Remote,
    parts::{cannot_serve, listens},
    policy,
    source::{Loaded, Look, Source},
    watch::Watch,
};
use crate::{
    ici::Codec,
    serve::front::{Front, Upstream},
    telemetry::{
        self, Log,
        event::{Event, Listening, ReloadApplied, ReloadRejected},
    },
};
use shared::{Finding, diff::diff, profile::Profile};
use std::{sync::Arc, time::Duration};

/// A carried request may take this long to end.
const REQUESTS: Duration = Duration::from_secs(8);

/// The running web connector.
pub struct Connector {
    source: Source,
    look: Look,
    watch: Watch,
    loaded: Loaded,
    log: Log,
    front: Front,
}

impl Connector {
    /// Reads, checks, binds and starts, inside the current tokio runtime.
    ///
    /// # Errors
    /// See [`StartError`]; nothing is left behind.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let source = Source::new(&options);
        let look = source.look().await;
        let loaded = source.load().await?;
        let log = telemetry::start(policy::levels(&loaded.config));
        telemetry::hide_numbers(loaded.config.log.mask_numbers);
        log.write_files(policy::log_files(&loaded.config));
        let (policy, upstream) = (policy::front(&loaded), upstream(&source, &loaded)?);
        let places = listens(&policy);
        let front = Front::start(policy, upstream, Codec::new(Arc::new(Profile::built_in()))).map_err(cannot_serve(places))?;
        let connector = Self { watch: Watch::start(&look.files), source, look, loaded, log, front };
        connector.tell();
        Ok(connector)
    }

    /// Where SAP reaches it; it has no listener for administrators.
    pub fn places(&self) -> Places {
        Places { ici: self.front.url(), https: self.front.secure_url(), remoting: None, admin: String::new(), admin_tls: None }
    }

    /// What is doubtful about the file.
    pub fn warnings(&self) -> &[Finding] {
        &self.loaded.warnings
    }

    /// Waits until the file should be looked at. Safe to drop while it waits.
    pub async fn news(&mut self) {
        self.watch.next().await;
    }

    /// Looks at the file, and goes by it if it is another one and good.
    pub async fn look(&mut self) {
        let look = self.source.look().await;
        if look == self.look {
            return;
        }
        if look.files != self.look.files {
            self.watch = Watch::start(&look.files);
        }
        self.look = look;
        if let Err(error) = self.reload().await {
            ReloadRejected { findings: &error.into_findings() }.emit();
        }
    }

    async fn reload(&mut self) -> Result<(), StartError> {
        let mut loaded = self.source.load().await?;
        let changes: Vec<_> = diff(&self.loaded.config, &loaded.config).iter().map(ToString::to_string).collect();
        // The same certificates are the same configuration, so that lines to the service stay open.
        if loaded.certificates.remote_number() == self.loaded.certificates.remote_number() {
            loaded.certificates.remote = self.loaded.certificates.remote.clone();
        }
        let (policy, upstream) = (policy::front(&loaded), upstream(&self.source, &loaded)?);
        let places = listens(&policy);
        self.front.apply(policy, upstream).await.map_err(cannot_serve(places))?;
        self.log.set(policy::levels(&loaded.config));
        self.log.write_files(policy::log_files(&loaded.config));
        self.loaded = loaded;
        ReloadApplied { changes: &changes }.emit();
        self.tell();
        Ok(())
    }

    /// Brings back what is under way, and ends.
    pub async fn stop(self) {
        self.front.stop(REQUESTS).await;
    }

    fn tell(&self) {
        Listening { what: "ici", url: &self.front.url() }.emit();
        if let Some(url) = self.front.secure_url() {
            Listening { what: "https", url: &url }.emit();
        }
    }
}

/// Where the integration service is.
fn upstream(source: &Source, loaded: &Loaded) -> Result<Upstream, StartError> {
    let config = &loaded.config;
    let missing = |setting: &str, repair: &str| StartError::Refused {
        file: source.name().unwrap_or_default(),
        findings: vec![Finding::error(setting.parse().unwrap_or_default(), "missing-key", format!("`{setting}` is missing"), repair)],
    };
    let host = config.connector.server.clone().ok_or_else(|| missing("connector.server", "Name the machine of the integration service"))?;
    let port = config.ici.remoting_port.ok_or_else(|| missing("ici.remoting_port", "Write the port that the integration service has"))?;
    let tls = match &loaded.certificates.remote {
        Some(Remote { client, .. }) => Some(Arc::clone(client)),
        None => None,
    };
    let (deadline, connections) = (config.connector.deadline, config.connector.connections);
    Ok(Upstream { host, port, tls, deadline, connections })
}
