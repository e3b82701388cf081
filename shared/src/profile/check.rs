//! From a profile as written to one that the codec can rely on; collects every finding instead of stopping at the first.

use super::{
    ArrayStyle, BooleanStyle, Code, CodeTable, Confidence, EmptyStyle, EndOlder, Event, EventKey, Interface, InterfaceKey, Kind, Offer,
    Offers, Operation, OperationKey, OwnPostings, Profile, Record, RecordKey, Role, Slot, Style, TimeStyle, draft, needs,
};

const SCHEMA: u32 = 1;

/// Checks a draft.
///
/// # Errors
/// Every finding, as `path: what is wrong`.
pub(super) fn check(draft: draft::Draft) -> Result<Profile, Vec<String>> {
    let mut find = Findings::default();
    if draft.schema != SCHEMA {
        find.add("schema", format!("{} is not a version this program knows; it knows {SCHEMA}", draft.schema));
    }
    find.confidence("acting_user", &draft.acting_user.confidence);
    for name in &draft.acting_user.names {
        find.element_name("acting_user.names", name);
    }
    let style = Style {
        array: find
            .choice("style.array", &draft.style.array, ArrayStyle::of, ArrayStyle::ALL, ArrayStyle::word)
            .unwrap_or(ArrayStyle::Item),
        item: draft.style.item.map_or_else(|| "item".to_owned(), |item| find.element("style.item", item)),
        boolean: find
            .choice("style.boolean", &draft.style.boolean, BooleanStyle::of, BooleanStyle::ALL, BooleanStyle::word)
            .unwrap_or(BooleanStyle::TrueFalse),
        empty: find
            .choice("style.empty", &draft.style.empty, EmptyStyle::of, EmptyStyle::ALL, EmptyStyle::word)
            .unwrap_or(EmptyStyle::Element),
        time: find.choice("style.time", &draft.style.time, TimeStyle::of, TimeStyle::ALL, TimeStyle::word).unwrap_or(TimeStyle::Iso),
        response: find.element("style.response", draft.style.response),
        response_suffix: find.element("style.response_suffix", draft.style.response_suffix),
    };
    let own_postings =
        find.choice("own_postings", &draft.own_postings, OwnPostings::of, OwnPostings::ALL, OwnPostings::word).unwrap_or(OwnPostings::Told);
    let mut offered = |name: &str, choice: &draft::Choice| {
        let offer = find.choice(&format!("offers.{name}"), choice, Offer::of, Offer::ALL, Offer::word);
        offer.is_some_and(|offer| offer == Offer::Offered)
    };
    let offers = Offers {
        queue_presence: offered("queue_presence", &draft.offers.queue_presence),
        user_presence: offered("user_presence", &draft.offers.user_presence),
        monitoring: offered("monitoring", &draft.offers.monitoring),
    };
    let end_older = find.choice("end_older", &draft.end_older, EndOlder::of, EndOlder::ALL, EndOlder::word).unwrap_or(EndOlder::Never);
    let interfaces = interfaces(draft.interface, &mut find);
    let operations = operations(draft.operation, &mut find);
    let records = records(draft.record, &mut find);
    let events = events(draft.event, &mut find);
    let codes = codes(draft.codes, &mut find);
    if !find.0.is_empty() {
        return Err(find.0);
    }
    Ok(Profile {
        name: draft.name,
        ici_version: draft.ici_version,
        end_older,
        own_postings,
        offers,
        acting_user: draft.acting_user.names,
        style,
        interfaces,
        operations,
        records,
        events,
        codes,
    })
}

fn interfaces(drafts: Vec<draft::Interface>, find: &mut Findings) -> Vec<Interface> {
    let mut found: Vec<Interface> = Vec::new();
    for draft in drafts {
        let path = format!("interface[{}]", draft.is);
        let confidence = find.confidence(&path, &draft.confidence);
        find.namespace(&path, &draft.namespace);
        find.action(&path, &draft.action);
        let Some(key) = find.key(&path, "interface", InterfaceKey::of(&draft.is), &draft.is) else { continue };
        if let Some(other) = found.iter().find(|other| other.namespace == draft.namespace && other.key != key) {
            find.add(format!("{path}.namespace"), format!("`{}` is also the namespace of {}", draft.namespace, other.key.word()));
        }
        found.push(Interface { key, namespace: draft.namespace, action: draft.action, confidence });
    }
    find.complete("interface", InterfaceKey::ALL, InterfaceKey::word, &mut found, |interface| interface.key);
    found
}

