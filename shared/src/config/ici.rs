//! `[ici]` and `[flags]`: how SAP's interface is served (guide, "Configure ICI settings", "Configure service flags").

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// How SAP's Integrated Communication Interface is served.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Ici {
    /// Port for a web connector on another machine; the same stands in the web connector's own file. Absent: none is needed, SAP calls this
    /// service itself. 0 takes any free one.
    #[schemars(range(max = 65_535))]
    #[schemars(example = 9000)]
    pub remoting_port: Option<u16>,
    /// Workmode that an agent gets at log-on when `flags.ignore_initial_workmode` is on. 0: the status he has on the switch.
    #[schemars(range(max = 9999))]
    pub login_status: u32,
    /// Workmode that an agent gets when he rejects an interaction; its status should be a do-not-disturb one. 0: his workmode stays.
    #[schemars(range(max = 9999))]
    pub reject_workmode: u32,
    /// Seconds between entries about sessions. 0, as SAP has time-outs of its own: none.
    #[schemars(range(max = 86_400))]
    pub log_interval: u32,
    /// A file that says how ICI looks on the wire at this site; a relative path starts at this file's folder. Absent: the profile that is built in.
    #[schemars(example = &"/etc/jackfield/ici-profile.toml")]
    #[schemars(extend("format" = "file-path"))]
    pub profile: Option<PathBuf>,
}

/// Extra behaviour that can be turned on and off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Flags {
    /// Encrypt the connection between web connector and service; both show certificates, see `[remoting]`.
    pub secure_remoting: bool,
    /// Agents name the station they sit at when they log on.
    pub support_free_seating: bool,
    /// SAP can filter the list of work centres.
    pub support_workcenter_filters: bool,
    /// SAP can show a list of work centres.
    pub support_workcenter_lists: bool,
    /// Agents see statuses that they cannot choose.
    pub view_non_selectable_statuses: bool,
    /// The transfer dialog lists workgroups in which somebody is available.
    pub support_presence_queue_info: bool,
    /// A number such as +13172222222 goes to the switch as 13172222222.
    pub reformat_make_call_number: bool,
    /// The workmode at log-on is `ici.login_status` or the switch's, not SAP's.
    pub ignore_initial_workmode: bool,
    /// A rejected call that came through no workgroup goes to the agent's voicemail; otherwise it is disconnected.
    pub local_reject_to_voicemail: bool,
}

impl Ici {
    /// The workmode at log-on, if one is set.
    pub fn login_workmode(&self) -> Option<u32> {
        (self.login_status != 0).then_some(self.login_status)
    }

    /// The workmode after a reject, if one is set.
    pub fn workmode_after_reject(&self) -> Option<u32> {
        (self.reject_workmode != 0).then_some(self.reject_workmode)
    }
}

impl Default for Ici {
    fn default() -> Self {
        Self { remoting_port: None, login_status: 0, reject_workmode: 3, log_interval: 0, profile: None }
    }
}

impl Default for Flags {
    fn default() -> Self {
        Self {
            secure_remoting: false,
            support_free_seating: false,
            support_workcenter_filters: false,
            support_workcenter_lists: false,
            view_non_selectable_statuses: true,
            support_presence_queue_info: false,
            reformat_make_call_number: true,
            ignore_initial_workmode: false,
            local_reject_to_voicemail: true,
        }
    }
}
