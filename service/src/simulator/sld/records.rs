//! One record for each system and its host: sent twice is one, renamed is two (sld §4).

use std::collections::BTreeMap;

/// All of them.
#[derive(Default)]
pub(super) struct Records(BTreeMap<(String, String), u32>);

impl Records {
    /// Takes a document in; the system and its host, or why not.
    pub(super) fn take(&mut self, document: &str) -> Result<(String, String), &'static str> {
        if !document.contains("<sapdata") && !document.contains("<CIM") {
            return Err("this is no document of a data supplier");
        }
        let name = value(document, "SystemName").or_else(|| value(document, "Name")).ok_or("it names no system")?;
        let host = value(document, "SystemHome").unwrap_or_default();
        *self.0.entry((name.clone(), host.clone())).or_default() += 1;
        Ok((name, host))
    }

    /// Each with how often it came.
    pub(super) fn all(&self) -> Vec<(String, String, u32)> {
        self.0.iter().map(|((name, host), times)| (name.clone(), host.clone(), *times)).collect()
    }
}

/// The value of the first property of this name, in either way of writing.
fn value(document: &str, name: &str) -> Option<String> {
    let lower = document.to_ascii_lowercase();
    let at = lower.find(&format!("name=\"{}\"", name.to_ascii_lowercase()))?;
    let begin = at + lower[at..].find("<value>")? + "<value>".len();
    let end = begin + lower[begin..].find("</value>")?;
    Some(document[begin..end].to_owned())
}