fn operations(drafts: Vec<draft::Operation>, find: &mut Findings) -> Vec<Operation> {
    let mut found: Vec<Operation> = Vec::new();
    for draft in drafts {
        let path = format!("operation[{}]", draft.is);
        let confidence = find.confidence(&path, &draft.confidence);
        let Some(key) = find.key(&path, "operation", OperationKey::of(&draft.is), &draft.is) else { continue };
        for (at, name) in [("name", &draft.name)].into_iter().chain(draft.aliases.iter().map(|alias| ("aliases", alias))) {
            find.element_name(&format!("{path}.{at}"), name);
            let taken = found.iter().filter(|other| other.key.interface() == key.interface() && other.key != key);
            if let Some(other) = taken.into_iter().find(|other| other.name == *name || other.aliases.contains(name)) {
                find.add(format!("{path}.{at}"), format!("`{name}` is also the name of {}", other.key.word()));
            }
        }
        let (essential, further) = key.slots();
        let understood: Vec<needs::Slot> = essential.iter().chain(further).copied().collect();
        let parameters = slots(&path, key.word(), draft.parameters, &understood, essential, find);
        let reply = reply(&path, &draft.reply, key, find);
        if draft.purpose.trim().is_empty() {
            find.add(format!("{path}.purpose"), "say in one sentence what the operation does");
        }
        found.push(Operation { key, name: draft.name, aliases: draft.aliases, parameters, reply, purpose: draft.purpose, confidence });
    }
    find.complete("operation", OperationKey::ALL, OperationKey::word, &mut found, |operation| operation.key);
    found
}

fn reply(path: &str, word: &str, key: OperationKey, find: &mut Findings) -> Option<Kind> {
    if word == "nothing" {
        return None;
    }
    let path = format!("{path}.reply");
    let Some(kind) = Kind::of(word) else {
        find.add(path, format!("`{word}` is no kind"));
        return None;
    };
    match key.reply() {
        None => find.add(path, format!("{} answers with nothing; write \"nothing\"", key.word())),
        Some(given) if !given.fits(kind) => find.add(path, format!("holds a {given} and cannot be written as {kind}")),
        Some(_) => {}
    }
    Some(kind)
}

fn records(drafts: Vec<draft::Record>, find: &mut Findings) -> Vec<Record> {
    let mut found = Vec::new();
    for draft in drafts {
        let path = format!("record[{}]", draft.is);
        let confidence = find.confidence(&path, &draft.confidence);
        let Some(key) = find.key(&path, "record", RecordKey::of(&draft.is), &draft.is) else { continue };
        // A record may leave out what a site's SAP does not know, but something must be left to tell by.
        let essential = &key.slots()[..1];
        let fields = slots(&path, key.word(), draft.fields, key.slots(), essential, find);
        found.push(Record { key, fields, confidence });
    }
    find.complete("record", RecordKey::ALL, RecordKey::word, &mut found, |record| record.key);
    found
}

fn events(drafts: Vec<draft::Event>, find: &mut Findings) -> Vec<Event> {
    let mut found = Vec::new();
    for draft in drafts {
        let path = format!("event[{}]", draft.is);
        let confidence = find.confidence(&path, &draft.confidence);
        find.element_name(&format!("{path}.name"), &draft.name);
        find.namespace(&path, &draft.namespace);
        find.action(&path, &draft.action);
        let Some(key) = find.key(&path, "event", EventKey::of(&draft.is), &draft.is) else { continue };
        let parameters = slots(&path, key.word(), draft.parameters, key.slots(), key.slots(), find);
        found.push(Event { key, name: draft.name, namespace: draft.namespace, action: draft.action, parameters, confidence });
    }
    find.complete("event", EventKey::ALL, EventKey::word, &mut found, |event| event.key);
    found
}

fn slots(
    path: &str,
    owner: &str,
    drafts: Vec<draft::Slot>,
    understood: &[needs::Slot],
    essential: &[needs::Slot],
    find: &mut Findings,
) -> Vec<Slot> {
    let mut found: Vec<Slot> = Vec::new();
    for draft in drafts {
        let path = format!("{path}.{}", draft.is);
        let confidence = find.confidence(&path, &draft.confidence);
        for name in std::iter::once(&draft.name).chain(&draft.aliases) {
            find.element_name(&path, name);
            if let Some(other) = found.iter().find(|other| other.name == *name || other.aliases.contains(name)) {
                find.add(&path, format!("`{name}` is also the name of `{}`", other.role.word()));
            }
        }
        let Some(role) = Role::of(&draft.is) else {
            find.add(&path, format!("`{}` is no word that this program knows", draft.is));
            continue;
        };
        let Some((_, given)) = understood.iter().find(|(known, _)| *known == role) else {
            let known: Vec<_> = understood.iter().map(|(role, _)| role.word()).collect();
            find.add(&path, format!("{owner} does not understand `{}`, only {}", draft.is, known.join(", ")));
            continue;
        };
        if found.iter().any(|other| other.role == role) {
            find.add(&path, format!("`{}` stands here twice", draft.is));
        }
        let Some(kind) = Kind::of(&draft.kind) else {
            find.add(format!("{path}.kind"), format!("`{}` is no kind", draft.kind));
            continue;
        };
        if !given.fits(kind) {
            find.add(format!("{path}.kind"), format!("holds a {given} and cannot be written as {kind}"));
        }
        found.push(Slot { role, name: draft.name, aliases: draft.aliases, kind, required: draft.required, confidence });
    }
    for (role, _) in essential {
        if !found.iter().any(|slot| slot.role == *role) {
            find.add(path, format!("`{}` is missing", role.word()));
        }
    }
    found
}

