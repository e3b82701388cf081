//! Everything that `jackfield doctor` can say. The repairs are those of the integration guide's troubleshooting chapter ("Agents cannot log
//! on", "Integration not working correctly"), and of the switch that is built in.

use crate::cli::report::sentences;

sentences! {
    NO_SUCH_USER = "doctor-no-such-user", Skipped, "not looked at, because there is no such user", "";
    NO_SERVER = "doctor-no-server", Undecided,
        "no server could be asked", "Repair what failed before, which `jackfield check` explains too, and ask again";

    NAME_RIGHT = "doctor-name-right", Ok, "the telephony server has a user of exactly this name", "";
    NAME_CASE = "doctor-name-case", Failed,
        "the telephony server calls the user {known}: capital and small letters count",
        "Write the name in SAP as {known}, or rename the user on the telephony server";
    NAME_UNKNOWN = "doctor-name-unknown", Failed,
        "the telephony server has no user of this name",
        "Create the user in Interaction Administrator under exactly the name that SAP has, or correct the name in SAP";
    NAME_ALIKE = "doctor-name-alike", Failed,
        "the telephony server has no user of this name; similar ones are {near}",
        "Write the same name in SAP and in Interaction Administrator, letter by letter";
    NAME_UNKNOWN_HERE = "doctor-name-unknown-here", Failed,
        "the built-in switch has no user of this name",
        "Add the user to switch.embedded.users under exactly the name that SAP has, or correct the name in SAP";
    NAME_ALIKE_HERE = "doctor-name-alike-here", Failed,
        "the built-in switch has no user of this name; similar ones are {near}",
        "Write the same name in SAP and in switch.embedded.users, letter by letter";
    NAME_UNDECIDED = "doctor-name-undecided", Undecided,
        "users cannot be looked at: {why}", "Give {asking} the right to view users in Interaction Administrator, and ask again";

    DIRECTORY_SHOWN = "doctor-directory-shown", Ok, "is in the company directory", "";
    DIRECTORY_HIDDEN = "doctor-directory-hidden", Failed,
        "is excluded from the company directory",
        "Clear Exclude from Directory in Interaction Administrator: it is on the tab Configuration of the user";
    DIRECTORY_HIDDEN_HERE = "doctor-directory-hidden-here", Failed,
        "is hidden from the directory", "Write excluded_from_directory = false for the user in switch.embedded.users";
    DIRECTORY_UNDECIDED = "doctor-directory-undecided", Undecided,
        "whether the user is in the company directory is not told: {why}",
        "See in Interaction Administrator that Exclude from Directory is clear, on the tab Configuration of the user";

    EXTENSION_THERE = "doctor-extension-there", Ok, "has the extension {extension}", "";
    EXTENSION_MISSING = "doctor-extension-missing", Failed,
        "has no extension", "Give the user an extension in Interaction Administrator";
    EXTENSION_MISSING_HERE = "doctor-extension-missing-here", Failed,
        "has no extension", "Write an extension for the user in switch.embedded.users";
    EXTENSION_UNDECIDED = "doctor-extension-undecided", Undecided,
        "the extension is not told: {why}", "See in Interaction Administrator that the user has an extension";

    STATUS_SET = "doctor-status-set", Ok, "is in the status {status}", "";
    STATUS_FIRST = "doctor-status-first", Ok, "begins in the status {status}", "";
    STATUS_NONE = "doctor-status-none", Failed,
        "has no status yet, as new users have none",
        "Let the agent choose a status in the CIC client, or set one in Interaction Administrator or IC Business Manager";
    STATUS_UNLISTED = "doctor-status-unlisted", Failed,
        "is in the status {status}, which the telephony server does not list",
        "Set a status that is listed, in the CIC client, Interaction Administrator or IC Business Manager";
    STATUS_UNDECIDED = "doctor-status-undecided", Undecided,
        "the status is not told: {why}",
        "See in IC Business Manager that the user has a status, or give {asking} the right User Queues [All] › View";

    SEAT_FREE = "doctor-seat-free", Ok, "nobody else is at {station}, where the agent would sit", "";
    SEAT_TAKEN_PLACE = "doctor-seat-own", Ok, "sits at {station} already", "";
    SEAT_IN_USE = "doctor-seat-in-use", Failed,
        "{station}, where the agent would sit, is in use by {sitter}",
        "Let {sitter} log off there, or let the agent name another work centre";
    SEAT_NONE = "doctor-seat-none", Failed,
        "has no station and sits nowhere",
        "Give the user a default workstation in Interaction Administrator, or let the agent name a work centre at log-on";
    SEAT_NONE_HERE = "doctor-seat-none-here", Failed,
        "there is no station {station}", "Correct the work centre, or add it to switch.embedded.stations";
    SEAT_UNDECIDED = "doctor-seat-undecided", Undecided,
        "who sits where is not told: {why}",
        "Give {asking} the right Proxy Logins › View in Interaction Administrator, and ask again";
    SEAT_UNDECIDED_HERE = "doctor-seat-undecided-here", Undecided,
        "whether somebody sits at {station} is not known: {why}", "Let nobody else name this work centre, or ask again when others have logged off";

    LICENCE_ACTIVE = "doctor-licence-active", Ok, "has an active licence with client access", "";
    LICENCE_NOT_NEEDED = "doctor-licence-not-needed", Ok, "the built-in switch needs no licences", "";
    LICENCE_INACTIVE = "doctor-licence-inactive", Failed,
        "has no active licence", "Activate the licence in Interaction Administrator: it is on the tab Licensing of the user";
    LICENCE_NO_ACCESS = "doctor-licence-no-access", Warning,
        "has no client access of his own, so that the station must have it",
        "Give the user client access in Interaction Administrator, on the tab Licensing, or license the station";
    LICENCE_UNDECIDED = "doctor-licence-undecided", Undecided,
        "the licence is not told: {why}", "See in Interaction Administrator that the licence is active, on the tab Licensing of the user";

    WITH_SUPER_USER = "doctor-with-super-user", Ok, "needs no password here: {asking} acts for all agents", "";

    SERVICE_HAS = "doctor-service-has", Ok, "is logged on from SAP since {since}", "";
    SERVICE_HAS_GHOST = "doctor-service-has-ghost", Warning,
        "is logged on from SAP since {since}, but the browser seems to be gone",
        "Log the agent off by `jackfield agents log-off`, and let the agent log on again";
    SERVICE_REFUSED = "doctor-service-refused", Warning,
        "the running service has refused: {why}", "Repair what is said above, and let the agent log on again";
    SERVICE_HAS_NOT = "doctor-service-has-not", Ok, "is not logged on from SAP now, and no refusal is remembered", "";
    SERVICE_SILENT = "doctor-service-silent", Skipped, "no running service could be asked: {why}", "";
}
