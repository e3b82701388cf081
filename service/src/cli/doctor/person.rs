//! What a switch tells of one agent, and what that means for a log-on, item by item. Pure.

use super::sentences as say;
use crate::cli::report::{Detail, Sentence};
use shared::config::SwitchKind;

/// An agent, as far as he is known.
pub(super) struct Person {
    pub(super) switch: SwitchKind,
    /// His name as SAP says it.
    pub(super) asked: String,
    /// On whose behalf the switch was asked, for the rights that he lacks.
    pub(super) asking: String,
    pub(super) named: Told<Named>,
    pub(super) hidden: Told<bool>,
    /// Empty: none.
    pub(super) extension: Told<String>,
    pub(super) status: Told<Status>,
    pub(super) seat: Told<Seat>,
    pub(super) licence: Told<Licence>,
}

/// What is known; or why it is not.
pub(super) type Told<T> = Result<T, String>;

/// Is there a user of that name?
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Named {
    Exactly,
    /// Only in other capital and small letters.
    Otherwise(String),
    /// Nobody; these are called similarly.
    Nobody(Vec<String>),
}

/// His status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// None was ever set.
    Never,
    /// This one.
    Set(String),
    /// This one is where he begins.
    First(String),
    /// One that the switch has not.
    Unlisted(String),
}

/// Where he would sit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Seat {
    /// Nowhere.
    Nowhere,
    /// There is no such station.
    Unknown(String),
    /// Nobody else sits there.
    Free(String),
    /// He himself sits there.
    His(String),
    /// Somebody else sits there.
    InUse { station: String, by: String },
    /// Somebody may sit there.
    Perhaps { station: String, why: String },
}

/// His licence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Licence {
    Active,
    Inactive,
    NoClientAccess,
    NotNeeded,
}

/// The six items, as stages of the report.
pub(super) const ITEMS: [&str; 6] = ["case", "directory", "extension", "first_status", "station", "licence"];

// === impl Person ===

impl Person {
    /// What is to be said of each of [`ITEMS`].
    pub(super) fn judged(&self) -> [Detail; 6] {
        let name = self.name();
        if matches!(self.named, Ok(Named::Nobody(_))) {
            return [name, self.absent(), self.absent(), self.absent(), self.absent(), self.absent()];
        }
        [name, self.directory(), self.extension(), self.status(), self.station(), self.licence()]
    }

    fn name(&self) -> Detail {
        match &self.named {
            Ok(Named::Exactly) => self.says(say::NAME_RIGHT, []),
            Ok(Named::Otherwise(known)) => self.says(say::NAME_CASE, [("known", known.clone())]),
            Ok(Named::Nobody(near)) if near.is_empty() => self.says(self.of(say::NAME_UNKNOWN, say::NAME_UNKNOWN_HERE), []),
            Ok(Named::Nobody(near)) => self.says(self.of(say::NAME_ALIKE, say::NAME_ALIKE_HERE), [("near", near.join(", "))]),
            Err(why) => self.undecided(say::NAME_UNDECIDED, why),
        }
    }

    fn directory(&self) -> Detail {
        match &self.hidden {
            Ok(false) => self.says(say::DIRECTORY_SHOWN, []),
            Ok(true) => self.says(self.of(say::DIRECTORY_HIDDEN, say::DIRECTORY_HIDDEN_HERE), []),
            Err(why) => self.undecided(say::DIRECTORY_UNDECIDED, why),
        }
    }

    fn extension(&self) -> Detail {
        match &self.extension {
            Ok(none) if none.is_empty() => self.says(self.of(say::EXTENSION_MISSING, say::EXTENSION_MISSING_HERE), []),
            Ok(extension) => self.says(say::EXTENSION_THERE, [("extension", extension.clone())]),
            Err(why) => self.undecided(say::EXTENSION_UNDECIDED, why),
        }
    }

