//! Which operation is called? By the namespace and name of the body's element; everything else is a fallback for callers that get one of
//! them wrong (ici-wire §8.2).

use shared::profile::{InterfaceKey, OperationKey, Profile};
use std::collections::HashMap;

/// The profile's names, arranged for looking up.
pub(super) struct Dispatch {
    /// Exact namespaces first: this is how SAP calls.
    namespaces: Vec<(String, InterfaceKey)>,
    names: HashMap<String, ByInterface>,
    lower_case: HashMap<String, ByInterface>,
}

/// One name in each interface.
type ByInterface = [Option<OperationKey>; InterfaceKey::ALL.len()];

/// A `SOAPAction` longer than this names none of ours.
const ACTION: usize = 1024;

impl Dispatch {
    pub(super) fn new(profile: &Profile) -> Self {
        let namespaces = profile.interfaces().iter().map(|interface| (interface.namespace.clone(), interface.key)).collect();
        let (mut names, mut lower_case) = (HashMap::new(), HashMap::new());
        for operation in profile.operations() {
            let interface = operation.key.interface() as usize;
            for name in std::iter::once(&operation.name).chain(&operation.aliases) {
                let exact: &mut ByInterface = names.entry(name.clone()).or_default();
                exact[interface] = Some(operation.key);
                // Names that differ only in case: the first operation keeps the name.
                let folded: &mut ByInterface = lower_case.entry(name.to_ascii_lowercase()).or_default();
                folded[interface].get_or_insert(operation.key);
            }
        }
        Self { namespaces, names, lower_case }
    }

