use super::*;
use crate::language::SOURCES;
use shared::check_text;
use std::collections::BTreeSet;

/// A file for each sentence of the check.
const WRONG: &[&str] = &[
    "schema = 2",
    "schema = = 1",
    "service = 1",
    "[servise]",
    "[service]\nlissten = 1\nnothing_like_it_anywhere = 1",
    "[service]\nlisten = \"localhost:1\"",
    "[service]\npath = \"sap\"",
    "[service]\npath = \"\"",
    "[service]\npublic_url = \"x\"",
    "[service]\nevent_hosts = [\"http://sap\"]",
    "[service]\nlisten = \"127.0.0.1:8096\"",
    "[service]\nlisten = \"0.0.0.0:8095\"",
    "[service]\nlisten = \"10.0.0.5:8095\"\n[[service.access.users]]\nname = \"sap\"\npassword = \"env:SAP\"",
    "[service.tls]\ncertificate = \"/c\"\nkey = \"/k\"\nclient_certificates = \"required\"",
    "[service.tls]\ncertificate = \"/c\"\nkey = \"/k\"\nclient_authority = \"/a\"",
    "[service]\nlisten = \"10.0.0.5:8095\"\naccess.networks = [\"10.0.0.0/8\"]\n[service.tls]\ncertificate = \"/c\"\nkey = \"/k\"\n\
     listen = \"10.0.0.5:8443\"\nclient_certificates = \"optional\"\nclient_authority = \"/a\"",
    "[service.access]\nnetworks = [\"x\", \"10.0.0.0/40\"]",
    "[admin]\nlisten = \"0.0.0.0:9000\"",
    "[admin.tls]\nlisten = \"0.0.0.0:9000\"\ncertificate = \"/c\"\nkey = \"/k\"",
    "[admin]\ntoken = \"geheim\"",
    "[switch]\nkind = \"pbx\"",
    "[switch]\nkind = \"icws\"\nserver = \"a\"\nbackup = \"a\"\npassword = \"env:X\"",
    "[switch]\nserver = \"cic\"",
    "[switch.embedded]\nstatuses = []",
    "[switch.embedded]\nstations = [\"1\", \"1\"]\noffering = \"0s\"",
    "[switch.embedded]\nusers = []\n[[switch.embedded.workgroups]]\nname = \"G\"\nextension = \"1\"\nmembers = [\"NOBODY\"]",
    "[[switch.embedded.users]]\nextension = \"1\"",
    "[[switch.embedded.users]]\nname = \"A\"\nstatus = \"x\"\n[[switch.embedded.users]]\nname = \"a\"",
    "[[switch.embedded.users]]\nname = \"A\"\n[[switch.embedded.users]]\nname = \"A\"",
    "[workmodes]\nready = \"Available\"\nnot_ready = \"Available\"",
    "[workmodes]\nready = \"Lunch\"\n",
    "[[workmodes.mapped]]\nid = 4\nstatus = \"Available\"\n[[workmodes.mapped]]\nid = 4\nstatus = \"Lunch\"",
    "[ici]\nlogin_status = 77",
    "[ici]\nlogin_status = 1",
    "[ici]\nlogin_status = 2",
    "[ici]\nreject_workmode = 2",
    "[agents]\nlost_workmode = 2",
    "[attributes]\nremote = []\ndialed = [\"A\", \"A\"]",
    "[reject]\nsteps = []",
    "[reject]\nsteps = [\"requeue\", \"requeue\"]",
    "[reject]\nsteps = [\"handler\"]",
    "[reject]\nsteps = [\"transfer\"]",
    "[reject.handler]\nobject_id = \"o\"\nevent_id = \"e\"",
    "[agents]\nlog_in = \"super_user\"",
    "[agents.sso_token]\nkeep = \"1m\"",
    "[agents.stored_password]\nsecrets = \"geheim\"",
    "[switch]\nkind = \"icws\"\n[agents]\nlog_in = \"embedded\"\n[reject]\nsteps = [\"requeue\"]",
    "[switch]\nkind = \"icws\"\nproxy = \"https://x\"\n[agents]\nlog_in = \"super_user\"",
    "[switch]\nkind = \"icws\"\nproxy = \"https://x/{host}\"\ntls = true\n[agents]\nlog_in = \"sso_token\"",
    "[switch]\nkind = \"icws\"\nauthority = \"/a.pem\"\ntls = false\n[agents]\nlog_in = \"sso_token\"\nsso_token = { url = \"x\" }",
    "[switch]\nkind = \"icws\"\n[agents]\nlog_in = \"sso_token\"\nsso_token = { url = \"https://x/{user}\", command = [\" \"] }",
    "[switch]\nkind = \"icws\"\n[agents]\nlog_in = \"sso_token\"\nsso_token = { authorization = \"env:X\", command = [\"x\"] }",
    "[genesys_cloud.conduit]\nenabled = true\nendpoint = \"http://kinesis\"",
    "[genesys_cloud.conduit]\norganization_id = \"mine\"",
    "[channels.phone]\nenabled = false",
    "[channels.chat]\nenabled = true\naddress_extension = \"a b\"",
    "[channels.action_item]\nenabled = true",
    "[[channels.action_item.routes]]\nattribute = \"to\"\nvalue = \"a@b\"\nworkgroup = \"Support\"\n\
     [[channels.action_item.routes]]\nattribute = \"TO\"\nvalue = \"A@b\"\nworkgroup = \"Sales\"",
    "[limits]\nmailbox = 0",
    "[limits]\nmailbox = 1.5\nbody_time = 5",
    "[limits]\nbody_time = \"soon\"",
    "[limits]\nbody = 65536\nattached_data = 65536",
    "[ici]\nremoting_port = 9000",
    "[remoting]\naddress = \"here\"",
    "[flags]\nsecure_remoting = true",
    "[connector]\nserver = \"x\"\n[flags]\nsecure_remoting = true",
    "[delivery]\ncertificate = \"/c\"",
    "[delivery]\nhttps_port = 44300",
    "[delivery]\npause = \"30s\"\npause_max = \"1s\"",
    "[delivery]\nattempt = \"60s\"\nunreachable_after = \"5s\"",
    "[sld]\nuser_id = \"x\"",
    "[sld]\nuri = \"sld\"",
    "[genesys_cloud]\nenabled = true",
    "[genesys_cloud]\nregion = \"mars-1\"\nsite = \"a b\"",
    "[genesys_cloud]\nhost = \"https://x\"",
    "[genesys_cloud.stars]\nthree = 21",
    "[genesys_cloud]\ndial_groups = [\"Edges\"]\nbrowser_clients = [\"x\"]\ncustom_attributes = [{ attribute = \"a\", field = \"b\" }, { attribute = \"c\", field = \"b\" }]",
    "[genesys_cloud.conduit]\nenabled = true\nsink = \"injection\"",
    "[genesys_cloud.conduit]\nenabled = true\naccess_key = \"a\"",
    "[genesys_cloud.events.snmp]\nreceivers = [\"nms\", \"nms:162\", \"nms:162\"]\nenterprise = \"1.3.x\"",
    "[genesys_cloud.sso]\nenabled = true\nconsumer = \"http://x/saml\"",
    "[service]\nlisten = \"10.0.0.5:8095\"\naccess.networks = [\"10.0.0.0/8\"]\npath = \"/sso/x\"\n[switch]\nkind = \"icws\"\n[genesys_cloud.sso]\nenabled = true",
    "[service.tls]\ncertificate = \"/c\"\nkey = \"/k\"\nclient_certificates = \"required\"\nclient_authority = \"/a\"\n[genesys_cloud.sso]\nenabled = true",
    "[log]\nkeep_days = \"7\"\ntopics = 1",
    "[log]\ntotal_size = 1",
    "[log_to_text]\nenabled = true",
    "[flags]\nsecure_remoting = 1",
    "[flags]\nsupport_workcenter_filters = true",
];

