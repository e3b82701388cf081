//! The battery of claims about switches, at a site's own CIC server: the same claims that the tests hold every adapter to.

pub use crate::switch::battery::{Battery, Cast, Held, Outcome};

use super::{
    exchange::Exchange,
    source::{Options, Source},
};
use shared::config::SwitchKind;
use std::{future::Future, path::PathBuf, time::Duration};
use tokio::time::{Instant, sleep};

/// The server must be there by then.
const REACHED: Duration = Duration::from_secs(15);
/// It is looked at so often until then.
const LOOK: Duration = Duration::from_millis(100);

/// A battery that is ready to run, and the connection to its server.
pub struct AtSite {
    battery: Battery,
    exchange: Exchange,
}

// === impl AtSite ===

impl AtSite {
    /// Connects as the service would, by the same file, and looks whether the cast can play. `chosen` are parts of claims' or groups' names;
    /// none: all.
    ///
    /// # Errors
    /// In words, what is missing. Everybody is as he was.
    pub async fn prepare(file: Option<PathBuf>, cast: &Cast, chosen: &[String]) -> Result<Self, String> {
        let loaded = Source::new(&Options { config: file, ..Options::default() }).load().await.map_err(|error| error.to_string())?;
        if loaded.config.switch.kind != SwitchKind::Icws {
            return Err("the file names no CIC server: its switch is the built-in one".to_owned());
        }
        let exchange = Exchange::start(&loaded);
        let by = Instant::now() + REACHED;
        while !exchange.health().up {
            if Instant::now() > by {
                let health = exchange.health();
                exchange.stop().await;
                return Err(format!("the CIC server is not there: {}; see `jackfield check`", health.detail));
            }
            sleep(LOOK).await;
        }
        match Battery::prepare(exchange.switch(), cast, chosen).await {
            Ok(battery) => Ok(Self { battery, exchange }),
            Err(why) => {
                exchange.stop().await;
                Err(why)
            }
        }
    }

    /// The names of the claims, in the order in which they run.
    pub fn claims(&self) -> Vec<&'static str> {
        self.battery.claims()
    }

    /// Runs the claims until `stop`, tells of each, and leaves everybody as he was.
    pub async fn run(self, stop: impl Future<Output = ()>, tell: impl FnMut(Outcome)) {
        self.battery.run(stop, tell).await;
        self.exchange.stop().await;
    }
}
