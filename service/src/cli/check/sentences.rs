//! Everything that `jackfield check` can say.

use crate::cli::report::sentences;

sentences! {
    WAITS_FOR_FILE = "check-waits-for-file", Skipped, "not looked at: the file has to be right first", "";
    NOT_TRIED = "check-not-tried", Skipped, "not tried, because an earlier stage failed", "";

    FILE_RIGHT = "check-file-right", Ok, "syntax and settings are right", "";
    FILE_BUILT_IN = "check-file-built-in", Ok,
        "is not there, so the built-in configuration counts: an embedded switch, on this machine only", "";
    FILE_ABSENT = "check-file-absent", Failed,
        "is not there", "Correct the path, or write a file to begin with by `jackfield reference config`";
    FILE_UNREADABLE = "check-file-unreadable", Failed, "cannot be read: {why}", "Correct the path, or let this account read the file";
    FILE_LATE = "check-file-late", Failed, "no answer in time", "See whether the file system answers";

    SECRET_NONE = "check-secret-none", Skipped, "the file refers to no secret", "";
    SECRET_THERE = "check-secret-there", Ok, "there", "";
    SECRET_OF_UNIT = "check-secret-of-unit", Warning,
        "systemd shows credentials to the service only, so it cannot be looked at from here",
        "See that the service's unit has a line LoadCredential= or LoadCredentialEncrypted= for it";
    SECRET_ABSENT_KEYRING = "check-secret-absent-keyring", Failed, "the key store has none of that name", "Store the secret there";
    SECRET_ABSENT_CREDENTIAL = "check-secret-absent-credential", Failed,
        "systemd gives no credential of that name", "Add a line LoadCredential= or LoadCredentialEncrypted= to the service's unit";
    SECRET_ABSENT_FILE = "check-secret-absent-file", Failed, "the file is not there", "Write the secret into that file, with mode 600";
    SECRET_ABSENT_VARIABLE = "check-secret-absent-variable", Failed,
        "the variable is not set here", "Set it where the service is started, and look again from there";
    SECRET_UNREADABLE = "check-secret-unreadable", Failed,
        "cannot be read: {why}", "Look for the secret there as the account of the service";
    SECRET_TOO_OPEN = "check-secret-too-open", Failed, "others can read the file (mode {mode})", "Run `chmod 600 {file}`";
    SECRET_OTHER_OWNER = "check-secret-other-owner", Failed,
        "the file belongs to user {owner}, and this account is user {us}", "Run `chown {us} {file}`, or check as the account of the service";
    SECRET_UNUSABLE = "check-secret-unusable", Failed,
        "what is there is no secret: it is empty, longer than 64 KiB, no text in UTF-8, or no regular file", "Store the secret again";
    SECRET_NO_KEY_STORE = "check-secret-no-key-store", Failed,
        "a service cannot read a person's key store, so this program has none", "Keep the secret where credential:, file: or env: says";
    SECRET_KEY_STORE = "check-secret-key-store", Failed,
        "the key store cannot be used: {why}", "See whether it is locked, or keep the secret where credential:, file: or env: says";
    SECRET_NOT_A_HASH = "check-secret-not-a-hash", Failed,
        "what is there is no hash of a password", "Make one with `jackfield access hash`; the password itself must not be kept";
    SECRET_LATE = "check-secret-late", Failed, "no answer in time", "See whether the key store is locked, or the file system hangs";

    CERTIFICATE_NONE = "check-certificate-none", Ok, "none: nothing here is encrypted", "";
    CERTIFICATE_RIGHT = "check-certificate-right", Ok, "for {names}, valid until {day}", "";
    CERTIFICATE_ENDS = "check-certificate-ends", Warning,
        "for {names}, valid only until {day}, {days} days more", "Get a new one and replace the file; the service takes it up at once";
    CERTIFICATE_EXPIRED = "check-certificate-expired", Failed,
        "for {names}, expired on {day}", "Get a new one and replace the file; the service takes it up at once";
    CERTIFICATE_NOT_YET = "check-certificate-not-yet", Failed,
        "for {names}, valid only from {day}", "See that this machine's clock is right, or take the certificate that counts now";
    CERTIFICATE_WRONG = "check-certificate-wrong", Failed,
        "cannot be used: {why}", "Put PEM files there that belong together; `jackfield tls import` makes them of a PKCS#12 file";
    CERTIFICATE_LATE = "check-certificate-late", Failed, "no answer in time", "See whether the file system answers";

    LISTEN_ANY = "check-listen-any", Ok, "any free port is taken", "";
    LISTEN_FREE = "check-listen-free", Ok, "free", "";
    LISTEN_OURS = "check-listen-ours", Ok, "in use by the Jackfield that runs here", "";
    LISTEN_FOREIGN = "check-listen-foreign", Failed,
        "in use by another program", "Stop the program that listens there, or write another port for {setting}";
    LISTEN_LOW_PORT = "check-listen-low-port", Failed,
        "this account may not listen at a port below 1024",
        "Write a port from 1024 on for {setting}, or give the service the capability CAP_NET_BIND_SERVICE";
    LISTEN_NO_ADDRESS = "check-listen-no-address", Failed,
        "this machine has no address {address}", "Write one that it has for {setting}, or 0.0.0.0 for all";
    LISTEN_FAILED = "check-listen-failed", Failed, "cannot be listened at: {why}", "Write another address for {setting}";

    SWITCH_EMBEDDED = "check-switch-embedded", Ok,
        "embedded, always there; users: {users}, workgroups: {workgroups}, statuses: {statuses}", "";

    PROFILE_BUILT_IN = "check-profile-built-in", Ok, "the profile that is built in", "";
    PROFILE_COMPLETE = "check-profile-complete", Ok, "complete", "";
    PROFILE_WRONG = "check-profile-wrong", Failed,
        "the profile cannot be used: {why}", "Correct the profile, or take ici.profile out for the built-in one";
    PROFILE_LATE = "check-profile-late", Failed, "no answer in time", "See whether the file system answers";

    HOSTS_NONE = "check-hosts-none", Ok, "empty: events go only to the address that SAP subscribes from", "";
    HOST_KNOWN = "check-host-known", Ok, "resolves to {addresses}", "";
    HOST_UNKNOWN = "check-host-unknown", Failed,
        "the name cannot be resolved: {why}", "Correct the name in service.event_hosts, or add it to this machine's name service";
    HOST_LATE = "check-host-late", Failed, "the name service did not answer in time", "See whether this machine's name server answers";
    HOST_LEADS_HERE = "check-host-leads-here", Warning,
        "resolves to this machine itself ({addresses}), and no events are sent there",
        "Add {addresses} to service.event_hosts if SAP runs on this machine, else correct the name service";
    HOST_ACCEPTS = "check-host-accepts", Ok, "accepts connections at {address}", "";
    HOST_SILENT = "check-host-silent", Failed,
        "cannot be connected to ({why})", "See whether SAP listens at port {port} and whether a firewall stands between";

    NAME_IS_ADDRESS = "check-name-is-address", Ok, "an address, so there is no name to resolve", "";
    NAME_KNOWN = "check-name-known", Ok, "resolves to {addresses}", "";
    NAME_UNKNOWN = "check-name-unknown", Failed,
        "the name cannot be resolved: {why}", "Correct {setting}, or add the name to this machine's name service";
    NAME_LATE = "check-name-late", Failed, "the name service did not answer in time", "See whether this machine's name server answers";

    TCP_OPEN = "check-tcp-open", Ok, "accepts connections", "";
    TCP_REFUSED = "check-tcp-refused", Failed,
        "the machine is there, but nothing listens at port {port}",
        "See whether the CIC server runs, and correct switch.port: usually it is 8019 with TLS and 8018 without";
    TCP_LATE = "check-tcp-late", Failed,
        "no answer in {seconds} s", "See whether the machine is on, and whether a firewall between it and this one lets port {port} through";
    TCP_FAILED = "check-tcp-failed", Failed, "cannot be reached: {why}", "See whether this machine's network leads there";

    TLS_RIGHT = "check-tls-right", Ok, "{version} with {cipher}, and a certificate that this machine trusts", "";
    TLS_OFF_HERE = "check-tls-off-here", Skipped, "not encrypted, and need not be: it stays on this machine", "";
    TLS_OFF = "check-tls-off", Warning,
        "not encrypted: passwords and customers' numbers can be read on the way",
        "Write tls = true under [switch], and the port that speaks TLS, usually 8019";
    TLS_OTHER_NAME = "check-tls-other-name", Failed,
        "the certificate is not for this name but for {names}",
        "Write one of these names for {setting}, or give the CIC server a certificate with this one";
    TLS_NO_NAME = "check-tls-no-name", Failed,
        "the certificate is not for this name",
        "Give the CIC server a certificate that carries the name of {setting} as subjectAltName";
    TLS_UNTRUSTED = "check-tls-untrusted", Failed,
        "the certificate comes from an authority that this machine does not trust",
        "Add the authority's certificate to those that this machine trusts, for example in /usr/local/share/ca-certificates, then \
         `update-ca-certificates`";
    TLS_EXPIRED = "check-tls-expired", Failed,
        "the certificate has expired", "Renew the certificate of the CIC server; see that this machine's clock is right";
    TLS_NOT_YET = "check-tls-not-yet", Failed,
        "the certificate is not valid yet", "See that this machine's clock and the one of the CIC server are right";
    TLS_CERTIFICATE = "check-tls-certificate", Failed,
        "the certificate cannot be used: {why}", "Give the CIC server a certificate for servers, with its name as subjectAltName";
    TLS_TOO_OLD = "check-tls-too-old", Failed,
        "it offers only what is no longer safe: it chose {version} with {cipher}",
        "Enable TLS 1.2 with ECDHE and AES-GCM on the CIC server, or on a proxy in front of it";
    TLS_DISAGREE = "check-tls-disagree", Failed,
        "it refused TLS 1.2 and 1.3 with ECDHE, AES-GCM and ChaCha20, and what is older as well: {why}",
        "Look at the TLS settings of the CIC server: TLS 1.2 with ECDHE and AES-GCM has to be enabled";
    TLS_PLAIN = "check-tls-plain", Failed,
        "this port does not speak TLS", "Write the port that does for switch.port, usually 8019; 8018 is the one without TLS";
    TLS_CLOSED = "check-tls-closed", Failed,
        "it closed the connection when encryption was to begin",
        "See whether this port speaks TLS, and whether a firewall lets it through";
    TLS_LATE = "check-tls-late", Failed,
        "it accepted the connection and then said nothing for {seconds} s",
        "See whether this port speaks TLS, and whether the CIC server is overloaded";
    TLS_CLIENT_CERTIFICATE = "check-tls-client-certificate", Failed,
        "it asks for a certificate of ours", "Switch off the demand for client certificates for this port on the CIC server";
    TLS_NO_ROOTS = "check-tls-no-roots", Failed,
        "this machine's trusted certificates cannot be used: {why}", "Install them: on Debian they are in the package ca-certificates";
    TLS_BAD_NAME = "check-tls-bad-name", Failed, "a certificate cannot be for this name", "Write the server's full name for {setting}";
    TLS_FAILED = "check-tls-failed", Failed, "encryption could not begin: {why}", "Look at the TLS settings of the CIC server";

    LOGGED_ON = "check-logged-on", Ok, "{user} is logged on; the server is CIC {release}", "";
    PASSWORD_EXPIRES = "check-password-expires", Warning,
        "{user} is logged on, but the password expires in {days} days",
        "Set a new password in Interaction Administrator, and set it here too; or have this user's passwords never expire";
    STANDBY = "check-standby", Ok, "the inactive one of the pair, as it should be: {others} is the active one", "";
    NOBODY_ACTIVE = "check-nobody-active", Failed,
        "it is the inactive one of a pair and names {others} as the active one, which this file does not name or which cannot be logged on to",
        "Name both servers of the pair, as switch.server and switch.backup";
    UNAVAILABLE = "check-unavailable", Failed,
        "the CIC server takes no log-ins now: {why}", "Wait until it has started, or look at its Session Manager";
    NO_PASSWORD = "check-no-password", Skipped,
        "not tried, because the password is not at hand here", "Look at the stage about secrets, or check as the account of the service";
    WRONG_PASSWORD = "check-wrong-password", Failed,
        "the CIC server does not know {user} with this password; which of both is wrong it does not tell: {why}",
        "Compare the user with Interaction Administrator, capital and small letters too, and set the password again";
    LOG_IN_FORBIDDEN = "check-log-in-forbidden", Failed,
        "{user} may not log on: {why}", "Give the user the licence and the right to log on in Interaction Administrator";
    LOG_IN_REFUSED = "check-log-in-refused", Failed,
        "the log-in was answered with status {status}: {why}", "Look for this message in the log of the CIC server's Session Manager";
    OTHER_SERVER = "check-other-server", Failed,
        "a web server answers here (status {status}), but it is no CIC server",
        "Correct {setting} and switch.port: the CIC server's web services are meant, usually at 8019 with TLS and 8018 without";
    NO_WEB_SERVER = "check-no-web-server", Failed,
        "what answers here does not speak HTTP: {why}",
        "Correct switch.port: usually it is 8019 with TLS and 8018 without; a port with TLS needs tls = true";
    LOG_IN_LATE = "check-log-in-late", Failed,
        "the log-in was not answered in {seconds} s", "See whether the CIC server is overloaded, and look at its Session Manager";

    SEES_STATUSES = "check-sees-statuses", Ok, "may see the statuses: {count}", "";
    SEES_USERS = "check-sees-users", Ok, "may see users: {count}", "";
    SEES_WORKGROUPS = "check-sees-workgroups", Ok, "may see workgroups: {count}", "";
    SEES_SESSIONS = "check-sees-sessions", Ok, "may watch who is logged on where", "";
    SEES_USER_QUEUES = "check-sees-user-queues", Ok, "may watch users' queues; tried with {name}", "";
    SEES_WORKGROUP_QUEUES = "check-sees-workgroup-queues", Ok, "may watch workgroups' queues; tried with {name}", "";
    NO_STATUSES = "check-no-statuses", Failed, "may not see the statuses: {why}", "Give {user} the right to see status messages";
    NO_USERS = "check-no-users", Failed, "sees no users: {why}", "Give {user} the right User Queues [All] › View, and the right to view users";
    NO_WORKGROUPS = "check-no-workgroups", Failed,
        "sees no workgroups: {why}", "Give {user} the right Workgroups [All] › View";
    NO_SESSIONS = "check-no-sessions", Failed,
        "may not watch who is logged on where: {why}", "Give {user} the right Proxy Logins › View in Interaction Administrator";
    NO_USER_QUEUES = "check-no-user-queues", Failed,
        "may not watch the queue of {name}: {why}", "Give {user} the right User Queues [All] › View in Interaction Administrator";
    NO_WORKGROUP_QUEUES = "check-no-workgroup-queues", Failed,
        "may not watch the queue of {name}: {why}", "Give {user} the right Workgroups [All] › View in Interaction Administrator";
    SEES_STATION_QUEUES = "check-sees-station-queues", Ok, "may watch stations' queues; tried with {name}", "";
    NO_STATION_QUEUES = "check-no-station-queues", Failed,
        "may not watch the queue of {name}: {why}", "Give {user} the right Station Queues [All] › View in Interaction Administrator";

    STATUSES_THERE = "check-statuses-there", Ok, "has statuses that the workmodes mean: {count}", "";
    STATUS_MISSING = "check-status-missing", Warning,
        "the CIC server has no status {status}", "Write one of {known}";
    STATUS_NOT_SELECTABLE = "check-status-not-selectable", Warning,
        "agents may not choose the status {status} on the CIC server",
        "Make it selectable in Interaction Administrator, or write `user_selectable = false` for this workmode";
    REJECT_NONE = "check-reject-none", Skipped, "an agent who rejects keeps his status", "";
    REJECT_RIGHT = "check-reject-right", Ok, "{status} is a do-not-disturb status, so that what was rejected does not come back", "";
    REJECT_COMES_BACK = "check-reject-comes-back", Failed,
        "{status} is no do-not-disturb status, so that what was rejected comes back to the same agent",
        "Choose a workmode whose status is a do-not-disturb one, or change the status in Interaction Administrator";

    WORKGROUPS_NONE = "check-workgroups-none", Skipped, "the file names no workgroup", "";
    WORKGROUP_THERE = "check-workgroup-there", Ok, "the CIC server has the workgroup {workgroup}", "";
    WORKGROUP_MISSING = "check-workgroup-missing", Failed,
        "the CIC server has no workgroup {workgroup}, or the user may not see it", "Write one of {known}, or give the user the right to view it";

    HANDLERS_NONE = "check-handlers-none", Skipped, "no step calls a handler", "";
    HANDLER_USABLE = "check-handler-usable", Ok,
        "notifications of {object}, {event} are taken; whether a handler listens to them no CIC server tells", "";
    NO_HANDLERS = "check-no-handlers", Failed,
        "notifications to handlers are refused: {why}", "Give {user} the right to send and receive custom notifications";

    CLOCK_RIGHT = "check-clock-right", Ok, "is within {seconds} s of this machine's", "";
    CLOCK_AHEAD = "check-clock-ahead", Warning,
        "is {seconds} s ahead of this machine's, so that logs of both cannot be compared",
        "Let both machines take the time from the same time server";
    CLOCK_BEHIND = "check-clock-behind", Warning,
        "is {seconds} s behind this machine's, so that logs of both cannot be compared",
        "Let both machines take the time from the same time server";
    CLOCK_UNKNOWN = "check-clock-unknown", Skipped, "the server does not tell its time", "";

    SLD_OFF = "check-sld-off", Skipped, "nothing is registered in a System Landscape Directory", "";

    CLOUD_OFF = "check-cloud-off", Skipped, "the bridge to Genesys Cloud is off", "";
    CLOUD_OPEN = "check-cloud-open", Ok, "can be reached", "";
    CLOUD_UNNAMED = "check-cloud-unnamed", Failed,
        "the name cannot be resolved: {why}", "Correct genesys_cloud.region or host; see whether this machine's name server knows names of the internet";
    CLOUD_CLOSED = "check-cloud-closed", Failed,
        "cannot be connected to: {why}", "See whether a firewall or a proxy stands between this machine and the internet";
    CLOUD_LATE = "check-cloud-late", Failed, "no answer in time", "See whether a firewall or a proxy stands between this machine and the internet";
    CLOUD_UNTRUSTED = "check-cloud-untrusted", Failed,
        "the certificate comes from an authority that this machine does not trust: often a proxy that looks into everything",
        "Let the proxy leave these hosts alone, or add its authority to those that this machine trusts";
    CLOUD_OTHER_NAME = "check-cloud-other-name", Failed,
        "the certificate is for another name", "Correct genesys_cloud.host; see what answers there in its place";
    CLOUD_NO_TLS = "check-cloud-no-tls", Failed, "encryption could not begin: {why}", "See what answers there: it should be Genesys Cloud itself";
    CLOUD_NO_TOKEN = "check-cloud-no-token", Failed,
        "the OAuth client gets no token: {why}", "Compare its id with Genesys Cloud, set its secret again, and see that its grant is Client Credentials";
    CLOUD_ORGANIZATION = "check-cloud-organization", Ok, "{name} ({short_name})", "";
    CLOUD_OTHER_ORGANIZATION = "check-cloud-other-organization", Failed,
        "the OAuth client is one of the organization {is}, and the file names {wanted}",
        "Write the organization that is meant, or take a client of that one";
    CLOUD_UNANSWERED = "check-cloud-unanswered", Failed, "cannot be told: {why}", "Try again; if it stays so, ask Genesys with the text";
    CLOUD_PERMITTED = "check-cloud-permitted", Ok, "has what is needed: {permissions}", "";
    CLOUD_MISSING = "check-cloud-missing", Failed,
        "the OAuth client may not do this", "Give one of its roles the permission {permission}, in every division that is to be kept in step";
    CLOUD_LIMIT = "check-cloud-limit", Ok, "the organization allows {limit} requests a minute", "";
    CLOUD_SKEWED = "check-cloud-skewed", Warning,
        "this machine's clock differs by {seconds} s: log-ons to Genesys Cloud by SAML fail from 10 s on",
        "Let this machine take the time from a time server";

    AGENTS_FOLDER = "check-agents-folder", Ok, "passwords of agents there: {count}", "";
    AGENTS_NO_FOLDER = "check-agents-no-folder", Failed,
        "there are no passwords of agents: {why}",
        "Bring them there by `jackfield agents import-passwords`, as the account of the service or with --owner";
    AGENTS_FOLDER_OPEN = "check-agents-folder-open", Failed,
        "others can write to the folder of the agents' passwords (mode {mode})", "Run `chmod go-w {folder}`";
    AGENTS_KEPT = "check-agents-kept", Skipped, "each agent's password is looked for when he is logged on", "";
    AGENTS_NO_PROGRAM = "check-agents-no-program", Failed,
        "the program that gives tokens is not there: {why}", "Correct the path, or install the program";
    AGENTS_PROGRAM = "check-agents-program", Ok, "the program that gives tokens is there", "";
    CLAIM_HOLDS = "check-claim-holds", Ok, "holds", "";
    CLAIM_FAILS = "check-claim-fails", Failed,
        "does not hold: {why}", "Compare it with what this version of the server documents, and send the report to the support";
    CLAIM_UNDECIDED = "check-claim-undecided", Undecided,
        "cannot be decided here: it needs {what}", "Name it, if the test system has it; else nothing is to be done";
    RIGHTS_LATE = "check-rights-late", Failed,
        "not answered in {seconds} s", "See whether the CIC server is overloaded, and look at its Session Manager";
    RIGHTS_BROKEN = "check-rights-broken", Failed, "the answer cannot be used: {why}", "Send this text to the support";
}
