//! How sure we are of what stands in a profile.

use std::fmt;

/// How sure we are of a row (`ici-wire`, "Confidence tags").
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confidence {
    /// The guide says so.
    Seed,
    /// Seen on the wire of a site; how often, or in which capture.
    Seen(String),
    /// Found publicly; the sources.
    Public(String),
    /// Two or more independent pieces of evidence.
    InferredStrong,
    /// Our inference.
    Inferred,
    /// Invented; to be verified at a site.
    Placeholder,
}

impl Confidence {
    /// From the profile's words.
    pub(super) fn of(word: &str) -> Option<Self> {
        match word {
            "seed" => Some(Self::Seed),
            "inferred-strong" => Some(Self::InferredStrong),
            "inferred" => Some(Self::Inferred),
            "placeholder" => Some(Self::Placeholder),
            other => {
                let (word, told) = other.split_once(':')?;
                let told = Some(told.trim()).filter(|told| !told.is_empty())?.to_owned();
                match word {
                    "public" => Some(Self::Public(told)),
                    "seen" => Some(Self::Seen(told)),
                    _ => None,
                }
            }
        }
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seed => f.write_str("seed"),
            Self::Seen(told) => write!(f, "seen: {told}"),
            Self::Public(sources) => write!(f, "public: {sources}"),
            Self::InferredStrong => f.write_str("inferred-strong"),
            Self::Inferred => f.write_str("inferred"),
            Self::Placeholder => f.write_str("placeholder"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidence_is_written_as_it_is_read() {
        for word in ["seed", "seen: 12 messages", "public: P1, P2", "inferred-strong", "inferred", "placeholder"] {
            assert_eq!(Confidence::of(word).unwrap().to_string(), word);
        }
        assert_eq!(Confidence::of("public:"), None);
    }
}
