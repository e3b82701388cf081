//! The demo's configuration: a temporary file that the service watches, and what changes in it at noon.

use std::{io, path::Path};
use tempfile::{NamedTempFile, TempDir};

/// What the day begins with. Two agents, and a supervisor who may listen.
const MORNING: &str = r#"schema = 1

[service]
listen = "127.0.0.1:0"

[admin]
listen = "127.0.0.1:0"

# What happens is told by the demo itself; the log keeps to errors.
[log.topics]
service = 1
http = 1
ici = 1
agents = 1
switch = 1
delivery = 1

[agents.rights]
listen = ["CARLA"]

[workmodes]
ready = "Available"
not_ready = "Desk work"
mapped = [
  { id = 4, status = "Lunch" },
  { id = 5, status = "Follow Up" },
]

[ici]
reject_workmode = 5

[channels.chat]
enabled = true
address_extension = "customer.example"

[channels.action_item]
enabled = true
routes = [{ attribute = "to", value = "support@example.com", workgroup = "Support" }]

[switch.embedded]
answer_after = "120ms"
users = [
  { name = "ANNA", extension = "8001", first_name = "Anna", last_name = "Adler" },
  { name = "BERT", extension = "8002", first_name = "Bert", last_name = "Brandt" },
  { name = "CARLA", extension = "8003", first_name = "Carla", last_name = "Conti" },
]
workgroups = [{ name = "Support", extension = "7001", members = ["ANNA", "BERT"] }]
statuses = [
  { name = "Desk work" },
  { name = "Available", acd = true },
  { name = "Lunch", do_not_disturb = true },
  { name = "Follow Up", do_not_disturb = true },
]
"#;

/// The workmode that noon brings.
pub(super) const NEW_WORKMODE: (u32, &str) = (6, "Training");

/// The file, in a directory that goes with it.
pub(super) struct DemoFile(TempDir);

// === impl DemoFile ===

impl DemoFile {
    /// Writes it.
    pub(super) fn write() -> io::Result<Self> {
        let file = Self(TempDir::with_prefix("jackfield-demo-")?);
        file.replace(MORNING)?;
        Ok(file)
    }

    /// Where it is.
    pub(super) fn path(&self) -> std::path::PathBuf {
        self.0.path().join("jackfield.toml")
    }

    /// Adds a status to the switch and a workmode that means it.
    pub(super) fn add_workmode(&self) -> io::Result<()> {
        let (id, status) = NEW_WORKMODE;
        let workmode = format!("  {{ id = 5, status = \"Follow Up\" }},\n  {{ id = {id}, status = \"{status}\" }},\n");
        let noon = MORNING
            .replace("  { id = 5, status = \"Follow Up\" },\n", &workmode)
            .replace("statuses = [\n", &format!("statuses = [\n  {{ name = \"{status}\", do_not_disturb = true }},\n"));
        self.replace(&noon)
    }

    /// As an editor saves: written beside it, then renamed over it.
    fn replace(&self, text: &str) -> io::Result<()> {
        let directory: &Path = self.0.path();
        let mut file = NamedTempFile::new_in(directory)?;
        io::Write::write_all(&mut file, text.as_bytes())?;
        file.persist(self.path()).map(drop).map_err(|error| error.error)
    }
}
