//! What this machine has: programs and services that the wizard can use when they are there.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

/// The D-Bus service that shows the desktop's file dialogs.
const PORTAL: &str = "dbus-1/services/org.freedesktop.portal.Desktop.service";

/// Can the system's file dialog be shown? Asked beforehand, because a dialog that cannot be shown and one that was cancelled look alike.
pub fn file_dialogs() -> bool {
    if cfg!(windows) || cfg!(target_os = "macos") {
        return true;
    }
    let bus = session_bus();
    let data = env::var_os("XDG_DATA_DIRS").filter(|folders| !folders.is_empty());
    let data = data.unwrap_or_else(|| OsString::from("/usr/local/share:/usr/share"));
    let portal = env::split_paths(&data).any(|folder| folder.join(PORTAL).exists());
    (bus && portal) || on_path("zenity").is_some()
}

/// Is there a desktop session's message bus? Without one there is neither a keyring nor a portal.
pub fn session_bus() -> bool {
    cfg!(windows)
        || cfg!(target_os = "macos")
        || env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some_and(|address| !address.is_empty() && address != "disabled:")
        || env::var_os("XDG_RUNTIME_DIR").is_some_and(|folder| Path::new(&folder).join("bus").exists())
}

/// The installed `jackfield`: the one beside this program, else the one on the path, else the one where packages put it.
pub fn service_program() -> Option<PathBuf> {
    let name = if cfg!(windows) { "jackfield.exe" } else { "jackfield" };
    let beside = env::current_exe().ok().map(|program| program.with_file_name(name)).filter(|program| program.is_file());
    let packaged = || Some(Path::new("/usr/bin").join(name)).filter(|program| program.is_file());
    beside.or_else(|| on_path(name)).or_else(packaged)
}

/// Is there a display that a window can be shown on?
pub fn display() -> bool {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(windows) || cfg!(target_os = "macos") || set("WAYLAND_DISPLAY") || set("WAYLAND_SOCKET") || set("DISPLAY")
}

/// A program on the path.
pub fn on_path(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(name)).find(|program| program.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_found_where_the_path_says() {
        assert!(on_path("cargo").is_some_and(|program| program.is_absolute()));
        assert_eq!(on_path("there is no such program"), None);
    }
}
