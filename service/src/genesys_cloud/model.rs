//! An organisation, as simple as can be, for tests: no delay, no limits, and an assertion wherever a real one would refuse.

use super::{
    actual::{Actual, ActualLinks},
    cloud::{Existing, Member, State, Write, Written},
    known::Known,
    record::{CloudId, Content, Kind, OurId},
};
use std::collections::{BTreeMap, BTreeSet};

/// An organisation, as simple as can be.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Model {
    pub(super) things: BTreeMap<(Kind, CloudId), Existing>,
    pub(super) links: BTreeMap<CloudId, ActualLinks>,
    pub(super) made: usize,
}

impl Model {
    pub(super) fn add(&mut self, content: Content, ours: Option<OurId>, state: State) -> Existing {
        self.made += 1;
        let id = CloudId(format!("{}-{}", content.kind(), self.made));
        let key = content.natural_key().to_lowercase();
        let twice = self.things.values().any(|other| {
            other.content.kind() == content.kind()
                && content.kind().has_natural_key()
                && other.state != State::Deleted
                && other.content.natural_key().to_lowercase() == key
        });
        assert!(!twice, "{content:?} is there already");
        let existing = Existing { id: id.clone(), ours, state, version: Some("1".into()), content };
        self.things.insert((existing.content.kind(), id), existing.clone());
        existing
    }

    pub(super) fn write(&mut self, write: Write) -> Written {
        let mut existing = None;
        match write {
            Write::Create { content, ours } => {
                let ours = Some(ours).filter(|_| !matches!(content.kind(), Kind::Skill | Kind::Language));
                existing = Some(self.add(content, ours, State::Active));
            }
            Write::Change { id, content, ours, .. } => {
                assert!(matches!(content.kind(), Kind::User | Kind::Queue | Kind::OauthClient), "{content:?} cannot be changed");
                let is_taken = |(other, thing): (&(Kind, CloudId), &Existing)| {
                    *other != (content.kind(), id.clone())
                        && thing.content.kind() == Kind::User
                        && thing.content.natural_key() == content.natural_key()
                };
                assert!(content.kind() != Kind::User || !self.things.iter().any(is_taken), "{content:?} has an address that is taken");
                let thing = self.things.get_mut(&(content.kind(), id)).unwrap();
                let before = thing.content.clone();
                (thing.content, thing.ours, thing.state) = (content, Some(ours), State::Active);
                if let (Content::User(now), Content::User(before)) = (&mut thing.content, before) {
                    now.skills = now.skills.take().or(before.skills);
                    now.languages = now.languages.take().or(before.languages);
                }
                existing = Some(thing.clone());
            }
            Write::Restore { user } => self.things.get_mut(&(Kind::User, user)).unwrap().state = State::Active,
            Write::Deactivate { user } => self.things.get_mut(&(Kind::User, user)).unwrap().state = State::Inactive,
            Write::Delete { kind, id } => {
                let gone = self.things.remove(&(kind, id.clone())).unwrap();
                self.links.remove(&id);
                for links in self.links.values_mut() {
                    links.members.retain(|member| member.user != id);
                    links.codes.remove(&id);
                }
                for thing in self.things.values_mut() {
                    if let Content::User(person) = &mut thing.content {
                        let from = if kind == Kind::Skill { &mut person.skills } else { &mut person.languages };
                        let is_skill = matches!(kind, Kind::Skill | Kind::Language);
                        if let Some(skills) = from.as_mut().filter(|_| is_skill) {
                            skills.remove(gone.content.natural_key());
                        }
                    }
                }
            }
            Write::AddMembers { queue, users } => {
                assert!(users.iter().all(|user| self.things.contains_key(&(Kind::User, user.clone()))), "a member who is not there");
                let links = self.links.entry(queue).or_default();
                for user in users {
                    if !links.members.iter().any(|member| member.user == user) {
                        links.members.push(Member { user, by_group: false });
                    }
                }
            }
            Write::RemoveMembers { queue, users } => {
                self.links.entry(queue).or_default().members.retain(|member| member.by_group || !users.contains(&member.user));
            }
            Write::AddCodes { queue, codes } => self.links.entry(queue).or_default().codes.extend(codes),
            Write::RemoveCodes { queue, codes } => {
                self.links.entry(queue).or_default().codes.retain(|code| !codes.contains(code));
            }
        }
        let names = |kind| -> BTreeSet<&str> {
            self.things.values().filter(|thing| thing.content.kind() == kind).map(|thing| thing.content.natural_key()).collect()
        };
        let (skills, languages) = (names(Kind::Skill), names(Kind::Language));
        for thing in self.things.values() {
            let Content::User(person) = &thing.content else { continue };
            for (names, has) in [(&skills, &person.skills), (&languages, &person.languages)] {
                assert!(has.iter().flatten().all(|(name, _)| names.contains(name.as_str())), "a skill that is not there: {person:?}");
            }
        }
        Written { existing, correlation: None }
    }

    pub(super) fn actual(&self) -> Actual {
        let mut actual = Actual::default();
        self.things.values().cloned().for_each(|existing| actual.add(existing));
        self.links.iter().for_each(|(queue, links)| actual.add_links(queue.clone(), links.clone()));
        actual
    }

    fn is_ours(kind: Kind, id: &CloudId, known: &Known) -> bool {
        known.by_cloud(kind).contains_key(id)
    }

    /// Everything that nothing of ours stands for, and what somebody else has joined to what is ours.
    pub(super) fn foreign(&self, known: &Known) -> Self {
        let things = self.things.iter().filter(|((kind, id), _)| !Self::is_ours(*kind, id, known));
        let links = self.links.iter().map(|(queue, links)| {
            let queue_is_ours = Self::is_ours(Kind::Queue, queue, known);
            let members =
                links.members.iter().filter(|member| !queue_is_ours || member.by_group || !Self::is_ours(Kind::User, &member.user, known));
            let codes = links.codes.iter().filter(|code| !queue_is_ours || !Self::is_ours(Kind::WrapUpCode, code, known));
            (queue.clone(), ActualLinks { members: members.cloned().collect(), codes: codes.cloned().collect() })
        });
        let things: BTreeMap<_, _> = things.map(|(id, thing)| (id.clone(), thing.clone())).collect();
        Self { things, links: links.filter(|(_, links)| *links != ActualLinks::default()).collect(), made: 0 }
    }
}
