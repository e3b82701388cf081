//! The check as the service and the wizard call it: text in, findings out.

use super::*;

fn findings(text: &str) -> Vec<Finding> {
    match check_text(text) {
        Ok(checked) => checked.warnings,
        Err(findings) => findings,
    }
}

#[track_caller]
fn only(text: &str) -> Finding {
    let mut findings = findings(text);
    assert_eq!(findings.len(), 1, "{text}\n{findings:#?}");
    findings.remove(0)
}

#[test]
fn an_empty_file_is_the_built_in_configuration_without_findings() {
    let checked = check_text("").unwrap();
    assert_eq!(checked.config, Config::built_in());
    assert_eq!(checked.warnings, []);
}

#[test]
fn the_built_in_configuration_written_out_is_taken_as_it_is() {
    let checked = check_text(&toml::to_string(&Config::built_in()).unwrap()).unwrap();
    assert_eq!(checked.config, Config::built_in());
    assert_eq!(checked.warnings, []);
}

/// (file, path, id, line, column); each is the only finding of its file.
const WRONG: &[(&str, &str, &str, usize, usize)] = &[
    ("schema = 0", "schema", "out-of-range", 1, 10),
    ("schema = 2\nnonsense = true\n[service]\nlisten = 5", "schema", "newer-file", 1, 10),
    ("[service]\nlisten = \"localhost:1\"", "service.listen", "bad-format", 2, 10),
    ("[service]\nlisten = 8095", "service.listen", "wrong-type", 2, 10),
    ("[service]\nlisten = \"127.0.0.1:8096\"", "admin.listen", "same-address", 0, 0),
    ("[service]\npath = \"sap\"", "service.path", "bad-format", 2, 8),
    ("[service]\npath = \"\"", "service.path", "out-of-range", 2, 8),
    ("[service]\npublic_url = \"http://me:pw@host/\"", "service.public_url", "bad-format", 2, 14),
    ("[service]\nevent_hosts = [\"sap\", \"http://sap\"]", "service.event_hosts[1]", "bad-format", 2, 23),
    ("[service]\nlisten = \"0.0.0.0:8095\"", "service.listen", "open-to-everybody", 2, 10),
    (
        "[service]\nlisten = \"10.0.0.5:8095\"\n[[service.access.users]]\nname = \"sap\"\npassword = \"env:SAP\"",
        "service.listen",
        "password-in-clear",
        2,
        10,
    ),
    ("[service.tls]\ncertificate = \"/c\"", "service.tls.key", "missing-key", 1, 10),
    ("[service.tls]\ncertificate = \"/c\"\nkey = \"/k\"\nlisten = \"0.0.0.0:8096\"", "service.tls.listen", "same-address", 4, 10),
    (
        "[service.tls]\ncertificate = \"/c\"\nkey = \"/k\"\nclient_certificates = \"required\"",
        "service.tls.client_authority",
        "missing-key",
        1,
        10,
    ),
    (
        "[service.tls]\ncertificate = \"/c\"\nkey = \"/k\"\nclient_authority = \"/a\"",
        "service.tls.client_authority",
        "without-effect",
        4,
        20,
    ),
    (
        "[service]\nlisten = \"10.0.0.5:8095\"\naccess.networks = [\"10.0.0.0/8\"]\n[service.tls]\ncertificate = \"/c\"\nkey = \"/k\"\n\
         listen = \"10.0.0.5:8443\"\nclient_certificates = \"optional\"\nclient_authority = \"/a\"",
        "service.tls.client_certificates",
        "way-round",
        8,
        23,
    ),
    ("[ici]\nremoting_port = 9000", "ici.remoting_port", "open-to-everybody", 2, 17),
    ("[ici]\nremoting_port = 8096\n[remoting]\nnetworks = [\"10.9.0.7\"]", "ici.remoting_port", "same-address", 2, 17),
    ("[remoting]\naddress = \"here\"", "remoting.address", "bad-format", 2, 11),
    ("[flags]\nsecure_remoting = true", "flags.secure_remoting", "without-effect", 2, 19),
    (
        "[connector]\nserver = \"x\"\n[flags]\nsecure_remoting = true\n[remoting]\nkey = \"/k\"\nauthority = \"/a\"",
        "remoting.certificate",
        "missing-key",
        5,
        2,
    ),
    ("[limits]\nconnections_per_address = 0", "limits.connections_per_address", "out-of-range", 2, 27),
    ("[service.access]\nnetworks = [\"10.0.0.0/8\", \"x\"]", "service.access.networks[1]", "bad-format", 2, 27),
    ("[admin]\nlisten = \"0.0.0.0:9000\"\ntoken = \"env:T\"", "admin.listen", "admin-in-clear", 2, 10),
    ("[admin.tls]\nlisten = \"0.0.0.0:9000\"\ncertificate = \"/c\"\nkey = \"/k\"", "admin.tls.listen", "admin-without-token", 2, 10),
    (
        "[admin]\ntoken = \"env:T\"\n[admin.tls]\nlisten = \"0.0.0.0:8096\"\ncertificate = \"/c\"\nkey = \"/k\"",
        "admin.tls.listen",
        "same-address",
        4,
        10,
    ),
    ("[admin]\ntoken = \"geheim\"", "admin.token", "literal-secret", 2, 9),
    ("[admin]\ntoken = 12345", "admin.token", "literal-secret", 2, 9),
    ("[servise]\nlisten = \"127.0.0.1:1\"", "servise", "unknown-key", 1, 2),
    ("[service]\nlisten_on = 1", "service.listen_on", "unknown-key", 2, 1),
    ("[flags]\nreject_workmode = 3", "flags.reject_workmode", "unknown-key", 2, 1),
    ("service = 1", "service", "wrong-type", 1, 11),
    ("[switch]\nkind = \"pbx\"", "switch.kind", "unknown-choice", 2, 8),
    ("[switch]\nserver = \"cic\"", "switch.server", "without-effect", 2, 10),
    ("[[switch.embedded.users]]\nextension = \"1\"", "switch.embedded.users[0].name", "missing-key", 1, 1),
    ("[[switch.embedded.users]]\nname = \"A\"\nextension = 1", "switch.embedded.users[0].extension", "wrong-type", 3, 13),
    (
        "[[switch.embedded.users]]\nname = \"A\"\n[[switch.embedded.users]]\nname = \"A\"",
        "switch.embedded.users[1].name",
        "duplicate",
        4,
        8,
    ),
    (
        "[[switch.embedded.users]]\nname = \"A\"\n[[switch.embedded.users]]\nname = \"a\"",
        "switch.embedded.users[1].name",
        "names-differ-by-case",
        4,
        8,
    ),
    ("[[switch.embedded.users]]\nname = \"A\"\nstatus = \"Away\"", "switch.embedded.users[0].status", "unknown-name", 3, 10),
    ("[[switch.embedded.users]]\nname = \"A\"\nextension = \"7001\"", "switch.embedded.workgroups[0].extension", "duplicate", 1, 10),
    (
        "[[switch.embedded.workgroups]]\nname = \"W\"\nmembers = [\"ANNA\", \"DORA\"]",
        "switch.embedded.workgroups[0].members[1]",
        "unknown-name",
        3,
        20,
    ),
    (
        "[[switch.embedded.texts]]\nstatus = \"Nap\"\nlanguage = \"DE\"\ntext = \"Pause\"",
        "switch.embedded.texts[0].status",
        "unknown-name",
        2,
        10,
    ),
    (
        "[[switch.embedded.texts]]\nstatus = \"Lunch\"\nlanguage = \"DE\"\ntext = \"Pause\"\n\
         [[switch.embedded.texts]]\nstatus = \"Lunch\"\nlanguage = \"de\"\ntext = \"Mahlzeit\"",
        "switch.embedded.texts[1]",
        "duplicate",
        5,
        1,
    ),
    ("[switch.embedded]\noffering = \"2h\"", "switch.embedded.offering", "out-of-range", 2, 12),
    ("[agents]\nlost_workmode = 2", "agents.lost_workmode", "unusable-workmode", 2, 17),
    ("[agents]\nlost_workmode = 9", "agents.lost_workmode", "unknown-workmode", 2, 17),
    ("[agents]\nlog_in = \"super_user\"", "agents.log_in", "without-effect", 2, 10),
    ("[agents.stored_password]\nsecrets = \"file:/agents/{user}\"", "agents.stored_password", "without-effect", 1, 9),
    ("[agents.stored_password]\nsecrets = \"hunter2\"", "agents.stored_password.secrets", "literal-secret", 2, 11),
    ("[agents.sso_token]\nkeep = \"1m\"", "agents.sso_token", "without-effect", 1, 9),
    ("[agents.rights]\nlisten = [\"DORA\"]", "agents.rights.listen[0]", "unknown-name", 2, 11),
    ("[agents.rights]\nmonitor = [\"*\", \"DORA\"]", "agents.rights.monitor[1]", "unknown-name", 2, 17),
    ("[reject]\nsteps = []", "reject.steps", "nothing-left", 2, 9),
    ("[reject]\nsteps = [\"transfer\"]", "reject.steps[0]", "unusable-step", 2, 10),
    ("[reject.handler]\nobject_id = \"o\"\nevent_id = \"e\"", "reject.handler", "without-effect", 1, 9),
    ("[workmodes]\nnot_ready = \"Available\"", "workmodes.not_ready", "duplicate", 2, 13),
    ("[workmodes]\nready = \"Avialable\"", "workmodes.ready", "unknown-name", 2, 9),
    ("[[workmodes.mapped]]\nid = 3\nstatus = \"Lunch\"", "workmodes.mapped[0].id", "out-of-range", 2, 6),
    (
        "[[workmodes.mapped]]\nid = 4\nstatus = \"Lunch\"\n[[workmodes.mapped]]\nid = 4\nstatus = \"Follow Up\"",
        "workmodes.mapped[1].id",
        "duplicate",
        5,
        6,
    ),
    ("[[workmodes.mapped]]\nid = 4\nstatus = \"Nap\"", "workmodes.mapped[0].status", "unknown-name", 3, 10),
    ("[[workmodes.mapped]]\nid = 4\nstatus = \"Available\"", "workmodes.mapped[0].status", "status-twice", 3, 10),
    ("[ici]\nlogin_status = 3", "ici.login_status", "without-effect", 2, 16),
    ("[flags]\nsupport_workcenter_lists = true", "flags.support_workcenter_lists", "without-effect", 2, 28),
    (
        "[flags]\nsupport_free_seating = true\nsupport_workcenter_filters = true",
        "flags.support_workcenter_filters",
        "without-effect",
        3,
        30,
    ),
    ("[ici]\nreject_workmode = 77", "ici.reject_workmode", "unknown-workmode", 2, 19),
    ("[ici]\nreject_workmode = 1", "ici.reject_workmode", "unusable-workmode", 2, 19),
    ("[ici]\nreject_workmode = 2", "ici.reject_workmode", "reject-comes-back", 2, 19),
    ("[attributes]\nremote = [\"A\", \"A\"]", "attributes.remote[1]", "duplicate", 2, 16),
    ("[attributes]\ndialed = []", "attributes.dialed", "nothing-left", 2, 10),
    ("[channels.phone]\nenabled = false", "channels", "nothing-left", 1, 2),
    ("[limits]\nbody = \"4 MiB\"", "limits.body", "wrong-type", 2, 8),
    ("[limits]\ninteractions = 7", "limits.interactions", "out-of-range", 2, 16),
    ("[limits]\nswitch_deadline = \"5s\"", "limits.switch_deadline", "out-of-range", 2, 19),
    ("[limits]\nbody = 8192", "limits.attached_data", "out-of-range", 1, 2),
    ("[delivery]\npause = \"20s\"", "delivery.pause", "out-of-range", 2, 9),
    ("[delivery]\nattempt = \"1m\"", "delivery.unreachable_after", "out-of-range", 1, 2),
    ("[delivery]\nattempt = \"soon\"", "delivery.attempt", "bad-format", 2, 11),
    ("[delivery]\ncertificate = \"/c\"", "delivery.key", "missing-key", 1, 2),
    ("[delivery]\nhttps_port = 44300", "delivery.https_port", "without-effect", 2, 14),
    (
        "[delivery]\nrewrite = [{ host = \"10.1.2.3\", to = \"a\" }, { host = \"10.1.2.3\", to = \"b\" }]",
        "delivery.rewrite[1].host",
        "duplicate",
        2,
        54,
    ),
    ("[sld]\nuser_id = \"sld\"", "sld.password", "missing-key", 1, 2),
    ("[sld]\nserver = \"sld\"\nuser_id = \"u\"\npassword = \"env:P\"", "sld.tls", "sld-clear-text", 1, 2),
    ("[sld]\nproxy = \"https://proxy\"", "sld.proxy", "sld-proxy", 2, 9),
    ("[sld]\ninterval = \"14m\"", "sld.interval", "out-of-range", 2, 12),
    ("[[sld.destinations]]\nserver = \"a\"\npassword = \"env:P\"\ntls = true", "sld.destinations[0].user_id", "missing-key", 1, 1),
    ("[sld]\nserver = \"a\"\n[[sld.destinations]]\nserver = \"a\"", "sld.destinations[0].server", "duplicate", 4, 10),
    ("[sld.attributes]\nComputer = 7", "sld.attributes.Computer", "wrong-type", 2, 12),
    ("[log.topics]\nici = 100", "log.topics.ici", "out-of-range", 2, 7),
    ("[log.topics]\nicy = 10", "log.topics.icy", "unknown-key", 2, 1),
    ("[log]\nkeep_days = 1.5", "log.keep_days", "wrong-type", 2, 13),
    // What is not built yet.
    ("[channels.chat]\nenabled = true", "channels.chat.address_extension", "bad-format", 1, 11),
    ("[channels.action_item]\nenabled = true", "channels.action_item.workgroup", "missing-key", 1, 11),
    (
        "[[channels.action_item.routes]]\nattribute = \"to\"\nvalue = \"a@b\"\nworkgroup = \"Support\"\n\
         [[channels.action_item.routes]]\nattribute = \"TO\"\nvalue = \" A@b\"\nworkgroup = \"Sales\"",
        "channels.action_item.routes[1]",
        "never-reached",
        5,
        1,
    ),
    ("[log]\ntotal_size = 1", "log.total_size", "out-of-range", 2, 14),
    ("[log_to_text]\nenabled = true", "log_to_text.source_folder", "missing-key", 1, 2),
    ("[genesys_cloud]\nenabled = true\nclient_id = \"i\"\nclient_secret = \"env:S\"", "genesys_cloud.organization", "missing-key", 1, 2),
    ("[genesys_cloud]\nbrowser_clients = [\"https://x/\", \"http://x/\"]", "genesys_cloud.browser_clients[1]", "bad-format", 2, 34),
    ("[genesys_cloud]\ndial_groups = [\"Edges\"]", "genesys_cloud.dial_groups[0]", "unknown-name", 2, 16),
    (
        "[[genesys_cloud.custom_attributes]]\nattribute = \"a\"\nfield = \"b\"",
        "genesys_cloud.custom_attributes[0].field",
        "bad-format",
        3,
        9,
    ),
    (
        "[genesys_cloud]\ncustom_attributes = [{ attribute = \"a\", field = \"title\" }, { attribute = \"b\", field = \"title\" }]",
        "genesys_cloud.custom_attributes[1].field",
        "duplicate",
        2,
        87,
    ),
    (
        "[store]\npath = \"/s\"\n[genesys_cloud.conduit]\nenabled = true\norganization_id = \"2f5b1a30-1c2d-4e5f-8a9b-0c1d2e3f4a5b\"\n\
         sink = \"injection\"",
        "genesys_cloud.conduit.sink",
        "needs-bridge",
        6,
        8,
    ),
    (
        "[store]\npath = \"/s\"\n[genesys_cloud.conduit]\nenabled = true\norganization_id = \"2f5b1a30-1c2d-4e5f-8a9b-0c1d2e3f4a5b\"\nstream = \"s\"\n\
         region = \"r\"\nweb_identity_token = \"/token\"",
        "genesys_cloud.conduit.role",
        "missing-key",
        3,
        16,
    ),
    ("[genesys_cloud]\nregion = \"mars-1\"", "genesys_cloud.region", "bad-format", 2, 10),
    ("[genesys_cloud]\nhost = \"https://mypurecloud.de\"", "genesys_cloud.host", "bad-format", 2, 8),
    ("[genesys_cloud]\nsite = \"a b\"", "genesys_cloud.site", "bad-format", 2, 8),
    ("[genesys_cloud.stars]\nthree = 21", "genesys_cloud.stars.three", "out-of-range", 2, 9),
    ("[genesys_cloud]\ninterval = \"1s\"", "genesys_cloud.interval", "out-of-range", 2, 12),
    ("[genesys_cloud]\nuser_grace = \"9000h\"", "genesys_cloud.user_grace", "out-of-range", 2, 14),
    ("[genesys_cloud.conduit]\nflush_after = \"1ms\"", "genesys_cloud.conduit.flush_after", "out-of-range", 2, 15),
    ("[genesys_cloud.conduit]\naccess_key = \"a\"", "genesys_cloud.conduit.secret_key", "missing-key", 1, 16),
    ("[genesys_cloud.events]\nlook_every = \"1ms\"", "genesys_cloud.events.look_every", "out-of-range", 2, 14),
    ("[genesys_cloud.events.snmp]\nenterprise = \"enterprises.1\"", "genesys_cloud.events.snmp.enterprise", "bad-format", 2, 14),
    (
        "[genesys_cloud.events.snmp]\nreceivers = [\"nms\"]\ncommunity = \"env:C\"",
        "genesys_cloud.events.snmp.receivers[0]",
        "bad-format",
        2,
        14,
    ),
    ("[genesys_cloud.events.snmp]\nreceivers = [\"nms:162\"]", "genesys_cloud.events.snmp.community", "missing-key", 1, 23),
    ("[genesys_cloud.sso]\nurl = \"http://sso.example.com\"", "genesys_cloud.sso.url", "unencrypted", 2, 7),
    ("[genesys_cloud.sso]\nconsumer = \"https://x/saml?a=b\"", "genesys_cloud.sso.consumer", "unencrypted", 2, 12),
    ("[genesys_cloud.sso]\nlife = \"1h\"", "genesys_cloud.sso.life", "out-of-range", 2, 8),
    (
        "[genesys_cloud]\norganization = \"o\"\n[genesys_cloud.sso]\nenabled = true\nurl = \"https://x\"\ncertificate = \"/c\"\nkey = \"/k\"",
        "genesys_cloud.sso.enabled",
        "no-passwords",
        4,
        11,
    ),
];

