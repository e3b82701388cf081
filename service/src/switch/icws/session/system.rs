//! Handlers, licences, statistics' parameters, whose a number is (icws §5.1, §6, §7).

use super::Session;
use crate::switch::icws::{
    IcwsError,
    path::segment,
    wire::{
        statistics::{ParameterValues, PossibleValue},
        system::{LicenseResult, Licenses, Notification, NumberDetails},
    },
};
use hyper::Method;
use serde_json::{Value, json};

impl Session {
    /// Tells a handler something. Accepted means only that: whether one ran is not known.
    pub async fn notify_handler(&self, notification: &Notification) -> Result<(), IcwsError> {
        self.done(Method::POST, "/system/handler-notification", Some(json!(notification))).await
    }

    /// Takes licences; look at each whether it is available.
    pub async fn take_licenses(&self, names: &[&str]) -> Result<Vec<LicenseResult>, IcwsError> {
        let taken: Licenses = self.perhaps(Method::POST, "/licenses", Some(json!({ "licenseList": names }))).await?;
        Ok(taken.license_operation_result_list)
    }

    /// Gives the session's licences back.
    pub async fn free_licenses(&self) -> Result<(), IcwsError> {
        self.done(Method::DELETE, "/licenses", None).await
    }

    /// The values that a parameter of statistics may have: all workgroups, say.
    pub async fn parameter_values(&self, parameter: &str) -> Result<Vec<PossibleValue>, IcwsError> {
        let body = json!({ "parameterTypeId": parameter });
        let values: ParameterValues = self.perhaps(Method::POST, "/statistics/statistic-parameter-values/queries", Some(body)).await?;
        Ok(values.parameter_values)
    }

    /// Whose number this is.
    pub async fn number_details(&self, number: &str) -> Result<NumberDetails, IcwsError> {
        self.perhaps(Method::POST, "/phone-numbers/query-details", Some(json!({ "phoneNumber": number }))).await
    }

    /// A server parameter, as it stands. Needs an administrator's rights.
    pub async fn server_parameter(&self, name: &str) -> Result<Value, IcwsError> {
        self.answered(Method::GET, &format!("/configuration/server-parameters/{}?select=*", segment(name)), None).await
    }
}
