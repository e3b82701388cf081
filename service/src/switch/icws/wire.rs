//! The JSON of ICWS as types, both ways (icws §1.8). Writing follows the documentation to the letter; reading takes every variation that
//! §10.3 there lists: ids as texts or numbers, enums as numbers or names, `null` for what is missing, either spelling of `…ID`.
//!
//! Names of fields are ICWS's own; the paragraph beside each type says what they mean.

pub mod configuration;
pub mod connection;
pub mod interactions;
pub mod lenient;
pub mod media;
pub mod message;
pub mod people;
pub mod queues;
pub mod statistics;
pub mod status;
pub mod subscription;
pub mod system;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use serde_json::Value;
use std::{borrow::Borrow, fmt, ops::Deref, sync::Arc};

/// An id or name as CIC gives it: text, though some answers have it as a number. Compared byte for byte.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(Arc<str>);

/// A number that has a name, written as the number. The macro's types know every value that is documented and keep the others.
macro_rules! wire_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $number:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "the variants are ICWS's own words")]
        pub enum $name {
            $($(#[$doc])* $variant,)+
            /// A number that was not documented; a name that was not is -1.
            Unknown(i64),
        }

        impl $name {
            /// The number on the wire.
            pub fn number(self) -> i64 {
                match self {
                    $(Self::$variant => $number,)+
                    Self::Unknown(number) => number,
                }
            }

            fn of_number(number: i64) -> Self {
                match number {
                    $($number => Self::$variant,)+
                    other => Self::Unknown(other),
                }
            }

            fn of_name(name: &str) -> Self {
                $(if name.eq_ignore_ascii_case(stringify!($variant)) {
                    return Self::$variant;
                })+
                Self::Unknown(name.trim().parse().unwrap_or(-1))
            }
        }

        impl Default for $name {
            /// What 0 means: "none", in most.
            fn default() -> Self {
                Self::of_number(0)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_i64(self.number())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(match $crate::switch::icws::wire::lenient::number_or_name(deserializer)? {
                    Ok(number) => Self::of_number(number),
                    Err(name) => name.trim().parse().map_or_else(|_| Self::of_name(&name), Self::of_number),
                })
            }
        }
    };
}
use wire_enum;

/// Reads a value as this type, after everything that is `null` has been taken out: to ICWS that is the same as missing.
///
/// # Errors
/// In words: what does not fit.
pub fn read<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_json::from_value(prune(value)).map_err(|error| without_values(&error.to_string()))
}

/// An error's text is logged; what a customer is called or has written is not.
fn without_values(text: &str) -> String {
    let mut parts = text.split('"');
    let first = parts.next().unwrap_or_default().to_owned();
    // A value with quotes in it is cut off with everything behind it.
    match (parts.next(), parts.next_back()) {
        (Some(_), Some(last)) => format!("{first}\"…\"{last}"),
        _ => first,
    }
}

/// The last part of an object's `__type`, wherever it stands in it.
pub fn type_of(value: &Value) -> Option<&str> {
    let name = value.get("__type")?.as_str()?;
    Some(name.rsplit(':').next().unwrap_or(name))
}

/// Attributes are left alone: there `null` says that one is not set any more.
fn prune(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(name, value)| if name == "attributes" { (name, value) } else { (name, prune(value)) }).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().filter(|item| !item.is_null()).map(prune).collect()),
        other => other,
    }
}

// === impl Id ===

impl Id {
    /// Takes the text as it is.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The id as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::text(deserializer).map(Self::new)
    }
}

impl Deref for Id {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Id {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Id {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Id {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl PartialEq<str> for Id {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for Id {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{connection::ConnectionState, *};
    use serde_json::json;

    #[test]
    fn an_id_is_read_from_a_text_or_a_number() {
        for (json, expected) in [
            (json!("1001"), "1001"),
            (json!(1_001), "1001"),
            (json!(-5), "-5"),
            (json!(18_446_744_073_709_551_615_u64), "18446744073709551615"),
        ] {
            assert_eq!(read::<Id>(json).unwrap(), expected);
        }
        assert!(read::<Id>(json!({})).is_err());
    }

    #[test]
    fn an_enum_is_read_from_a_number_or_a_name_and_written_as_the_number() {
        let cases = [
            (json!(2), ConnectionState::Down),
            (json!("down"), ConnectionState::Down),
            (json!("DOWN"), ConnectionState::Down),
            (json!("1"), ConnectionState::Up),
            (json!(9), ConnectionState::Unknown(9)),
            (json!("sideways"), ConnectionState::Unknown(-1)),
        ];
        for (json, expected) in cases {
            assert_eq!(read::<ConnectionState>(json).unwrap(), expected);
        }
        assert_eq!(serde_json::to_value(ConnectionState::Down).unwrap(), json!(2));
    }

    #[test]
    fn the_type_may_stand_anywhere_and_without_its_urn() {
        assert_eq!(type_of(&json!({"a": 1, "__type": "urn:inin.com:status:userStatusMessage"})), Some("userStatusMessage"));
        assert_eq!(type_of(&json!({"__type": "userStatusMessage"})), Some("userStatusMessage"));
        assert_eq!(type_of(&json!({"__type": 1})), None);
        assert_eq!(type_of(&json!([])), None);
    }

    #[test]
    fn an_error_says_what_does_not_fit_and_not_what_it_was() {
        let why = read::<Vec<u32>>(json!(["a \"secret\" name"])).unwrap_err();
        assert!(why.contains("u32") && !why.contains("secret") && !why.contains("name"), "{why}");
        assert!(read::<interactions::Created>(json!({})).unwrap_err().contains("interactionId"));
    }

    #[test]
    fn null_is_the_same_as_missing_but_not_among_attributes() {
        let pruned = prune(json!({"a": null, "b": [null, {"c": null}], "attributes": {"Sap_Cad": null}}));
        assert_eq!(pruned, json!({"b": [{}], "attributes": {"Sap_Cad": null}}));
    }
}
