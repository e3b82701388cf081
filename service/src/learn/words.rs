//! How alike two names are: split into words, each word traced back to what it means, in English and German. A name is a clue among others,
//! never a proof.

use shared::profile::Role;

/// Words with one meaning each.
const MEANINGS: &[&[&str]] = &[
    &["user", "agent", "operator", "employee", "benutzer", "bediener", "mitarbeiter"],
    &["item", "interaction", "contact", "vorgang", "kontakt", "object"],
    &["call", "phone", "telephone", "phonecall", "telephony", "voice", "anruf", "telefon", "gespraech", "ruf"],
    &["container", "behaelter", "place", "folder", "inbox", "ordner"],
    &["line", "extension", "device", "leitung", "nebenstelle"],
    &["get", "read", "fetch", "retrieve", "query", "load", "lies", "lese", "hole", "list", "show", "describe", "tell"],
    &["set", "change", "switch", "put", "write", "update", "setze", "aendere", "select", "choose", "assign"],
    &["attributes", "properties", "profile", "details", "eigenschaften", "data", "daten", "info", "information"],
    &["attached", "attach", "beigefuegt", "anhang", "cad", "case"],
    &["subscribe", "register", "listen", "observe", "watch", "abonniere", "attend", "enrol", "enroll"],
    &["unsubscribe", "unregister", "deregister", "unlisten", "cancel", "unobserve", "unwatch"],
    &["workmode", "mode", "state", "presence", "zustand", "arbeitsmodus", "modus"],
    &["status", "processing", "phase", "state", "zustand"],
    &["queue", "workgroup", "group", "skill", "warteschlange", "gruppe"],
    &["channel", "medium", "media", "kanal"],
    &["address", "adresse", "endpoint"],
    &["create", "make", "new", "open", "begin", "neu", "anlegen"],
    &["accept", "answer", "take", "pickup", "annehmen"],
    &["reroute", "reject", "refuse", "decline", "ablehnen", "deny"],
    &["delete", "remove", "clear", "erase", "loesche", "purge"],
    &["dial", "makecall", "waehle", "place"],
    &["drop", "hangup", "release", "disconnect", "auflegen", "terminate", "clear"],
    &["hold", "park", "halten", "suspend"],
    &["unhold", "unpark", "resume", "retrieve", "fortsetzen", "weiter"],
    &["alternate", "toggle", "swap", "makeln", "brokering"],
    &["consult", "enquire", "enquiry", "rueckfrage", "inquire"],
    &["reconnect", "return", "back"],
    &["conference", "join", "konferenz", "merge"],
    &["transfer", "forward", "uebergeben", "verbinden", "handover"],
    &["party", "participant", "member", "teilnehmer"],
    &["listen", "monitor", "supervise", "mithoeren", "eavesdrop"],
    &["end", "ended", "finish", "over", "stop", "beendet", "ende"],
    &["message", "mail", "nachricht"],
    &["exchange", "hello", "version", "produkt", "product"],
    &["capability", "capabilities", "ability", "faehigkeit", "actions", "buttons", "possible", "allowed"],
    &["workcenter", "workplace", "seat", "seating", "desk", "arbeitsplatz"],
    &["url", "uri", "callback", "where", "target", "ziel", "destination", "to"],
    &["app", "application", "appl", "anwendung", "client", "subscriber"],
    &["id", "ids", "key", "code", "no", "nr", "number", "nummer", "handle", "identifier", "token"],
    &["description", "text", "label", "title", "caption", "bezeichnung", "beschreibung"],
    &["name", "named", "called"],
    &["first", "given", "vorname", "fore"],
    &["last", "family", "sur", "nachname", "surname"],
    &["current", "actual", "present", "now", "aktuell", "active"],
    &["direction", "richtung", "way", "origin"],
    &["remote", "caller", "ani", "calling", "from", "customer", "anrufer", "far"],
    &["dialed", "dialled", "dnis", "called", "gewaehlt"],
    &["since", "start", "started", "begin", "began", "time", "zeit", "seit", "timestamp"],
    &["reason", "cause", "why", "grund"],
    &["kind", "type", "art", "class", "category"],
    &["changed", "event", "moved", "notify", "notification", "geaendert", "updated"],
    &["waiting", "queued", "wartend"],
    &["available", "free", "ready", "frei"],
    &["held", "old", "other", "second", "zweite"],
    &["search", "filter", "pattern", "suche", "term", "find"],
    &["vendor", "manufacturer", "hersteller"],
];

