//! The parameters of one call, found by the profile and read with tolerance: by local name whatever the prefix or namespace, by alias, and,
//! where a required one is called something else, by place. Lists may come wrapped, repeated, as SOAP arrays or as a single text; missing,
//! empty and nil are the same (ici-wire §8.2).

use super::fault::Misread;
use crate::{
    domain::{Address, ChannelId, TextElement},
    soap::{Value, text},
};
use shared::profile::{self, CodeTable, Profile, RecordKey, Role, Slot};
use std::borrow::Cow;

/// The elements of one call, each under the parameter it means.
pub(super) struct Parameters<'c, 'd, 'i> {
    profile: &'c Profile,
    operation: &'c profile::Operation,
    /// Parameter and element, in the order they were sent.
    found: Vec<(&'c Slot, Value<'d, 'i>)>,
    /// The element that names the acting user, where that is no parameter of the operation.
    acting: Option<Value<'d, 'i>>,
}

/// Entries of one list.
const ENTRIES: usize = 500;
/// Bytes of one identifier, number or URL.
const TEXT: usize = 4096;
/// The same with all blanks around it.
const LONG: usize = 64 * 1024;

impl<'c, 'd, 'i> Parameters<'c, 'd, 'i> {
    /// Sorts the elements of a call.
    ///
    /// # Errors
    /// [`Misread::Doubled`], [`Misread::Missing`].
    pub(super) fn read(profile: &'c Profile, operation: &'c profile::Operation, call: Value<'d, 'i>) -> Result<Self, Misread> {
        let mut this = Self { profile, operation, found: Vec::with_capacity(operation.parameters.len()), acting: None };
        let mut spare: Option<Vec<(usize, Value<'d, 'i>)>> = None;
        let mut places = 0..;
        for element in call.children() {
            if let Some(slot) = slot_of(&operation.parameters, element.name()) {
                let twice = !slot.kind.list && this.found.iter().any(|(_, other)| other.name() == element.name());
                if twice {
                    return Err(Misread::Doubled { operation: operation.key.word(), parameter: text::excerpt(element.name(), 100) });
                }
                places.next();
                this.found.push((slot, element));
            } else if profile.acting_user.iter().any(|name| name == element.name()) {
                // Whoever acts is no parameter by place, wherever he is named.
                this.acting.get_or_insert(element);
            } else if let Some(place) = places.next().filter(|place| *place < operation.parameters.len()) {
                spare.get_or_insert_default().push((place, element));
            }
        }
        this.found.sort_by_key(|(slot, element)| slot.name != element.name());
        for (place, slot) in operation.parameters.iter().enumerate().filter(|(_, slot)| slot.required) {
            if this.elements(slot.role).next().is_some() {
                continue;
            }
            let spare = spare.iter().flatten().find(|(at, _)| *at == place);
            let Some((_, element)) = spare else { return Err(this.missing(slot)) };
            tracing::warn!(
                operation = operation.key.word(),
                parameter = slot.name,
                sent = text::excerpt(element.name(), 100),
                "a parameter is called otherwise than the profile says; it is taken by its place"
            );
            this.found.push((slot, *element));
        }
        Ok(this)
    }

    /// A parameter that must be there.
    ///
    /// # Errors
    /// [`Misread::Missing`] when it is missing, empty or nil.
    pub(super) fn required<T: for<'t> From<&'t str>>(&self, role: Role) -> Result<T, Misread> {
        self.optional(role)?.ok_or_else(|| self.missing_role(role))
    }

    /// A parameter that may be missing, empty or nil.
    pub(super) fn optional<T: for<'t> From<&'t str>>(&self, role: Role) -> Result<Option<T>, Misread> {
        for (slot, element) in self.elements(role) {
            if let Some(text) = scalar(self.profile, element, 0)? {
                if text.len() > TEXT {
                    let (operation, parameter) = self.names(slot);
                    return Err(Misread::LongText { operation, parameter, limit: TEXT });
                }
                return Ok(Some(T::from(&text)));
            }
        }
        Ok(None)
    }

