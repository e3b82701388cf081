//! What controls remember from one frame to the next beside the draft: file dialogs and tests of secrets that they have started, and a
//! secret that is being typed. The app owns it, because a control of the same setting may stand on several pages.

use crate::{browse::Browsing, widget::secret::Secrets};
use std::path::PathBuf;

/// What controls remember.
#[derive(Default)]
pub struct Controls {
    /// The configuration file: paths are proposed beside it.
    pub file: Option<PathBuf>,
    /// The system's file dialog.
    pub browsing: Browsing,
    /// Tests of secrets, and the dialog that stores one.
    pub secrets: Secrets,
}
