//! The profile's operations as a table in Markdown, for people who write a SOAP client or compare a trace.

use super::{Profile, Slot};
use std::fmt::Write as _;

/// `assets/operations.md`.
pub fn operations(profile: &Profile) -> String {
    let mut out = String::new();
    let _ = write!(
        out,
        "# The operations of SAP's Integrated Communication Interface\n\n\
         Made from the profile `{}` (`assets/ici/default.toml`); do not edit. An answer stands in `<operation>{}` as `{}`. \
         `name?` may be missing. The last column says how sure we are of the operation: `seed` is from the guide, `public` was found \
         publicly, the rest is inferred or, where it says placeholder, invented and to be verified at a site.\n",
        profile.name, profile.style.response_suffix, profile.style.response
    );
    for interface in profile.interfaces() {
        let _ = write!(
            out,
            "\n## {}\n\nNamespace `{}`, SOAPAction `\"{}\"`.\n\n| operation | parameters | answer | what it does | confidence |\n|---|---|---|---|---|\n",
            interface.key.word(),
            interface.namespace,
            interface.action
        );
        for operation in profile.operations().iter().filter(|operation| operation.key.interface() == interface.key) {
            let parameters: Vec<_> = operation.parameters.iter().map(parameter).collect();
            let reply = operation.reply.map_or_else(|| "nothing".to_owned(), |kind| kind.to_string());
            let _ = writeln!(
                out,
                "| `{}` | {} | {reply} | {} | {} |",
                operation.name,
                parameters.join(", "),
                operation.purpose,
                operation.confidence
            );
        }
    }
    out.push_str("\n## Events\n\n| event | namespace | parameters | confidence |\n|---|---|---|---|\n");
    for event in profile.events() {
        let parameters: Vec<_> = event.parameters.iter().map(|slot| format!("`{}`: {}", slot.name, slot.kind)).collect();
        let _ = writeln!(out, "| `{}` | `{}` | {} | {} |", event.name, event.namespace, parameters.join(", "), event.confidence);
    }
    out.push_str("\n## Records\n\n| record | fields in order |\n|---|---|\n");
    for record in profile.records() {
        let fields: Vec<_> = record.fields.iter().map(|slot| format!("`{}`: {}", slot.name, slot.kind)).collect();
        let _ = writeln!(out, "| {} | {} |", record.key.word(), fields.join(", "));
    }
    out
}

fn parameter(slot: &Slot) -> String {
    let optional = if slot.required { "" } else { "?" };
    match slot.kind.to_string().as_str() {
        "string" => format!("`{}`{optional}", slot.name),
        kind => format!("`{}`{optional}: {kind}", slot.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, path::Path};

    /// `UPDATE_ASSETS=1` writes the file anew.
    #[test]
    fn the_operations_table_is_up_to_date() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/operations.md");
        let wanted = operations(&Profile::built_in());
        if std::env::var_os("UPDATE_ASSETS").is_some() {
            fs::write(&file, &wanted).unwrap();
        }
        let written = fs::read_to_string(&file).unwrap_or_default();
        assert!(written == wanted, "assets/operations.md is stale: run this test with UPDATE_ASSETS=1");
    }
}