    /// A text, byte for byte; XML that was sent unescaped is taken as it stands.
    ///
    /// # Errors
    /// [`Misread::Missing`] when the element is missing; an empty one is an empty text.
    pub(super) fn text(&self, role: Role) -> Result<Cow<'d, str>, Misread> {
        let (_, element) = self.elements(role).next().ok_or_else(|| self.missing_role(role))?;
        let element = element.resolve()?;
        if element.is_nil() {
            return Ok(Cow::Borrowed(""));
        }
        Ok(if element.has_children() { Cow::Borrowed(element.markup()?) } else { element.text()? })
    }

    /// A whole number that must be there.
    ///
    /// # Errors
    /// [`Misread::Missing`], [`Misread::NoNumber`].
    pub(super) fn number(&self, role: Role) -> Result<u32, Misread> {
        let found: String = self.required(role)?;
        found.parse().map_err(|_| Misread::NoNumber {
            operation: self.operation.key.word(),
            parameter: self.name_of(role),
            found: text::excerpt(&found, 100),
        })
    }

    fn name_of(&self, role: Role) -> String {
        self.elements(role).next().map_or_else(|| role.word().to_owned(), |(slot, _)| slot.name.clone())
    }

    /// Yes or no, in any of the ways in which SAP writes it; missing, empty and nil are no.
    ///
    /// # Errors
    /// [`Misread::NoBoolean`].
    pub(super) fn boolean(&self, role: Role) -> Result<bool, Misread> {
        let found: String = self.optional(role)?.unwrap_or_default();
        match found.to_ascii_lowercase().as_str() {
            "true" | "1" | "x" | "yes" => Ok(true),
            "" | "false" | "0" | "no" | "-" => Ok(false),
            _ => Err(Misread::NoBoolean {
                operation: self.operation.key.word(),
                parameter: self.name_of(role),
                found: text::excerpt(&found, 100),
            }),
        }
    }

    /// A time, in seconds since 1970; one without a zone is in UTC.
    ///
    /// # Errors
    /// [`Misread::NoTime`].
    pub(super) fn time(&self, role: Role) -> Result<Option<i64>, Misread> {
        let Some(found) = self.optional::<String>(role)? else { return Ok(None) };
        let zoned = found.parse::<jiff::Timestamp>().ok();
        let civil = || found.parse().or_else(|_| jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", &found)).ok();
        let utc = || civil().and_then(|civil: jiff::civil::DateTime| civil.to_zoned(jiff::tz::TimeZone::UTC).ok()).map(|at| at.timestamp());
        let time = zoned.or_else(utc).map(jiff::Timestamp::as_second);
        time.map(Some).ok_or_else(|| Misread::NoTime {
            operation: self.operation.key.word(),
            parameter: self.name_of(role),
            found: text::excerpt(&found, 100),
        })
    }

    /// A code with its text; a plain text is the code.
    pub(super) fn element(&self, role: Role) -> Result<TextElement, Misread> {
        let id: String = self.optional(role)?.unwrap_or_default();
        let fields = &self.profile.record(RecordKey::TextElement).fields;
        let mut description = None;
        if let Some((_, element)) = self.elements(role).next() {
            let element = element.resolve()?;
            let named = element.children().find(|child| slot_of(fields, child.name()).is_some_and(|slot| slot.role == Role::Description));
            description = named.map_or(Ok(None), |child| scalar(self.profile, child, 0))?;
        }
        Ok(TextElement::new(id, text::excerpt(&description.unwrap_or_default(), TEXT)))
    }

    /// Names and values, however deep they stand: pairs, or elements that are named as the attribute is.
    pub(super) fn attributes(&self, role: Role) -> Result<Vec<(String, String)>, Misread> {
        let mut out = Vec::new();
        for (slot, occurrence) in self.elements(role) {
            self.collect(slot, occurrence, 0, &mut out)?;
        }
        Ok(out)
    }

    fn collect(&self, slot: &Slot, value: Value<'d, 'i>, depth: usize, out: &mut Vec<(String, String)>) -> Result<(), Misread> {
        // A record in a list in a record is as deep as SAP nests them.
        if depth > 6 {
            return Ok(());
        }
        let fields = &self.profile.record(RecordKey::Attribute).fields;
        let value = value.resolve()?;
        let field = |role| value.children().find(|child| slot_of(fields, child.name()).is_some_and(|slot| slot.role == role));
        if let (Some(name), Some(content)) = (field(Role::Name), field(Role::Value)) {
            if let Some(name) = scalar(self.profile, name, 0)? {
                let content = scalar(self.profile, content, 0)?.unwrap_or_default();
                self.check_entry(slot, out.len(), name.len().max(content.len()))?;
                out.push((name.into_owned(), content.into_owned()));
            }
            return Ok(());
        }
        let own = &self.profile.record(RecordKey::ActionItem).fields;
        for child in value.children() {
            // Its id at the top is no attribute.
            if depth == 0 && slot_of(own, child.name()).is_some_and(|slot| slot.role == Role::Id) {
                continue;
            }
            let child = child.resolve()?;
            if child.has_children() {
                self.collect(slot, child, depth + 1, out)?;
            } else if let Some(content) = scalar(self.profile, child, 0)? {
                self.check_entry(slot, out.len(), content.len().max(child.name().len()))?;
                out.push((child.name().to_owned(), content.into_owned()));
            }
        }
        Ok(())
    }

    /// A list of texts; entries that are empty are left out.
    pub(super) fn list<T: for<'t> From<&'t str>>(&self, role: Role) -> Result<Vec<T>, Misread> {
        let mut out = Vec::new();
        let element_fields = &self.profile.record(RecordKey::TextElement).fields;
        for (slot, occurrence) in self.elements(role) {
            for entry in entries(occurrence, element_fields)? {
                if let Some(text) = scalar(self.profile, entry, 0)? {
                    self.check_entry(slot, out.len(), text.len())?;
                    out.push(T::from(&text));
                }
            }
        }
        Ok(out)
    }

    /// A list of channels, as this program names them.
    pub(super) fn channels(&self, role: Role) -> Result<Vec<ChannelId>, Misread> {
        Ok(self.list::<String>(role)?.iter().map(|id| self.channel(id)).collect())
    }

    /// A channel, as this program names it.
    pub(super) fn optional_channel(&self, role: Role) -> Result<Option<ChannelId>, Misread> {
        Ok(self.optional::<String>(role)?.map(|id| self.channel(&id)))
    }

    /// A list of addresses; one without a channel is a telephone's.
    pub(super) fn addresses(&self, role: Role) -> Result<Vec<Address>, Misread> {
        let fields = &self.profile.record(RecordKey::Address).fields;
        let mut out = Vec::new();
        for (slot, occurrence) in self.elements(role) {
            for entry in entries(occurrence, fields)? {
                let entry = entry.resolve()?;
                let field = |role: Role| -> Result<Option<Cow<'d, str>>, Misread> {
                    let mut named = entry.children().filter(|child| slot_of(fields, child.name()).is_some_and(|slot| slot.role == role));
                    named.next().map_or(Ok(None), |child| scalar(self.profile, child, 0))
                };
                let (channel, address) = if entry.has_children() {
                    (field(Role::Channel)?, field(Role::Address)?)
                } else {
                    (None, scalar(self.profile, entry, 0)?)
                };
                if channel.is_none() && address.is_none() {
                    continue;
                }
                let address = address.unwrap_or_default();
                self.check_entry(slot, out.len(), address.len() + channel.as_ref().map_or(0, |channel| channel.len()))?;
                out.push(Address { channel: self.channel(channel.as_deref().unwrap_or(PHONE)), address: address.into_owned() });
            }
        }
        Ok(out)
    }

    /// Whom the body names as the acting user: a parameter of the operation, else any element of that name that means nothing else.
    pub(super) fn acting_user<T: for<'t> From<&'t str>>(&self) -> Result<Option<T>, Misread> {
        if let Some(user) = self.optional(Role::User)? {
            return Ok(Some(user));
        }
        let Some(element) = self.acting else { return Ok(None) };
        Ok(scalar(self.profile, element, 0)?.map(|user| T::from(&text::excerpt(&user, TEXT))))
    }

    /// Did the caller send no parameter of the operation at all?
    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The fault for a parameter that is not there.
    pub(super) fn missing_role(&self, role: Role) -> Misread {
        let slot = self.operation.parameters.iter().find(|slot| slot.role == role);
        let parameter = slot.map_or_else(|| role.word().to_owned(), |slot| slot.name.clone());
        Misread::Missing { operation: self.operation.key.word(), parameter }
    }

    fn missing(&self, slot: &Slot) -> Misread {
        Misread::Missing { operation: self.operation.key.word(), parameter: slot.name.clone() }
    }

    fn names(&self, slot: &Slot) -> (&'static str, String) {
        (self.operation.key.word(), slot.name.clone())
    }

    fn elements(&self, role: Role) -> impl Iterator<Item = (&'c Slot, Value<'d, 'i>)> {
        self.found.iter().filter(move |(slot, _)| slot.role == role).copied()
    }

    fn check_entry(&self, slot: &Slot, before: usize, bytes: usize) -> Result<(), Misread> {
        let (operation, parameter) = self.names(slot);
        if before >= ENTRIES {
            return Err(Misread::LongList { operation, parameter, limit: ENTRIES });
        }
        if bytes > TEXT {
            return Err(Misread::LongText { operation, parameter, limit: TEXT });
        }
        Ok(())
    }

    /// SAP's id of a channel as the word for it; what the profile does not know stays as it is.
    fn channel(&self, id: &str) -> ChannelId {
        let known = self.profile.code_by_id(CodeTable::Channels, id);
        let known = known.or_else(|| self.profile.codes(CodeTable::Channels).iter().find(|code| code.word.eq_ignore_ascii_case(id)));
        ChannelId::new(known.map_or(id, |code| &code.word))
    }
}