    fn status(&self) -> Detail {
        match &self.status {
            Ok(Status::Never) => self.says(say::STATUS_NONE, []),
            Ok(Status::Set(status)) => self.says(say::STATUS_SET, [("status", status.clone())]),
            Ok(Status::First(status)) => self.says(say::STATUS_FIRST, [("status", status.clone())]),
            Ok(Status::Unlisted(status)) => self.says(say::STATUS_UNLISTED, [("status", status.clone())]),
            Err(why) => self.undecided(say::STATUS_UNDECIDED, why),
        }
    }

    fn station(&self) -> Detail {
        let at = |station: &String| ("station", station.clone());
        match &self.seat {
            Ok(Seat::Nowhere) => self.says(say::SEAT_NONE, []),
            Ok(Seat::Unknown(station)) => self.says(say::SEAT_NONE_HERE, [at(station)]),
            Ok(Seat::Free(station)) => self.says(say::SEAT_FREE, [at(station)]),
            Ok(Seat::His(station)) => self.says(say::SEAT_TAKEN_PLACE, [at(station)]),
            Ok(Seat::InUse { station, by }) => self.says(say::SEAT_IN_USE, [at(station), ("sitter", by.clone())]),
            Ok(Seat::Perhaps { station, why }) => self.says(say::SEAT_UNDECIDED_HERE, [at(station), ("why", why.clone())]),
            Err(why) => self.undecided(say::SEAT_UNDECIDED, why),
        }
    }

    fn licence(&self) -> Detail {
        match &self.licence {
            Ok(Licence::Active) => self.says(say::LICENCE_ACTIVE, []),
            Ok(Licence::Inactive) => self.says(say::LICENCE_INACTIVE, []),
            Ok(Licence::NoClientAccess) => self.says(say::LICENCE_NO_ACCESS, []),
            Ok(Licence::NotNeeded) => self.says(say::LICENCE_NOT_NEEDED, []),
            Err(why) => self.undecided(say::LICENCE_UNDECIDED, why),
        }
    }

    fn absent(&self) -> Detail {
        self.says(say::NO_SUCH_USER, [])
    }

    fn undecided(&self, sentence: Sentence, why: &str) -> Detail {
        self.says(sentence, [("why", why.to_owned()), ("asking", self.asking.clone())])
    }

    /// What is repaired in another place with another switch.
    fn of(&self, cic: Sentence, built_in: Sentence) -> Sentence {
        match self.switch {
            SwitchKind::Icws => cic,
            SwitchKind::Embedded => built_in,
        }
    }

