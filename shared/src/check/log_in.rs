//! `[agents]`, as far as it says how agents are logged on: whether the switch can do that, and whether everything for it is there.

use super::Sheet;
use crate::config::{Agents, Config, LogIn, SsoToken, StoredPassword, SwitchKind};
use std::time::Duration;

pub(super) fn judge(config: &Config, sheet: &mut Sheet) {
    let (kind, log_in) = (config.switch.kind, config.agents.log_in);
    match (kind, log_in) {
        (SwitchKind::Icws, LogIn::Embedded) => {
            sheet.error(
                "agents.log_in",
                "unusable-log-in",
                "a CIC server does not take an agent by his name alone",
                "Write \"stored_password\", \"sso_token\" or \"super_user\"",
            );
        }
        (SwitchKind::Embedded, LogIn::StoredPassword | LogIn::SsoToken | LogIn::SuperUser) => {
            sheet
                .warning(
                    "agents.log_in",
                    "without-effect",
                    "the built-in switch takes agents by name",
                    "Write \"embedded\", or remove this line",
                )
                .case("log-in");
        }
        (SwitchKind::Icws, LogIn::SuperUser) => {
            sheet
                .warning(
                    "agents.log_in",
                    "reduced-function",
                    "agents cannot accept, dial, consult or hold conferences in SAP: a CIC server does these at the station of whoever is logged \
                     on, and that is the super user",
                    "Write \"stored_password\" or \"sso_token\", unless agents use the CIC client for calls",
                );
        }
        _ => {}
    }
    let Agents { stored_password, sso_token, .. } = &config.agents;
    let sections = [
        ("agents.stored_password", LogIn::StoredPassword, *stored_password != StoredPassword::default()),
        ("agents.sso_token", LogIn::SsoToken, *sso_token != SsoToken::default()),
    ];
    for (section, needed, changed) in sections {
        if log_in != needed && changed {
            let word = section.rsplit('.').next().unwrap_or_default();
            sheet
                .warning(
                    section,
                    "without-effect",
                    format!("this counts only with `log_in = \"{word}\"`"),
                    format!("Write `log_in = \"{word}\"` under [agents], or remove this section"),
                )
                .case("log-in-section")
                .with("word", word);
        }
    }
    if log_in == LogIn::SsoToken {
        tokens(config, sheet);
    }
}

fn tokens(config: &Config, sheet: &mut Sheet) {
    let token = &config.agents.sso_token;
    if token.command.is_empty() && token.url.is_none() {
        sheet
            .error(
                "agents.sso_token.url",
                "missing-key",
                "nobody is named who gives tokens",
                "Write `url` or `command` under [agents.sso_token]",
            )
            .case("sso-token");
    }
    if !token.command.is_empty() && token.url.is_some() {
        sheet
            .error(
                "agents.sso_token.url",
                "duplicate",
                "tokens come from the program or from the web service, not from both",
                "Remove one of them",
            )
            .case("sso-token");
    }
    if token.command.first().is_some_and(|program| program.trim().is_empty()) {
        sheet
            .error("agents.sso_token.command[0]", "out-of-range", "the program has no name", "Write its path first, then its arguments")
            .case("program");
    }
    if token.authorization.is_some() && token.url.is_none() {
        sheet
            .warning(
                "agents.sso_token.authorization",
                "without-effect",
                "only a web service is sent this",
                "Write `url`, or remove this line",
            )
            .case("authorization");
    }
    // A log-on has to be answered within five seconds, and the CIC server needs some of them.
    sheet.within("agents.sso_token.deadline", token.deadline, Duration::from_millis(100), Duration::from_secs(4));
    sheet.within("agents.sso_token.keep", token.keep, Duration::ZERO, Duration::from_hours(24));
}