/// The channel of an address that names none.
const PHONE: &str = "phone";

/// The slot that an element's name means: its own name, an alias, and both without regard to case as the last resort.
fn slot_of<'c>(slots: &'c [Slot], name: &str) -> Option<&'c Slot> {
    slots
        .iter()
        .find(|slot| slot.name == name)
        .or_else(|| slots.iter().find(|slot| slot.aliases.iter().any(|alias| alias == name)))
        .or_else(|| slots.iter().find(|slot| slot.name.eq_ignore_ascii_case(name)))
        .or_else(|| slots.iter().find(|slot| slot.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))))
}

/// One text: blanks around it do not count; a structure stands for its id, or for the one thing that is in it.
fn scalar<'d>(profile: &Profile, value: Value<'d, '_>, depth: usize) -> Result<Option<Cow<'d, str>>, Misread> {
    let value = value.resolve()?;
    if value.is_nil() {
        return Ok(None);
    }
    let mut children = value.children();
    let Some(first) = children.next() else {
        let text = match value.text()? {
            // Too long for whatever it is meant to be, with its blanks or without: whoever asked refuses it.
            text if text.len() > LONG => return Ok(Some(text)),
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
        };
        return Ok((!text.is_empty()).then_some(text));
    };
    // Two levels are what a structure in a reference in a list needs.
    if depth >= 2 {
        return Ok(None);
    }
    let fields = &profile.record(RecordKey::TextElement).fields;
    let id = value.children().find(|child| slot_of(fields, child.name()).is_some_and(|slot| slot.role == Role::Id));
    match (id, children.next()) {
        (Some(id), _) => scalar(profile, id, depth + 1),
        (None, None) => scalar(profile, first, depth + 1),
        (None, Some(_)) => Ok(None),
    }
}

/// The entries of one occurrence of a list: the elements in it, whatever they are called, unless it is an entry itself.
fn entries<'d, 'i>(occurrence: Value<'d, 'i>, fields: &[Slot]) -> Result<Vec<Value<'d, 'i>>, Misread> {
    let occurrence = occurrence.resolve()?;
    if occurrence.is_empty()? {
        return Ok(Vec::new());
    }
    if !occurrence.has_children() {
        return Ok(vec![occurrence]);
    }
    // `<x><id>1</id><description>…</description></x>` is an entry of a repeated list; `<x><id>1</id><id>2</id></x>` is a list.
    let mut names = occurrence.children().map(|child| (slot_of(fields, child.name()).map(|slot| slot.role), child.has_children()));
    let record = match (names.next(), names.next()) {
        (Some((Some(one), false)), Some((Some(two), false))) => one != two,
        _ => false,
    };
    Ok(if record { vec![occurrence] } else { occurrence.children().take(ENTRIES + 1).collect() })
}
