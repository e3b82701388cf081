//! What both programs know of the machine they run on.

use std::{env, fs};

/// The name of this machine; empty where the system does not say.
pub fn name() -> String {
    let set = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let written = |file: &str| fs::read_to_string(file).ok().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    if cfg!(windows) {
        return set("COMPUTERNAME").unwrap_or_default();
    }
    written("/proc/sys/kernel/hostname").or_else(|| written("/etc/hostname")).or_else(|| set("HOSTNAME")).unwrap_or_default()
}