    /// The operation, if there is one. `action` is the `SOAPAction` header as it came.
    pub(super) fn find(&self, namespace: &str, name: &str, action: Option<&str>) -> Option<OperationKey> {
        let by_namespace = self.interface(namespace);
        if let (Some(interface), Some(operations)) = (by_namespace, self.names.get(name))
            && let Some(key) = operations[interface as usize]
        {
            return Some(key);
        }
        let by_action = action.filter(|action| action.len() <= ACTION).and_then(|action| self.interface(action));
        let (by_prefix, rest) = match name.split_once('_') {
            Some((prefix, rest)) => (self.interface(prefix), rest),
            None => (None, name),
        };
        let lower_name = name.to_ascii_lowercase();
        let lower_rest = rest.to_ascii_lowercase();
        for (names, name, rest) in [(&self.names, name, rest), (&self.lower_case, lower_name.as_str(), lower_rest.as_str())] {
            let in_interface = |interface: Option<InterfaceKey>, name: &str| names.get(name)?[interface? as usize];
            let found = in_interface(by_namespace, name)
                .or_else(|| in_interface(by_action, name))
                .or_else(|| in_interface(by_prefix, rest))
                .or_else(|| only(names.get(name)?));
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// The interface that a namespace, a `SOAPAction` or the first part of a .NET method name means: `urn:IciUserInterface`,
    /// `"http://…/bcbici/IciUserBean"` with whatever quotes, `IciUser`.
    fn interface(&self, text: &str) -> Option<InterfaceKey> {
        if let Some((_, key)) = self.namespaces.iter().find(|(namespace, _)| namespace == text) {
            return Some(*key);
        }
        let text = text.trim_matches(|c: char| matches!(c, '"' | '\'') || c.is_whitespace());
        let text = text.split('#').next().unwrap_or(text).trim_end_matches('/');
        let text = text.rsplit(['/', ':']).next().unwrap_or(text).to_ascii_lowercase();
        let text = text.strip_prefix("ici").unwrap_or(&text);
        let text = ["interface", "bean"].iter().find_map(|ending| text.strip_suffix(ending)).unwrap_or(text);
        InterfaceKey::ALL.iter().copied().find(|key| key.word().eq_ignore_ascii_case(text))
    }
}

fn only(operations: &[Option<OperationKey>]) -> Option<OperationKey> {
    let mut there = operations.iter().flatten();
    match (there.next(), there.next()) {
        (Some(key), None) => Some(*key),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use OperationKey as O;

    const USER_BEAN: &str = "\"http://inqmy.com/soapdispatcher/rpc/bcbici/IciUserBean\"";

    #[test]
    fn every_way_to_name_an_operation_leads_to_it() {
        let dispatch = Dispatch::new(&Profile::built_in());
        let cases = [
            // The known message, and what the guide calls it.
            ("urn:IciUserInterface", "getAttributes", Some(USER_BEAN), Some(O::UserGetAttributes)),
            ("urn:IciUserInterface", "getUserAttributes", None, Some(O::UserGetAttributes)),
            ("urn:IciPhoneCallInterface", "getAttributes", None, Some(O::PhoneCallGetAttributes)),
            // The namespace counts more than the action.
            ("urn:IciContainerInterface", "subscribe", Some(USER_BEAN), Some(O::ContainerSubscribe)),
            ("urn:iciuserINTERFACE", "subscribe", None, Some(O::UserSubscribe)),
            ("http://example.com/ici/IciUserInterface/", "subscribe", None, Some(O::UserSubscribe)),
            // The action names the bean, in any quotes.
            ("urn:guess", "subscribe", Some(USER_BEAN), Some(O::UserSubscribe)),
            ("", "subscribe", Some("'http://inqmy.com/soapdispatcher/rpc/bcbici/IciContainerBean'"), Some(O::ContainerSubscribe)),
            ("", "subscribe", Some("\"\"http://inqmy.com/soapdispatcher/rpc/bcbici/IciUserBean\"\""), Some(O::UserSubscribe)),
            ("", "subscribe", Some("urn:IciUserInterface"), Some(O::UserSubscribe)),
            ("", "subscribe", Some("\"http://inqmy.com/soapdispatcher/rpc/bcbici/IciUserBean#encoded\""), Some(O::UserSubscribe)),
            // .NET method names.
            ("urn:guess", "IciSystem_getUserPresence", None, Some(O::SystemGetUserPresence)),
            ("urn:guess", "IciContainer_unsubscribe", None, Some(O::ContainerUnsubscribe)),
            ("urn:guess", "PhoneCall_hold", None, Some(O::PhoneCallHold)),
            // A name that is there once.
            ("urn:guess", "alternate", None, Some(O::PhoneCallAlternate)),
            ("urn:IciUserInterface", "hold", None, Some(O::PhoneCallHold)),
            // Case does not count when nothing else helps.
            ("urn:IciUserInterface", "GETATTRIBUTES", None, Some(O::UserGetAttributes)),
            ("urn:guess", "Iciuser_SetCurrentWorkMode", None, Some(O::UserSetCurrentWorkmode)),
            // Nothing that could be meant.
            ("urn:guess", "getAttributes", None, None),
            ("urn:guess", "subscribe", Some(""), None),
            ("urn:IciUserInterface", "formatDisk", Some(USER_BEAN), None),
            ("", "", None, None),
            ("_", "_", Some("_"), None),
        ];
        assert_eq!(cases.len(), 23);
        for (namespace, name, action, expected) in cases {
            assert_eq!(dispatch.find(namespace, name, action), expected, "{{{namespace}}}{name} {action:?}");
        }
    }

    #[test]
    fn every_operation_answers_to_all_its_names() {
        let profile = Profile::built_in();
        let dispatch = Dispatch::new(&profile);
        let mut names = 0;
        for operation in profile.operations() {
            let namespace = &profile.interface(operation.key.interface()).namespace;
            for name in std::iter::once(&operation.name).chain(&operation.aliases) {
                assert_eq!(dispatch.find(namespace, name, None), Some(operation.key), "{name}");
                names += 1;
            }
        }
        assert!(names >= 35 * 2, "{names}");
    }
}
