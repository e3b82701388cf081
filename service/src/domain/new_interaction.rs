//! What the switch is asked to route, for no agent in particular: an action item of SAP, a callback (ici-wire §2.1 `createCallBack`, §2.10).

use super::{InteractionKind, QueueId, Refusal};
use std::collections::BTreeMap;

/// An interaction that does not come from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewInteraction {
    /// What it is.
    pub kind: InteractionKind,
    /// The workgroup that gets it, by its name or number.
    pub queue: QueueId,
    /// From whom it is: a number or an address.
    pub address: String,
    /// His name; may be empty.
    pub name: String,
    /// To whom it was addressed; may be empty.
    pub dialed: String,
    /// What is dialled when an agent accepts a callback, where that is not the address.
    pub calls: Option<String>,
    /// Not before, seconds since 1970 UTC; `None`: at once.
    pub not_before: Option<i64>,
    /// Attributes of the interaction.
    pub attributes: BTreeMap<String, String>,
}

/// A wish to be called back (ici-wire T3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallBack {
    /// The customer's number.
    pub number: String,
    /// The workgroup whose agents call back.
    pub queue: Option<QueueId>,
    /// Not before, seconds since 1970 UTC.
    pub at: Option<i64>,
    /// What is dialled in front of the number, and not shown.
    pub gateway_prefix: String,
    /// For whoever calls back.
    pub notes: String,
    /// For the site's own use.
    pub extra_data: String,
}

/// Nobody asks for a callback later than this, seconds.
const LATEST: i64 = 366 * 24 * 3600;

impl Default for NewInteraction {
    fn default() -> Self {
        Self {
            kind: InteractionKind::default(),
            queue: QueueId::new(""),
            address: String::new(),
            name: String::new(),
            dialed: String::new(),
            calls: None,
            not_before: None,
            attributes: BTreeMap::new(),
        }
    }
}

// === impl CallBack ===

impl CallBack {
    /// What it becomes on the switch at the moment `now`.
    ///
    /// # Errors
    /// [`Refusal::DestinationMissing`], [`Refusal::QueueMissing`], [`Refusal::LimitReached`] for a time that is too far away.
    pub fn place(&self, now: i64) -> Result<NewInteraction, Refusal> {
        let number = self.number.trim();
        if number.is_empty() {
            return Err(Refusal::DestinationMissing);
        }
        let queue = self.queue.clone().ok_or(Refusal::QueueMissing)?;
        let not_before = self.at.filter(|at| *at > now);
        if not_before.is_some_and(|at| at - now > LATEST) {
            return Err(Refusal::LimitReached { what: "days until a callback", limit: 366 });
        }
        let prefix = self.gateway_prefix.trim();
        let attributes = [("Eic_CallbackNotes", &self.notes), ("Eic_CallbackExtraData", &self.extra_data)];
        let attributes =
            attributes.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name.to_owned(), value.clone()));
        Ok(NewInteraction {
            kind: InteractionKind::Callback,
            queue,
            address: number.to_owned(),
            calls: (!prefix.is_empty()).then(|| format!("{prefix}{number}")),
            not_before,
            attributes: attributes.collect(),
            ..NewInteraction::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callback_goes_to_its_queue_with_its_number_and_what_is_dialled() {
        let wish = CallBack {
            number: " +4930 ".to_owned(),
            queue: Some("Support".into()),
            at: Some(200),
            gateway_prefix: "0".to_owned(),
            notes: "evening".to_owned(),
            extra_data: String::new(),
        };
        let placed = wish.place(100).unwrap();
        assert_eq!((placed.kind, placed.address.as_str(), placed.calls.as_deref()), (InteractionKind::Callback, "+4930", Some("0+4930")));
        assert_eq!((placed.not_before, placed.attributes.len()), (Some(200), 1));
        assert_eq!(wish.place(200).unwrap().not_before, None, "what is past is now");
        assert_eq!(CallBack { gateway_prefix: String::new(), ..wish }.place(300).unwrap().calls, None);
    }

    #[test]
    fn a_callback_needs_a_number_a_queue_and_a_time_within_a_year() {
        let wish = CallBack { number: "1".to_owned(), queue: Some("Support".into()), ..CallBack::default() };
        assert_eq!(CallBack { number: " ".to_owned(), ..wish.clone() }.place(0), Err(Refusal::DestinationMissing));
        assert_eq!(CallBack { queue: None, ..wish.clone() }.place(0), Err(Refusal::QueueMissing));
        let late = CallBack { at: Some(LATEST + 1), ..wish }.place(0);
        assert_eq!(late, Err(Refusal::LimitReached { what: "days until a callback", limit: 366 }));
    }
}
