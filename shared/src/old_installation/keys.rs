//! Which words of the old wizard mean which setting of ours. Names are compared without case, blanks and signs.

use super::{Sure, entries::Side};

/// Names that mean a setting.
pub(super) struct Key {
    pub(super) setting: &'static str,
    pub(super) names: &'static [&'static str],
    /// Only in this file; `None`: in both.
    pub(super) side: Option<Side>,
    pub(super) sure: Sure,
}

const fn key(setting: &'static str, names: &'static [&'static str]) -> Key {
    Key { setting, names, side: None, sure: Sure::Guessed }
}

const fn service(setting: &'static str, names: &'static [&'static str]) -> Key {
    Key { side: Some(Side::Service), ..key(setting, names) }
}

/// The key that the guide names ("Troubleshoot log files").
pub(super) const TRACE_FOLDER: &str = "tracefilepath";

/// All of them. Where two fit, the first counts.
pub(super) const KEYS: &[Key] = &[
    Key { setting: "log.folder", names: &[TRACE_FOLDER], side: Some(Side::Connector), sure: Sure::Known },
    // Guide, "Configure CIC server settings".
    service(
        "switch.server",
        &["icserver", "icservername", "cicserver", "cicservername", "servername", "server", "notifier", "notifierserver", "ichost"],
    ),
    service(
        "switch.backup",
        &["backupserver", "backupservername", "icbackupserver", "backupicserver", "secondaryserver", "switchoverserver"],
    ),
    service("switch.user_id", &["icuserid", "icuser", "icusername", "userid", "username", "user", "cicuser", "cicuserid"]),
    // Guide, "Configure ICI settings".
    key("ici.remoting_port", &["remotingport", "icremotingport", "serviceport"]),
    Key { side: Some(Side::Connector), ..key("ici.remoting_port", &["port", "portnumber"]) },
    service("ici.login_status", &["loginstatus", "loginworkmode", "defaultloginstatus"]),
    service("ici.reject_workmode", &["rejectworkmode", "rejectstatus"]),
    service("ici.log_interval", &["loginterval"]),
    // Guide, "Configure service flags".
    key("flags.secure_remoting", &["applysecureremoting", "secureremoting", "usesecureremoting"]),
    service("flags.support_free_seating", &["supportfreeseating", "freeseating"]),
    service("flags.support_workcenter_filters", &["supportworkcenterfilters", "supportworkcenterfilter", "workcenterfilters"]),
    service("flags.support_workcenter_lists", &["supportworkcenterlists", "supportworkcenterlist", "workcenterlists"]),
    service("flags.view_non_selectable_statuses", &["viewnonselectablestatuses", "viewnonselectable", "shownonselectablestatuses"]),
    service("flags.support_presence_queue_info", &["supportpresencequeueinfo", "presencequeueinfo", "supportpresencequeue"]),
    service("flags.reformat_make_call_number", &["reformatmakecallnumber", "reformatmakecall", "reformatnumber"]),
    service(
        "flags.ignore_initial_workmode",
        &["ignoresapsinitialloginworkmode", "ignoresapinitialloginworkmode", "ignoreinitialworkmode", "ignoreinitialloginworkmode"],
    ),
    service("flags.local_reject_to_voicemail", &["localrejecttovoicemail", "sendlocalrejecttovoicemail", "rejecttovoicemail"]),
    // Guide, "Configure workmodes".
    service("workmodes.logout", &["logoutworkmode", "workmodelogout", "logoutstatus"]),
    service("workmodes.ready", &["readyworkmode", "workmodeready", "readystatus"]),
    service("workmodes.not_ready", &["notreadyworkmode", "workmodenotready", "notreadystatus"]),
    // Guide, "Configure remote attributes", "Configure dialed attributes".
    service("attributes.remote", &["remoteattributes", "remoteattribute", "remoteattributelist"]),
    service("attributes.dialed", &["dialedattributes", "dialedattribute", "dialedattributelist"]),
    // Guide, "Configure channel selection".
    service("channels.chat.address_extension", &["addressextension", "chataddressextension", "emailextension"]),
    // Guide, "Perform the SLD registration".
    service("sld.server", &["sldserver", "sldservername", "sldhost"]),
    service("sld.port", &["sldport"]),
    service("sld.user_id", &["slduserid", "slduser", "sldusername"]),
    service("sld.uri", &["slduri", "sldurl", "sldpath"]),
    service("sld.template", &["sldtemplate", "sldtemplatefile"]),
    // Guide, "Generate a log file in ASCII text format".
    service("log_to_text.source", &["sourcefilename", "logtotextsource", "sourcefile"]),
    service("log_to_text.source_folder", &["sourcefolder", "sourcedirectory", "sourcepath", "logtotextsourcefolder"]),
    service("log_to_text.monitor_folder", &["monitorfolder", "monitordirectory", "monitorsourcefolder"]),
    service("log_to_text.destination", &["destinationfilename", "logtotextdestination", "destinationfile"]),
    service("log_to_text.destination_folder", &["destinationfolder", "destinationdirectory", "destinationpath"]),
];

/// Words that make a key the key of a secret.
const SECRETS: [&str; 6] = ["password", "passwd", "pwd", "secret", "passphrase", "credential"];

/// A name as it is compared.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Is this the name of a secret?
pub(super) fn is_secret(name: &str) -> bool {
    let name = plain(name);
    SECRETS.iter().any(|word| name.contains(word))
}

/// The keys that one of these names, the most telling first, may mean.
pub(super) fn meaning(names: &[String], side: Side) -> Option<&'static Key> {
    let fits = |name: &String| KEYS.iter().find(|key| key.side.is_none_or(|only| only == side) && key.names.contains(&name.as_str()));
    names.iter().find_map(fits)
}
