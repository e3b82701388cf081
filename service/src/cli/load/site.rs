//! Who takes part: agents invented for a service of our own, or those of a service that runs.

use std::fmt::Write;

/// Agents and the workgroup that customers call.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Site {
    /// Who logs on.
    pub(super) users: Vec<String>,
    /// Whom customers call.
    pub(super) workgroup: String,
    /// What an agent dials to hand a call on to the workgroup.
    pub(super) transfer_to: String,
}

const WORKGROUP: &str = "Load";
const WORKGROUP_EXTENSION: &str = "99999";

// === impl Site ===

impl Site {
    /// So many invented agents.
    pub(super) fn invented(agents: usize) -> Self {
        let users = (1..=agents).map(|number| format!("AGENT{number:05}")).collect();
        Self { users, workgroup: WORKGROUP.to_owned(), transfer_to: WORKGROUP_EXTENSION.to_owned() }
    }

    /// The first agents of a list with a name in each line.
    ///
    /// # Errors
    /// There are not so many.
    pub(super) fn existing(list: &str, agents: usize, workgroup: String) -> Result<Self, String> {
        let names = list.lines().map(str::trim).filter(|name| !name.is_empty() && !name.starts_with('#'));
        let users: Vec<_> = names.take(agents).map(str::to_owned).collect();
        if users.len() < agents {
            return Err(format!("the list names {} agents, {agents} are to log on: lower --agents", users.len()));
        }
        Ok(Self { users, transfer_to: workgroup.clone(), workgroup })
    }

    /// The configuration of a service that has them.
    pub(super) fn file(&self) -> String {
        let mut file = String::from(
            "schema = 1\n[service]\nlisten = \"127.0.0.1:0\"\n[admin]\nlisten = \"127.0.0.1:0\"\n[log.topics]\nservice = 1\nhttp = 1\n\
             ici = 1\nagents = 1\nswitch = 1\ndelivery = 1\n[workmodes]\nready = \"Available\"\nnot_ready = \"Desk work\"\n\
             mapped = [{ id = 4, status = \"Follow Up\" }]\n[ici]\nreject_workmode = 4\n",
        );
        let agents = self.users.len();
        // Each agent may hold a kept connection, and some connections come and go beside them.
        let _ = write!(file, "[limits]\nsessions = {}\nconnections = {}\n", agents.max(1), 2 * agents + 1024);
        file.push_str(
            "[switch.embedded]\nstatuses = [{ name = \"Desk work\" }, { name = \"Available\", acd = true }, \
             { name = \"Follow Up\", do_not_disturb = true }]\nusers = [\n",
        );
        for (number, user) in (10_000..).zip(&self.users) {
            let _ =
                writeln!(file, "  {{ name = \"{user}\", extension = \"{number}\", first_name = \"Agent\", last_name = \"{number}\" }},");
        }
        let members: Vec<_> = self.users.iter().map(|user| format!("\"{user}\"")).collect();
        let members = members.join(", ");
        let _ =
            writeln!(file, "]\nworkgroups = [{{ name = \"{WORKGROUP}\", extension = \"{WORKGROUP_EXTENSION}\", members = [{members}] }}]");
        file
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_takes_the_invented_file() {
        let site = Site::invented(300);
        let checked = shared::check::check_text(&site.file());
        assert!(checked.is_ok(), "{:?}", checked.err());
        assert_eq!(site.users.len(), 300);
    }

    #[test]
    fn a_list_gives_its_first_agents_or_says_how_many_it_has() {
        let list = "# the agents\nANNA\n\n  BERT \nCARLA\n";
        assert_eq!(Site::existing(list, 2, "Support".to_owned()).unwrap().users, ["ANNA", "BERT"]);
        assert!(Site::existing(list, 4, "Support".to_owned()).unwrap_err().contains("names 3 agents"));
    }
}