    fn says<const N: usize>(&self, sentence: Sentence, values: [(&'static str, String); N]) -> Detail {
        Detail::with(self.asked.as_str(), sentence, values)
    }
}

/// Is there a user of that name among these?
pub(super) fn named<'a>(asked: &str, known: impl Iterator<Item = &'a str> + Clone) -> Named {
    /// Nobody reads more.
    const NEAR: usize = 5;
    if known.clone().any(|name| name == asked) {
        return Named::Exactly;
    }
    if let Some(name) = known.clone().find(|name| name.to_lowercase() == asked.to_lowercase()) {
        return Named::Otherwise(name.to_owned());
    }
    Named::Nobody(known.filter(|name| alike(name, asked)).take(NEAR).map(str::to_owned).collect())
}

/// Somebody may have meant the one by the other: they differ by signs between the letters, or one is the beginning of the other.
fn alike(one: &str, other: &str) -> bool {
    /// Shorter beginnings say nothing.
    const LETTERS: usize = 3;
    let bare = |name: &str| name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let (one, other) = (bare(one), bare(other));
    one.chars().count().min(other.chars().count()) >= LETTERS && (one.starts_with(&other) || other.starts_with(&one))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::report::Verdict;

    fn anna(switch: SwitchKind) -> Person {
        Person {
            switch,
            asked: "ANNA".into(),
            asking: "SAPSU".into(),
            named: Ok(Named::Exactly),
            hidden: Ok(false),
            extension: Ok("8001".into()),
            status: Ok(Status::Set("Available".into())),
            seat: Ok(Seat::Free("8001".into())),
            licence: Ok(Licence::Active),
        }
    }

    fn ids(person: &Person) -> Vec<String> {
        person.judged().into_iter().filter(|detail| detail.verdict != Verdict::Ok).map(|detail| detail.id).collect()
    }

    #[test]
    fn nothing_is_said_against_an_agent_who_is_right() {
        assert!(ids(&anna(SwitchKind::Icws)).is_empty());
        assert!(ids(&anna(SwitchKind::Embedded)).is_empty());
    }

    #[test]
    fn each_item_fails_alone_and_says_where_it_is_repaired() {
        /// What is wrong, and what is said of it for CIC and for the built-in switch.
        type Wrong = (fn(&mut Person), &'static str, &'static str);
        let wrong: [Wrong; 5] = [
            (|p| p.named = Ok(Named::Otherwise("Anna".into())), "doctor-name-case", "doctor-name-case"),
            (|p| p.hidden = Ok(true), "doctor-directory-hidden", "doctor-directory-hidden-here"),
            (|p| p.extension = Ok(String::new()), "doctor-extension-missing", "doctor-extension-missing-here"),
            (|p| p.status = Ok(Status::Never), "doctor-status-none", "doctor-status-none"),
            (|p| p.licence = Ok(Licence::Inactive), "doctor-licence-inactive", "doctor-licence-inactive"),
        ];
        for (make, cic, built_in) in wrong {
            for (switch, id) in [(SwitchKind::Icws, cic), (SwitchKind::Embedded, built_in)] {
                let mut person = anna(switch);
                make(&mut person);
                assert_eq!(ids(&person), [id]);
            }
        }
        let mut person = anna(SwitchKind::Icws);
        person.seat = Ok(Seat::InUse { station: "8001".into(), by: "BERT".into() });
        assert_eq!(ids(&person), ["doctor-seat-in-use"]);
        assert!(person.judged()[4].repair.contains("BERT"));
    }

    #[test]
    fn what_is_not_told_is_undecided_and_says_what_would_decide_it() {
        let why = || Err("Access denied".to_owned());
        let person = Person {
            named: why().map(|()| Named::Exactly),
            hidden: why().map(|()| false),
            extension: why().map(|()| String::new()),
            ..anna(SwitchKind::Icws)
        };
        let judged = person.judged();
        for detail in &judged[..3] {
            assert_eq!(detail.verdict, Verdict::Undecided, "{detail:?}");
            assert!(detail.cause.contains("Access denied") && !detail.repair.is_empty(), "{detail:?}");
        }
        assert_eq!(judged[5].verdict, Verdict::Ok);
    }

    #[test]
    fn of_nobody_nothing_else_is_looked_at() {
        let mut person = anna(SwitchKind::Icws);
        person.named = Ok(Named::Nobody(vec!["ANNA.ADLER".into()]));
        let judged = person.judged();
        assert_eq!(judged[0].id, "doctor-name-alike");
        assert!(judged[1..].iter().all(|detail| detail.verdict == Verdict::Skipped));
    }

    #[test]
    fn a_name_is_found_by_its_letters() {
        let known = ["ANNA", "Bert.Brandt", "X1"];
        let find = |asked: &str| named(asked, known.into_iter());
        assert_eq!(find("ANNA"), Named::Exactly);
        assert_eq!(find("anna"), Named::Otherwise("ANNA".into()));
        assert_eq!(find("BERTBRANDT"), Named::Nobody(vec!["Bert.Brandt".into()]));
        assert_eq!(find("BERT"), Named::Nobody(vec!["Bert.Brandt".into()]));
        assert_eq!(find("CARLA"), Named::Nobody(Vec::new()));
        assert_eq!(find("X"), Named::Nobody(Vec::new()));
    }
}
