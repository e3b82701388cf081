//! How ICI looks on the wire where SAP has published nothing: as data, each row with its confidence, never as constants.

/// A checked profile.
pub struct Profile;

impl Profile {
    /// The profile that is compiled in (`assets/ici/default.toml`).
    pub fn built_in() -> Self {
        unimplemented!()
    }

    /// Parses and checks a profile file.
    ///
    /// # Errors
    /// Every finding, with its path in the file.
    pub fn parse(_text: &str) -> Result<Self, Vec<String>> {
        unimplemented!()
    }
}
