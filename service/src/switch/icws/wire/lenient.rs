//! Values as they come and not as they are documented (icws §1.8, §10.3).

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::Value;

/// A moment, seconds since 1970 UTC. Written `YYYYMMDDThhmmssZ`; read with or without dashes, colons, fractions and zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub i64);

/// A text; numbers and flags are taken for theirs.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Null => Ok(String::new()),
        other => Err(D::Error::custom(format!("a text was expected and not {}", kind(&other)))),
    }
}

/// A flag; also `1`, `"1"`, `"True"`.
pub(super) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Bool(flag) => flag,
        Value::Number(number) => number.as_f64().is_some_and(|number| number != 0.0),
        Value::String(text) => matches!(text.trim().to_ascii_lowercase().as_str(), "true" | "1" | "yes"),
        Value::Null => false,
        other => return Err(D::Error::custom(format!("a flag was expected and not {}", kind(&other)))),
    })
}

/// A flag that may be missing, which a delta tells from `false`.
pub(super) fn maybe_flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    flag(deserializer).map(Some)
}

/// A whole number; also as a text.
pub(super) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    match number_or_name(deserializer)? {
        Ok(number) => Ok(number),
        Err(name) => name.trim().parse().map_err(|_| D::Error::custom("a number was expected and not a text")),
    }
}

/// [`number`], where it may be missing.
pub(super) fn maybe_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    number(deserializer).map(Some)
}

/// A list; one thing alone is a list of one.
pub(super) fn list<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Shape<T> {
        Many(Vec<T>),
        One(T),
    }
    Ok(match Option::<Shape<T>>::deserialize(deserializer)? {
        Some(Shape::Many(all)) => all,
        Some(Shape::One(one)) => vec![one],
        None => Vec::new(),
    })
}

/// An enum as a number (`Ok`) or a name (`Err`).
pub(in crate::switch::icws) fn number_or_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Result<i64, String>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Number(number) => {
            // A number with a fraction is none of ours, but no reason to lose the message around it.
            Ok(Ok(number.as_i64().unwrap_or(-1)))
        }
        Value::String(name) => Ok(Err(name)),
        Value::Bool(flag) => Ok(Ok(i64::from(flag))),
        other => Err(D::Error::custom(format!("a number or a name was expected and not {}", kind(&other)))),
    }
}

/// What a value is, without what it says: answers hold customers' data.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a flag",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

// === impl Moment ===

impl Moment {
    /// Reads a date in any of the forms that were seen; `None` for what is none.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let moment = text.parse::<Timestamp>().ok().or_else(|| {
            // Without a zone it is UTC: the vendor's dates always are.
            let bare = text.trim_end_matches(['Z', 'z']);
            let civil: DateTime = bare.parse().ok()?;
            civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
        })?;
        Some(Self(moment.as_second()))
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let moment = Timestamp::from_second(self.0).unwrap_or_default();
        serializer.collect_str(&moment.strftime("%Y%m%dT%H%M%SZ"))
    }
}

impl<'de> Deserialize<'de> for Moment {
    /// What is no date is the beginning of time: a wrong clock must not cost a call.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::String(text) => Self::parse(&text).unwrap_or_default(),
            Value::Number(number) => Self(number.as_i64().unwrap_or_default()),
            _ => Self::default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_date_is_read_in_every_form_that_was_seen() {
        let expected = Some(Moment(1_625_599_949));
        for text in [
            "20210706T193229Z",
            "2021-07-06T19:32:29Z",
            "2021-07-06T19:32:29.123Z",
            "20210706T193229.5Z",
            "2021-07-06T19:32:29",
            "2021-07-06T21:32:29+02:00",
            "20210706T193229",
        ] {
            assert_eq!(Moment::parse(text), expected, "{text}");
        }
        assert_eq!(Moment::parse("yesterday"), None);
        assert_eq!(serde_json::to_value(Moment(1_625_599_949)).unwrap(), json!("20210706T193229Z"));
    }

    #[test]
    fn a_flag_is_read_from_whatever_means_one() {
        for (json, expected) in [(json!(true), true), (json!(1), true), (json!("True"), true), (json!("0"), false), (json!(0), false)] {
            assert_eq!(flag(json).unwrap(), expected);
        }
        assert!(flag(json!([])).is_err());
    }

    #[test]
    fn one_thing_is_a_list_of_one() {
        let read = |json| list::<i64, _>(json).unwrap();
        assert_eq!((read(json!([1, 2])), read(json!(3)), read(json!(null))), (vec![1, 2], vec![3], vec![]));
    }
}
