//! The site of the tests: four agents, two workgroups, quick outside numbers.

/// Its file.
pub const FILE: &str = r#"
schema = 1

[agents.rights]
listen = ["CRMFOSOUT"]

[flags]
support_presence_queue_info = true

[switch.embedded]
outside_answers = true
answer_after = "20ms"
users = [
    { name = "CRMFOSOUT", extension = "8001", first_name = "Fosca", last_name = "Out" },
    { name = "BERT", extension = "8002", first_name = "Bert", last_name = "Brandt" },
    { name = "CARLA", extension = "8003", first_name = "Carla", last_name = "Conti" },
    { name = "DORA", extension = "8004", first_name = "Dora", last_name = "Dietz" },
    { name = "EXTENSIONLESS" },
]
statuses = [
    { name = "Do Not disturb", do_not_disturb = true },
    { name = "Available", acd = true },
    { name = "Lunch", do_not_disturb = true },
]
workgroups = [
    { name = "Support", extension = "7001", members = ["CRMFOSOUT"] },
    { name = "Sales", extension = "7002", members = ["BERT", "DORA"] },
]

[workmodes]
ready = "Available"
not_ready = "Do Not disturb"
mapped = [{ id = 4, status = "Lunch" }]

[ici]
reject_workmode = 3
"#;

/// The agent whom SAP's real client acts for.
pub const AGENT: &str = "CRMFOSOUT";
/// His extension.
pub const AGENT_EXTENSION: &str = "8001";
/// A colleague who calls.
pub const CALLER: &str = "BERT";
/// A colleague who is consulted.
pub const EXPERT: &str = "CARLA";
/// Her extension.
pub const EXPERT_EXTENSION: &str = "8003";
/// A colleague who minds his own business.
pub const STRANGER: &str = "DORA";
/// A workgroup's number.
pub const QUEUE_NUMBER: &str = "7001";
/// The workgroup's name.
pub const QUEUE: &str = "Support";
/// A number outside; it answers at once.
pub const OUTSIDE: &str = "+4930123456";

/// [`FILE`] with desks to choose from, work after calls that is shown, and a status that has a text of its own for SAP in English.
pub fn with_features() -> String {
    FILE.replace("[flags]\n", "[flags]\nsupport_free_seating = true\nsupport_workcenter_lists = true\nsupport_workcenter_filters = true\n")
        .replace("[switch.embedded]\n", "[switch.embedded]\nwrap_up = \"1h\"\nstations = [\"Desk-1\", \"Desk-2\"]\n")
        .replace("]\nworkgroups", "    { name = \"Follow Up\", do_not_disturb = true },\n]\nworkgroups")
        .replace("workgroups = [\n", "texts = [{ status = \"Lunch\", language = \"EN\", text = \"At table\" }]\nworkgroups = [\n")
        .replace("mapped = [", "mapped = [{ id = 5, status = \"Follow Up\", user_selectable = false }, ")
}

/// [`FILE`] with every channel on, and a route.
pub fn with_channels() -> String {
    format!(
        "{FILE}\n[channels.chat]\nenabled = true\naddress_extension = \"customer.example\"\n\
         [channels.action_item]\nenabled = true\nworkgroup = \"Sales\"\n\
         routes = [{{ attribute = \"to\", value = \"Support@example.com\", workgroup = \"Support\" }}]\n"
    )
}