/// From 0 (nothing in common) to 1 (the same).
pub(super) fn alike(name: &str, other: &str) -> f64 {
    if name.eq_ignore_ascii_case(other) {
        return 1.0;
    }
    let (one, two) = (words(name), words(other));
    if one.is_empty() || two.is_empty() {
        return 0.0;
    }
    let covered = |words: &[String], by: &[String]| {
        let sum: f64 = words.iter().map(|word| by.iter().map(|other| same(word, other)).fold(0.0, f64::max)).sum();
        #[expect(clippy::cast_precision_loss, reason = "a name has few words")]
        let count = words.len() as f64;
        sum / count
    };
    // Both must be covered: `getCalls` is more than `get`.
    f64::midpoint(covered(&one, &two), covered(&two, &one)) * 0.95
}

/// The best among several names.
pub(super) fn best<'n>(name: &str, others: impl IntoIterator<Item = &'n str>) -> f64 {
    others.into_iter().map(|other| alike(name, other)).fold(0.0, f64::max)
}

/// How alike a name is to what a role is called, beside the profile's own words for it.
pub(super) fn role(name: &str, role: Role) -> f64 {
    alike(name, role.word())
}

fn same(one: &str, two: &str) -> f64 {
    if one == two {
        return 1.0;
    }
    let stem = |word: &str| word.strip_suffix("ies").map_or_else(|| word.trim_end_matches('s').to_owned(), |stem| format!("{stem}y"));
    let (one, two) = (stem(one), stem(two));
    if one == two {
        return 0.95;
    }
    let meaning = MEANINGS.iter().any(|words| [&one, &two].into_iter().all(|word| words.iter().any(|known| stem(known) == *word)));
    if meaning {
        return 0.8;
    }
    // `attr` and `attributes`, `desc` and `description`.
    let (short, long) = if one.len() < two.len() { (&one, &two) } else { (&two, &one) };
    if short.len() >= 3 && long.starts_with(short.as_str()) { 0.7 } else { 0.0 }
}

/// `getUserAttributes`, `get_user_attributes`, `GETUser-attributes` → get, user, attributes.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let letters: Vec<char> = name.chars().collect();
    for (at, c) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| letters[before]);
        let starts = c.is_uppercase() && before.is_some_and(|before| before.is_lowercase() || before.is_ascii_digit())
            || c.is_uppercase() && letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        if !c.is_alphanumeric() || starts {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty() && word != "ici");
    // What two words make is often written as one.
    for pair in [("work", "mode"), ("work", "center"), ("phone", "call"), ("hang", "up"), ("pick", "up")] {
        if let Some(at) = words.windows(2).position(|two| two[0] == pair.0 && two[1] == pair.1) {
            words.splice(at..at + 2, [format!("{}{}", pair.0, pair.1)]);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart_however_they_are_written() {
        for name in ["getUserAttributes", "get_user_attributes", "GET-User.Attributes", "IciGetUserAttributes"] {
            assert_eq!(words(name), ["get", "user", "attributes"], "{name}");
        }
        assert_eq!(words("setWorkModeID"), ["set", "workmode", "id"]);
    }

    #[test]
    fn what_means_the_same_is_more_alike_than_what_does_not() {
        for (name, like, unlike) in [
            ("fetchAgentProfile", "getUserAttributes", "getCalls"),
            ("registerListener", "subscribe", "hold"),
            ("hangUp", "drop", "dial"),
            ("park", "hold", "unhold"),
            ("agentNo", "userId", "itemId"),
            ("callState", "processingStatus", "remoteNumbers"),
        ] {
            assert!(alike(name, like) > alike(name, unlike), "{name}: {} {}", alike(name, like), alike(name, unlike));
        }
        assert!((alike("x", "x") - 1.0).abs() < f64::EPSILON);
        assert!(alike("", "x").abs() < f64::EPSILON);
    }
}
