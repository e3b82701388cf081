//! Who we are, and which version of the interface both sides speak.

use super::ProductInformation;

impl ProductInformation {
    /// Our side of the exchange: the interface's version is the lower of `ici_version` and what `theirs` announces.
    pub fn ours(version: &str, ici_version: &str, theirs: &Self) -> Self {
        let spoken = match (numbers(ici_version), numbers(&theirs.ici_version)) {
            (Some(our), Some(their)) if their < our => theirs.ici_version.trim(),
            _ => ici_version,
        };
        Self { name: "Jackfield".to_owned(), version: version.to_owned(), vendor: "Jackfield".to_owned(), ici_version: spoken.to_owned() }
    }
}

/// `3.07` as comparable numbers; `None` for what is no version.
fn numbers(version: &str) -> Option<Vec<u32>> {
    version.trim().split('.').map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_version_is_spoken() {
        let cases = [
            ("3.07", "3.07", "3.07"),
            ("3.07", "3.06", "3.06"),
            ("3.07", "2.08", "2.08"),
            ("3.07", "4.00", "3.07"),
            ("3.07", "", "3.07"),
            ("3.07", "new", "3.07"),
            ("3.07", " 3.05 ", "3.05"),
            ("3.07", "3.10", "3.07"),
        ];
        for (ours, theirs, expected) in cases {
            let theirs = ProductInformation { ici_version: theirs.to_owned(), ..ProductInformation::default() };
            assert_eq!(ProductInformation::ours("1", ours, &theirs).ici_version, expected, "{ours} {theirs:?}");
        }
    }
}
