//! Figures of the server's catalogue (icws §6).
#![expect(missing_docs, reason = "fields and variants are ICWS's own words; each type names its paragraph")]

use super::{Id, lenient, lenient::Moment};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// Which figure, of what.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StatisticKey {
    pub statistic_identifier: Id,
    #[serde(deserialize_with = "lenient::list")]
    pub parameter_value_items: Vec<ParameterValue>,
}

/// Of what.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ParameterValue {
    pub parameter_type_id: Id,
    pub value: Id,
}

/// The parameter that names a workgroup.
pub const WORKGROUP: &str = "ININ.People.WorkgroupStats:Workgroup";

impl StatisticKey {
    /// A figure of a workgroup; `identifier` without what all of them begin with.
    pub fn of_workgroup(identifier: &str, workgroup: &str) -> Self {
        let parameter = ParameterValue { parameter_type_id: WORKGROUP.into(), value: workgroup.into() };
        Self { statistic_identifier: format!("inin.workgroup:{identifier}").into(), parameter_value_items: vec![parameter] }
    }

    /// The value of one of its parameters; names are compared as CIC does, without regard to case.
    pub fn parameter(&self, name: &str) -> Option<&Id> {
        self.parameter_value_items.iter().find(|item| item.parameter_type_id.eq_ignore_ascii_case(name)).map(|item| &item.value)
    }
}

/// `statistics:statisticValueMessage`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct StatisticValues {
    #[serde(deserialize_with = "lenient::flag")]
    pub is_delta: bool,
    #[serde(deserialize_with = "lenient::list")]
    pub statistic_value_changes: Vec<StatisticChange>,
}

/// One figure.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct StatisticChange {
    pub statistic_key: StatisticKey,
    /// `None`: not available now.
    pub statistic_value: Option<StatisticValue>,
}

/// The value of a figure.
#[derive(Clone, Debug, PartialEq)]
pub enum StatisticValue {
    Number(f64),
    Text(String),
    Flag(bool),
    /// A duration that goes on, by its beginning.
    Since(Moment),
    /// Malformed key 1, unknown key 2, provider busy 3, other 99.
    Error(i64),
    /// A kind that is not known here.
    Other,
}

impl StatisticValue {
    /// A count; `None` when it is none.
    pub fn count(&self) -> Option<u32> {
        let number = match self {
            Self::Number(number) => *number,
            Self::Text(text) => text.trim().parse().ok()?,
            _ => return None,
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "kept within the bounds just before")]
        (number.is_finite() && number >= 0.0).then(|| number.min(f64::from(u32::MAX)) as u32)
    }
}

impl<'de> Deserialize<'de> for StatisticValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let whole = Value::deserialize(deserializer)?;
        let error = super::type_of(&whole).is_some_and(|name| name.eq_ignore_ascii_case("statisticErrorValue"));
        if let Some(since) = whole["startTickingTime"].as_str().and_then(Moment::parse)
            && whole["ticking"] != false
        {
            return Ok(Self::Since(since));
        }
        let value = if whole["value"].is_null() { &whole["stoppedTimeSpan"] } else { &whole["value"] };
        Ok(match (value, error) {
            (Value::Number(number), true) => Self::Error(number.as_i64().unwrap_or(99)),
            (_, true) => Self::Error(99),
            (Value::Number(number), false) => Self::Number(number.as_f64().unwrap_or_default()),
            (Value::String(text), false) => Self::Text(text.clone()),
            (Value::Bool(flag), false) => Self::Flag(*flag),
            _ => Self::Other,
        })
    }
}

/// Values that a parameter may have (icws §6).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct ParameterValues {
    #[serde(deserialize_with = "lenient::list")]
    pub parameter_values: Vec<PossibleValue>,
}

/// One of them.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct PossibleValue {
    pub value: Id,
    pub display_string: String,
}