fn codes(
    mut drafts: std::collections::BTreeMap<String, std::collections::BTreeMap<String, draft::Code>>,
    find: &mut Findings,
) -> Vec<Vec<Code>> {
    let mut tables = Vec::new();
    for table in CodeTable::ALL {
        let path = format!("codes.{}", table.word());
        let mut drafts = drafts.remove(table.word()).unwrap_or_default();
        let mut found: Vec<Code> = Vec::new();
        let mut take = |word: &str, draft: draft::Code, find: &mut Findings| {
            let path = format!("{path}.{word}");
            let confidence = find.confidence(&path, &draft.confidence);
            if draft.id.trim().is_empty() {
                find.add(&path, "the id is empty");
            }
            if let Some(other) = found.iter().find(|other| other.id == draft.id) {
                find.add(&path, format!("`{}` is also the id of `{}`", draft.id, other.word));
            }
            found.push(Code { word: word.to_owned(), id: draft.id, text: draft.text, confidence });
        };
        for word in table.words() {
            match drafts.remove(*word) {
                Some(draft) => take(word, draft, find),
                None => find.add(&path, format!("`{word}` is missing")),
            }
        }
        for (word, draft) in drafts {
            if *table == CodeTable::Channels {
                take(&word, draft, find);
            } else {
                find.add(format!("{path}.{word}"), format!("`{word}` is no word of this table"));
            }
        }
        tables.push(found);
    }
    for table in drafts.keys() {
        find.add(format!("codes.{table}"), format!("`{table}` is no table that this program knows"));
    }
    tables
}

/// What is wrong, in the order it was found.
#[derive(Default)]
struct Findings(Vec<String>);

impl Findings {
    fn add(&mut self, path: impl AsRef<str>, what: impl AsRef<str>) {
        self.0.push(format!("{}: {}", path.as_ref(), what.as_ref()));
    }

    fn confidence(&mut self, path: &str, word: &str) -> Confidence {
        Confidence::of(word).unwrap_or_else(|| {
            self.add(
                format!("{path}.confidence"),
                format!("`{word}` is no confidence: seed, seen: HOW OFTEN, public: SOURCE, inferred-strong, inferred, placeholder"),
            );
            Confidence::Placeholder
        })
    }

    fn key<K>(&mut self, path: &str, what: &str, key: Option<K>, word: &str) -> Option<K> {
        if key.is_none() {
            self.add(path, format!("`{word}` is no {what} that this program knows"));
        }
        key
    }

    fn choice<K: Copy>(
        &mut self,
        path: &str,
        draft: &draft::Choice,
        of: impl Fn(&str) -> Option<K>,
        all: &[K],
        word: impl Fn(K) -> &'static str,
    ) -> Option<K> {
        self.confidence(path, &draft.confidence);
        let found = of(&draft.is);
        if found.is_none() {
            let all: Vec<_> = all.iter().map(|key| word(*key)).collect();
            self.add(path, format!("`{}` is none of {}", draft.is, all.join(", ")));
        }
        found
    }

    fn element(&mut self, path: &str, draft: draft::Choice) -> String {
        self.confidence(path, &draft.confidence);
        self.element_name(path, &draft.is);
        draft.is
    }

    /// ASCII names only: SAP's have no others, and every parser takes them.
    fn element_name(&mut self, path: &str, name: &str) {
        let mut letters = name.chars();
        let first = letters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
        if !first || !letters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')) || name.len() > 100 {
            self.add(path, format!("`{name}` cannot be the name of an XML element"));
        }
    }

    fn namespace(&mut self, path: &str, namespace: &str) {
        if namespace.is_empty() || namespace.chars().any(|c| c.is_whitespace() || c.is_control() || "<>&\"'".contains(c)) {
            self.add(format!("{path}.namespace"), "a namespace is a URI without blanks, quotes and angle brackets");
        }
    }

    fn action(&mut self, path: &str, action: &str) {
        if action.chars().any(|c| c.is_control() || c == '"' || !c.is_ascii()) {
            self.add(format!("{path}.action"), "a SOAPAction is one line without quotes, in ASCII");
        }
    }

    /// Puts rows in the order of their keys; what is missing or there twice is a finding.
    fn complete<K: Copy + PartialEq + Ord, R>(
        &mut self,
        path: &str,
        all: &[K],
        word: impl Fn(K) -> &'static str,
        rows: &mut [R],
        key: impl Fn(&R) -> K,
    ) {
        for wanted in all {
            match rows.iter().filter(|row| key(row) == *wanted).count() {
                0 => self.add(path, format!("`{}` is missing", word(*wanted))),
                1 => {}
                _ => self.add(path, format!("`{}` stands here twice", word(*wanted))),
            }
        }
        rows.sort_by_key(key);
    }
}
