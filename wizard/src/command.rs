//! Everything a person can do: pages and menus send commands, the app runs them once a frame. Nothing happens inside a widget.

use crate::{connection::Question, page::PageId};
use egui::{Key, KeyboardShortcut, Modifiers};
use shared::SettingPath;
use std::path::PathBuf;

/// One thing to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// One of those with a text, a tooltip and perhaps a shortcut.
    Do(Action),
    /// Show a page.
    Show(PageId),
    /// Show the page of a setting and put the focus there.
    Find(SettingPath),
    /// Open this file.
    OpenFile(PathBuf),
    /// Write to this file.
    SaveTo(PathBuf),
    /// Write the export for support here.
    ExportTo(PathBuf),
    /// Read this file's settings into the document.
    ImportFrom(PathBuf),
    /// Put a backup in the file's place, and its contents into the document.
    RollBack(PathBuf),
    /// Write to this file, though there is one already.
    Replace(PathBuf),
    /// Write this file with the rights of an administrator, whose password the system asks for.
    SaveAsAdministrator(PathBuf),
    /// Save, though the service begins to write into an organisation of Genesys Cloud by it.
    Provision,
    /// Save, and then do that.
    SaveThen(Box<Command>),
    /// Do that, though unsaved changes get lost.
    Discard(Box<Command>),
    /// Take over what another hand wrote into the file.
    Reload,
    /// Keep what is edited here, and save it over what another hand wrote.
    KeepMine,
    /// Show what differs between the file and what is edited here.
    CompareWithDisk,
    /// Have the installed service say why an agent cannot log on.
    Examine(Question),
    /// Connect to the service that is asked for.
    Connect,
    /// The certificate that was accepted for this address counts no more.
    ForgetCertificate(String),
    /// Keep the change that waits on another machine.
    Keep,
    /// Have it go back.
    GoBack,
    /// Choose a file in the system's dialog, for the path that is being asked for.
    Browse,
    /// End.
    Close,
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident $key:literal $shortcut:expr,)*) => {
        /// What stands in menus, in Help and in the search.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Action { $($(#[$doc])* $name,)* }

        impl Action {
            /// All of them, in the order of the menus.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The key of its text; `.tip` is its tooltip.
            pub fn key(self) -> &'static str {
                match self { $(Self::$name => $key,)* }
            }

            /// Its shortcut.
            pub fn shortcut(self) -> KeyboardShortcut {
                match self { $(Self::$name => $shortcut,)* }
            }
        }
    };
}

const fn on(modifiers: Modifiers, key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(modifiers, key)
}

const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers { shift: true, ..Modifiers::COMMAND };
const ALT: Modifiers = Modifiers::ALT;

actions! {
    /// A new document.
    New "action-new" on(CTRL, Key::N),
    /// Open a file.
    Open "action-open" on(CTRL, Key::O),
    /// Connect to a service on another machine.
    ConnectService "action-connect" on(CTRL_SHIFT, Key::O),
    /// Write the file.
    Save "action-save" on(CTRL, Key::S),
    /// Write another file.
    SaveAs "action-save-as" on(CTRL_SHIFT, Key::S),
    /// Take settings from another file.
    Import "action-import" on(CTRL, Key::I),
    /// Write a file without secrets, for support.
    Export "action-export" on(CTRL, Key::E),
    /// List, compare and roll back backups.
    Backups "action-backups" on(CTRL, Key::B),
    /// Back to what is on the disk.
    Revert "action-revert" on(CTRL_SHIFT, Key::R),
    /// End.
    Quit "action-quit" on(CTRL, Key::Q),
    /// Take the last edit back.
    Undo "action-undo" on(CTRL, Key::Z),
    /// Do it again.
    Redo "action-redo" on(CTRL, Key::Y),
    /// Search over all settings and commands.
    Search "action-search" on(CTRL, Key::K),
    /// The same, as editors have it.
    SearchToo "action-search-too" on(CTRL, Key::F),
    /// The page before.
    Previous "action-previous" on(CTRL, Key::PageUp),
    /// The page after.
    Next "action-next" on(CTRL, Key::PageDown),
    /// Switch between the integration's pages and the log generator's.
    SwitchConfiguration "action-switch-configuration" on(CTRL, Key::L),
    /// Have the installed service test what is on the screen.
    TestConnection "action-test-connection" on(CTRL, Key::T),
    /// Ask why an agent cannot log on.
    Examine "action-examine" on(CTRL, Key::D),
    /// Light.
    Light "action-light" on(ALT, Key::Num1),
    /// Dark.
    Dark "action-dark" on(ALT, Key::Num2),
    /// As the system has it.
    SystemTheme "action-system-theme" on(ALT, Key::Num3),
    /// Larger.
    ZoomIn "action-zoom-in" on(CTRL, Key::Plus),
    /// Smaller.
    ZoomOut "action-zoom-out" on(CTRL, Key::Minus),
    /// As it was.
    ZoomReset "action-zoom-reset" on(CTRL, Key::Num0),
    /// English.
    English "action-english" on(ALT, Key::E),
    /// German.
    German "action-german" on(ALT, Key::G),
    /// All shortcuts.
    Shortcuts "action-shortcuts" on(Modifiers::NONE, Key::F1),
    /// Version and licences.
    About "action-about" on(CTRL, Key::F1),
}

/// Takes the shortcuts that were pressed out of the input.
pub fn pressed(context: &egui::Context) -> Vec<Command> {
    // Those with more modifiers first, or Ctrl+S would also answer to Ctrl+Shift+S.
    let mut actions: Vec<(Action, KeyboardShortcut)> = Action::ALL.iter().map(|action| (*action, action.shortcut())).collect();
    actions.sort_by_key(|(_, shortcut)| !shortcut.modifiers.shift);
    context.input_mut(|input| {
        actions.into_iter().filter(|(_, shortcut)| input.consume_shortcut(shortcut)).map(|(action, _)| Command::Do(action)).collect()
    })
}

/// The least and the greatest zoom.
pub const ZOOM: std::ops::RangeInclusive<f32> = 1.0..=2.0;

/// The next step of zoom from `now`.
pub fn zoomed(now: f32, by: f32) -> f32 {
    (now + by).clamp(*ZOOM.start(), *ZOOM.end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn no_two_commands_share_a_shortcut() {
        let mut taken = HashMap::new();
        for action in Action::ALL {
            let shortcut = action.shortcut();
            let before = taken.insert(shortcut, *action);
            assert_eq!(before, None, "{action:?} and {before:?} share {shortcut:?}");
        }
        assert_eq!(taken.len(), Action::ALL.len());
    }
}