#[test]
fn each_wrong_setting_is_found_where_it_stands() {
    assert_eq!(WRONG.len(), 118);
    let mut surprises = Vec::new();
    for &(text, path, id, line, column) in WRONG {
        let found = findings(text);
        let as_expected = |finding: &Finding| {
            let place = finding.place.map_or((0, 0), |place| (place.line, place.column));
            (finding.path.to_string().as_str(), finding.id, place) == (path, id, (line, column)) && !finding.repair.is_empty()
        };
        if !matches!(&found[..], [finding] if as_expected(finding)) {
            let found: Vec<_> = found.iter().map(ToString::to_string).collect();
            surprises.push(format!("{text}\n  => {}", found.join("\n  => ")));
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

#[test]
fn all_findings_come_at_once_in_the_files_order() {
    let found = findings(concat!(
        "[service]\nlisten = 1\npaht = \"/x\"\n[limits]\nmailbox = 0\n[genesys_cloud.conduit]\nflush_after = \"1ms\"\nstream = \"s\"\nregion = \"r\"\n",
        "access_key = \"i\"\nsecret_key = \"env:S\"\n[ici]\nlogin_status = 8\n",
    ));
    let ids: Vec<_> = found.iter().map(|finding| (finding.place.unwrap().line, finding.id)).collect();
    let expected = [(2, "wrong-type"), (3, "unknown-key"), (5, "out-of-range"), (7, "out-of-range"), (13, "unknown-workmode")];
    assert_eq!(ids, expected);
}

#[test]
fn an_unknown_key_names_the_nearest_right_one() {
    for (text, nearest) in [
        ("[service]\npaht = 1", "`service.path`"),
        ("[workmodes]\nnot-ready = 1", "`workmodes.not_ready`"),
        ("[flags]\nreject_workmode = 3", "`ici.reject_workmode`"),
        ("[[workmodes.mapped]]\nid = 4\nstatus = \"Lunch\"\nuser_selectible = true", "`workmodes.mapped[0].user_selectable`"),
    ] {
        assert!(only(text).repair.contains(nearest), "{}", only(text));
    }
}

#[test]
fn a_literal_password_is_never_repeated() {
    for text in
        ["[switch]\npassword = \"hunter2\"", "[switch]\npassword = [\"hunter2\"]", "[sld]\nuser_id = \"u\"\npassword = \"env:hunter2!\""]
    {
        let finding = only(text);
        assert_eq!(finding.id, "literal-secret");
        assert!(!format!("{finding} {finding:?}").contains("hunter2"), "{finding}");
    }
}

#[test]
fn a_cic_server_needs_name_user_and_password_and_brings_no_built_in_rows() {
    let found = findings("[switch]\nkind = \"icws\"");
    let missing: Vec<_> = found.iter().filter(|finding| finding.id == "missing-key").map(|finding| finding.path.to_string()).collect();
    assert_eq!(missing, ["switch.password", "switch.server", "switch.user_id"]);
    assert!(found.iter().all(|finding| finding.id != "unknown-name"), "{found:?}");
}

/// (sections of a file with a CIC server, path, id); each is the only finding.
const WRONG_WITH_CIC: &[(&str, &str, &str)] = &[
    ("[agents]\nlog_in = \"embedded\"", "agents.log_in", "unusable-log-in"),
    ("[agents]\nlog_in = \"super_user\"", "agents.log_in", "reduced-function"),
    ("[agents]\nlog_in = \"sso_token\"", "agents.sso_token.url", "missing-key"),
    (
        "[agents]\nlog_in = \"sso_token\"\nsso_token = { command = [\"x\"], url = \"https://x/{user}\" }",
        "agents.sso_token.url",
        "duplicate",
    ),
    ("[agents]\nlog_in = \"sso_token\"\nsso_token = { command = [\" \"] }", "agents.sso_token.command[0]", "out-of-range"),
    (
        "[agents]\nlog_in = \"sso_token\"\nsso_token = { command = [\"x\"], authorization = \"env:T\" }",
        "agents.sso_token.authorization",
        "without-effect",
    ),
    ("[agents]\nlog_in = \"sso_token\"\nsso_token = { command = [\"x\"], deadline = \"5s\" }", "agents.sso_token.deadline", "out-of-range"),
    ("[agents]\nlog_in = \"sso_token\"\nsso_token = { url = \"https://x/\" }", "agents.sso_token.url", "bad-format"),
    ("[agents.stored_password]\nsecrets = \"env:{user}\"", "agents.stored_password.secrets", "literal-secret"),
    ("[agents.sso_token]\ncommand = [\"x\"]", "agents.sso_token", "without-effect"),
    ("[reject]\nsteps = [\"requeue\"]", "reject.steps[0]", "unusable-step"),
    (
        "[genesys_cloud.sso]\nenabled = true\nurl = \"https://x\"\ncertificate = \"/c\"\nkey = \"/k\"",
        "genesys_cloud.organization",
        "missing-key",
    ),
    (
        "[genesys_cloud]\norganization = \"o\"\n[genesys_cloud.sso]\nenabled = true\nurl = \"https://x\"\ncertificate = \"/c\"",
        "genesys_cloud.sso.key",
        "missing-key",
    ),
    (
        "[service]\npath = \"/SSO/x\"\n[genesys_cloud]\norganization = \"o\"\n[genesys_cloud.sso]\nenabled = true\nurl = \"https://x\"\n\
         certificate = \"/c\"\nkey = \"/k\"",
        "service.path",
        "same-address",
    ),
    (
        "[service]\nlisten = \"10.0.0.5:8095\"\naccess.networks = [\"10.0.0.0/8\"]\n[genesys_cloud]\norganization = \"o\"\n\
         [genesys_cloud.sso]\nenabled = true\nurl = \"https://x\"\ncertificate = \"/c\"\nkey = \"/k\"",
        "genesys_cloud.sso.enabled",
        "unencrypted",
    ),
    (
        "[service.tls]\ncertificate = \"/c\"\nkey = \"/k\"\nclient_certificates = \"required\"\nclient_authority = \"/a\"\n[genesys_cloud]\n\
         organization = \"o\"\n[genesys_cloud.sso]\nenabled = true\nurl = \"https://x\"\ncertificate = \"/c\"\nkey = \"/k\"",
        "service.tls.client_certificates",
        "browsers-need-certificates",
    ),
    ("[reject]\nsteps = [\"transfer\"]\nhandler = { object_id = \"o\", event_id = \"e\" }", "reject.handler", "without-effect"),
    ("[reject.handler]\nobject_id = \"o\"\nevent_id = \"e\"\nwait = \"5m\"", "reject.handler.wait", "out-of-range"),
];

fn with_cic(switch: &str, rest: &str) -> String {
    format!("[switch]\nkind = \"icws\"\nserver = \"cic\"\nuser_id = \"SAPSU\"\npassword = \"file:/p\"\n{switch}\n{rest}")
}

#[test]
fn what_does_not_fit_a_cic_server_is_found() {
    let switch = [
        ("tls = true\nproxy = \"https://p/{host}\"", "switch.tls", "without-effect"),
        ("port = 1\nproxy = \"https://p/{host}\"", "switch.port", "without-effect"),
        ("authority = \"/a.pem\"\nproxy = \"http://p/{host}\"", "switch.authority", "without-effect"),
        ("authority = \"/a.pem\"\ntls = false", "switch.authority", "without-effect"),
        ("proxy = \"https://p/\"", "switch.proxy", "bad-format"),
        ("log_ons_per_second = 0", "switch.log_ons_per_second", "out-of-range"),
    ];
    let rest = WRONG_WITH_CIC.iter().map(|(text, path, id)| (with_cic("", text), *path, *id));
    for (text, path, id) in rest.chain(switch.into_iter().map(|(text, path, id)| (with_cic(text, ""), path, id))) {
        let found = findings(&text);
        let seen: Vec<_> = found.iter().map(|finding| (finding.path.to_string(), finding.id)).collect();
        assert_eq!(seen, [(path.to_owned(), id)], "{text}");
        assert!(!found[0].repair.is_empty(), "{text}");
    }
}

#[test]
fn a_cic_server_brings_its_own_defaults() {
    let config = |rest: &str| check_text(&with_cic("", rest)).unwrap().config;
    let plain = config("");
    assert_eq!(plain.agents.log_in, crate::config::LogIn::StoredPassword);
    assert_eq!((plain.switch.tls, plain.switch.port()), (true, 8019));
    assert_eq!(plain.reject.steps, [crate::config::RejectStep::Transfer]);
    let handled = config("[reject.handler]\nobject_id = \"o\"\nevent_id = \"e\"");
    assert_eq!(handled.reject.steps, [crate::config::RejectStep::Handler, crate::config::RejectStep::Transfer]);
}

#[test]
fn own_users_come_into_the_built_in_workgroups() {
    let config = check_text("[[switch.embedded.users]]\nname = \"DORA\"\nextension = \"1\"").unwrap().config;
    assert_eq!(config.switch.embedded.workgroups[1].members, ["DORA"]);
    assert_eq!(config.agents.rights.listen, [""; 0]);
}

#[test]
fn a_file_full_of_nonsense_is_answered_with_a_bounded_list_in_bounded_time() {
    use std::fmt::Write as _;
    let mut text = String::new();
    for row in 0..20_000 {
        let _ = writeln!(text, "nonsense_{row} = {row}\n[[switch.embedded.users]]\nname = \"TWIN\"");
    }
    assert_eq!(findings(&text).len(), MOST_FINDINGS);
}
