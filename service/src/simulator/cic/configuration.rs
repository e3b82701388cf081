//! What Interaction Administrator has (`people`): users, workgroups, skills, wrap-up codes, statuses; lists with select, where, order, pages and rights, and
//! watching them (reference of ICWS, §5).

mod people;

use super::{
    answer::{Answer, Outcome, Problem},
    ask::{Ask, Fields},
    desk::Desk,
    scene::Scene,
    session::Watch,
    site::Right,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// An answer with properties has no more.
const PAGE: usize = 200;

pub(super) fn answer(desk: &Desk, path: &[&str], ask: &Ask) -> Outcome {
    let (kind, wanted) = match path {
        [kind] => (*kind, None),
        [kind, id] => (*kind, Some(*id)),
        _ => return Err(Problem::unsupported(&ask.path)),
    };
    let all = desk.with(|state| objects(&state.scene, kind)).ok_or_else(|| Problem::unsupported(&ask.path))?;
    if ask.method != "GET" {
        // The simulated server is configured by its file.
        return Err(Problem::method(&ask.method));
    }
    let select: Option<Vec<&str>> =
        ask.query("select").map(|names| names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect());
    // One that is named is shown to whoever may view it.
    let filter = ask.query("rightsFilter").unwrap_or(if wanted.is_some() { "view" } else { "admin" });
    let visible = sees(desk, kind, filter);
    if let Some(wanted) = wanted {
        let found = all.into_iter().find(|object| id(object).eq_ignore_ascii_case(wanted)).filter(|_| visible);
        let found = found.ok_or_else(|| Problem::not_found(format_args!("{wanted} among {kind}")))?;
        return Ok(Answer::ok(selected(&found, select.as_deref().or(Some(&["*"])))));
    }
    let mut found: Vec<Value> = if visible { all } else { Vec::new() };
    if let Some(conditions) = ask.query("where") {
        let conditions = conditions.split(',').map(|text| Condition::read(text.trim())).collect::<Result<Vec<_>, _>>()?;
        found.retain(|object| conditions.iter().all(|condition| condition.holds(object)));
    }
    if let Some(order) = ask.query("orderBy") {
        let (property, descending) = match order.trim().rsplit_once(' ') {
            Some((property, "desc")) => (property, true),
            Some((property, "asc")) => (property, false),
            _ => (order.trim(), false),
        };
        found.sort_by_key(|object| text(at(object, property)).to_lowercase());
        if descending {
            found.reverse();
        }
    }
    let total = found.len();
    let (first, last) = range(ask, total, select.is_some())?;
    let page: Vec<Value> = found.get(first..last).unwrap_or_default().iter().map(|object| selected(object, select.as_deref())).collect();
    let shown = if page.is_empty() { "*".to_owned() } else { format!("{first}-{}", first + page.len() - 1) };
    Ok(Answer::ok(json!({ "items": page })).header("Content-Range", format!("items {shown}/{total}")))
}

/// Without an administrator's right, everything is seen with `view` only, and not by everybody.
fn sees(desk: &Desk, kind: &str, filter: &str) -> bool {
    filter.eq_ignore_ascii_case("view")
        && match kind {
            _ if !desk.is_super => true,
            "users" => desk.may(Right::ProxyLogins),
            "workgroups" => desk.may(Right::Workgroups),
            _ => true,
        }
}

/// From which to which (exclusive).
fn range(ask: &Ask, total: usize, limited: bool) -> Result<(usize, usize), Problem> {
    let asked = ask.header("range").map(|range| {
        let (first, last) = range.strip_prefix("items=")?.split_once('-')?;
        let first: usize = first.trim().parse().ok()?;
        let last = if last.trim().is_empty() { total } else { last.trim().parse::<usize>().ok()?.saturating_add(1) };
        Some((first, last))
    });
    let (first, last) = match asked {
        Some(None) => return Err(Problem::invalid("Range", "it must be like items=0-199")),
        Some(Some(range)) => range,
        None => (0, total),
    };
    let first = first.min(total);
    let last = last.clamp(first, total);
    Ok((first, if limited { last.min(first + PAGE) } else { last }))
}

/// `property op value`.
struct Condition {
    property: String,
    operator: fn(&str, &str) -> bool,
    value: String,
}

// === impl Condition ===

impl Condition {
    fn read(written: &str) -> Result<Self, Problem> {
        let mut parts = written.splitn(3, ' ');
        let (property, operator, value) =
            (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let operator: fn(&str, &str) -> bool = match operator.to_lowercase().as_str() {
            "eq" => |a, b| a == b,
            "sw" => |a, b| a.starts_with(b),
            "ct" => |a, b| a.contains(b),
            _ => return Err(Problem::invalid("where", format_args!("'{written}' is not like 'property eq value'"))),
        };
        Ok(Self { property: property.to_owned(), operator, value: value.trim_matches('"').to_lowercase() })
    }

    fn holds(&self, object: &Value) -> bool {
        (self.operator)(&text(at(object, &self.property)).to_lowercase(), &self.value)
    }
}

fn at<'a>(object: &'a Value, property: &str) -> &'a Value {
    property.split('.').fold(object, |value, name| &value[name])
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn id(object: &Value) -> &str {
    object["configurationId"]["id"].as_str().unwrap_or_default()
}

/// The properties that were asked for; nothing that is null.
fn selected(object: &Value, select: Option<&[&str]>) -> Value {
    let mut out = Map::new();
    out.insert("configurationId".to_owned(), object["configurationId"].clone());
    for name in select.unwrap_or_default() {
        if *name == "*" {
            out = object.as_object().cloned().unwrap_or_default();
            break;
        }
        let value = at(object, name);
        if value.is_null() {
            continue;
        }
        put(&mut out, name, value.clone());
    }
    out.retain(|_, value| !value.is_null());
    Value::Object(out)
}

/// A value at a place that is written with dots.
fn put(into: &mut Map<String, Value>, property: &str, value: Value) {
    match property.split_once('.') {
        None => drop(into.insert(property.to_owned(), value)),
        Some((first, rest)) => {
            let inner = into.entry(first).or_insert_with(|| json!({}));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

fn reference(kind: &str, id: &str, name: &str) -> Value {
    json!({ "id": id, "displayName": name, "uri": format!("/configuration/{kind}/{id}") })
}

/// All objects of a type with all their properties; `None`: there is no such type.
pub(super) fn objects(scene: &Scene, kind: &str) -> Option<Vec<Value>> {
    let site = &scene.site;
    Some(match kind {
        "users" => people::users(scene),
        "workgroups" => people::workgroups(scene),
        "skills" => people::skills(&site.plan.configuration),
        "wrap-up-codes" => people::wrap_up_codes(&site.plan.configuration),
        // Whether CIC has a type of this name is not known: it is where its dial groups are looked for.
        "line-groups" => {
            let groups = site.plan.configuration.dial_groups.iter().flatten();
            groups.map(|name| json!({ "configurationId": reference("line-groups", name, name) })).collect()
        }
        "status-messages" => site
            .plan
            .statuses
            .iter()
            .map(|status| {
                json!({
                    "configurationId": reference("status-messages", &status.name, &status.name),
                    "messageText": { "defaultValue": &*status.name, "multiLanguageValues": [] },
                    "isDoNotDisturb": status.do_not_disturb,
                    "isUserSelectable": status.selectable,
                    "allowAcdCalls": status.acd,
                })
            })
            .collect(),
        "skill-categories"
        | "wrap-up-categories"
        | "roles"
        | "station-groups"
        | "lines"
        | "locations"
        | "server-parameters"
        | "system-parameters"
        | "structured-parameters"
        | "password-policies" => Vec::new(),
        _ => return None,
    })
}

/// Tells of objects that come, change and go.
pub(super) struct ConfigurationWatch {
    kind: String,
    id: String,
    /// `None`: all.
    ids: Option<Vec<String>>,
    properties: Vec<String>,
    visible: bool,
    told: Option<BTreeMap<String, Value>>,
    /// Of what administrators have set up.
    version: u64,
}

// === impl ConfigurationWatch ===

impl ConfigurationWatch {
    pub(super) fn new(desk: &Desk, kind: &str, id: &str, body: &Value) -> Result<Self, Problem> {
        let (ids, properties) = (body.texts("configurationIds")?, body.texts("properties")?);
        let all = |list: &[String]| list.iter().any(|each| each == "*");
        if kind == "status-messages" || desk.with(|state| objects(&state.scene, kind)).is_none() {
            return Err(Problem::not_found(format_args!("A subscription to {kind}")));
        }
        if all(&ids) && all(&properties) {
            return Err(Problem::invalid("properties", "* cannot be given for ids and properties at once"));
        }
        let visible = sees(desk, kind, body["rightsFilter"].as_str().unwrap_or("admin"));
        let ids = (!all(&ids)).then_some(ids);
        Ok(Self { kind: kind.to_owned(), id: id.to_owned(), ids, properties, visible, told: None, version: 0 })
    }
}

impl Watch for ConfigurationWatch {
    fn look(&mut self, scene: &Scene) -> Vec<Value> {
        // Nothing else in it changes, unless an administrator has changed it.
        let moves = self.properties.is_empty() || self.properties.iter().any(|name| name == "*" || name.eq_ignore_ascii_case("statusText"));
        let version = std::mem::replace(&mut self.version, scene.configured);
        if self.told.is_some() && version == scene.configured && !(self.kind == "users" && moves) {
            return Vec::new();
        }
        let select: Vec<&str> = self.properties.iter().map(String::as_str).collect();
        let all = objects(scene, &self.kind).filter(|_| self.visible).unwrap_or_default();
        let wanted = |object: &Value| self.ids.as_ref().is_none_or(|ids| ids.iter().any(|each| each.eq_ignore_ascii_case(id(object))));
        let now: BTreeMap<_, _> =
            all.iter().filter(|object| wanted(object)).map(|object| (id(object).to_owned(), selected(object, Some(&select)))).collect();
        let before = self.told.replace(now.clone());
        let is_delta = before.is_some();
        let before = before.unwrap_or_default();
        let added: Vec<_> = now.iter().filter(|(id, _)| !before.contains_key(*id)).map(|(_, object)| object).collect();
        let changed: Vec<_> =
            now.iter().filter(|(id, object)| before.get(*id).is_some_and(|old| old != *object)).map(|(_, object)| object).collect();
        let removed: Vec<_> = before
            .iter()
            .filter(|(id, _)| !now.contains_key(*id))
            .map(|(_, object)| json!({ "configurationId": object["configurationId"] }))
            .collect();
        if is_delta && added.len() + changed.len() + removed.len() == 0 {
            return Vec::new();
        }
        vec![json!({
            "__type": format!("urn:inin.com:configuration.people:{}Message", camel(&self.kind)),
            "isDelta": is_delta,
            "subscriptionId": self.id,
            "added": added,
            "changed": changed,
            "removed": removed,
        })]
    }
}

/// `wrap-up-codes` is `wrapUpCodes` in the name of its message.
fn camel(kind: &str) -> String {
    let mut parts = kind.split('-');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        let (head, tail) = part.split_at(part.len().min(1));
        name + &head.to_uppercase() + tail
    })
}