/// Said by other parts than the check, which have tests of their own, or by what no file can hold here.
const ELSEWHERE: [&str; 15] = [
    "finding-locked-setting-command",
    "finding-locked-setting-file",
    "finding-locked-setting-secret",
    "finding-layout",
    "finding-unreadable",
    "finding-unknown-name-none",
    "finding-out-of-range-long",
    "finding-out-of-range-least",
    "finding-literal-secret",
    "finding-unusable-workmode-lost",
    "finding-reject-comes-back",
    "finding-status-twice",
    "finding-not-ready-for-calls",
    "finding-bad-format-domain",
    "finding-duplicate-servers",
];

fn findings(text: &str) -> Vec<Finding> {
    check_text(text).map_or_else(|findings| findings, |checked| checked.warnings)
}

#[test]
fn every_finding_is_said_whole_in_german_with_what_it_names() {
    let mut said = BTreeSet::new();
    for text in WRONG {
        let findings = findings(text);
        assert!(!findings.is_empty(), "{text}");
        for finding in findings {
            let german = translated(Language::German, &finding);
            for (german, english) in [(&german.text, &finding.text), (&german.repair, &finding.repair)] {
                assert_ne!(german, &sentence(english), "{text}: {finding:?} is said in English");
                assert!(!german.contains("{$") && !german.contains("finding-"), "{text}: {german}");
            }
            let exact = format!("finding-{}-{}", finding.id, finding.case);
            said.insert(if Language::German.find(&exact, None).is_some() { exact } else { format!("finding-{}", finding.id) });
        }
    }
    let [_, german] = SOURCES;
    let keys = german.lines().filter_map(|line| line.split_once(" =")).map(|(key, _)| key).filter(|key| key.starts_with("finding-"));
    let unsaid: Vec<_> = keys.filter(|key| !said.contains(*key) && !ELSEWHERE.contains(key) && !key.starts_with("finding-sld")).collect();
    assert!(unsaid.is_empty(), "no file of the list leads to {unsaid:?}");
}

#[test]
fn no_finding_repeats_a_secret_in_any_language() {
    for text in
        ["[admin]\ntoken = \"hunter2\"", "[sld]\npassword = \"hunter2\"\nuser_id = \"x\"", "[service]\npublic_url = \"http://u:hunter2@x\""]
    {
        for finding in findings(text) {
            let german = translated(Language::German, &finding);
            assert!(!format!("{german:?} {finding:?}").contains("hunter2"), "{finding:?}");
        }
    }
}

#[test]
fn a_finding_in_a_sentence_names_its_place_and_setting() {
    let finding = findings("[limits]\nmailbox = 0").remove(0);
    assert!(
        in_line(Language::German, &finding).starts_with("2:11: limits.mailbox: 0 liegt außerhalb"),
        "{}",
        in_line(Language::German, &finding)
    );
}
