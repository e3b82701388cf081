//! A site of random size and shape, its random edits, the file that says it, and what an organisation should have of it: the guide's rules once more,
//! written by nobody who looked at the service.

use super::Size;
use crate::killing::chance::Chance;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

/// A site. Its first user and its first workgroup always stay, so that strangers may join them.
pub(super) struct Site {
    users: BTreeMap<String, User>,
    workgroups: BTreeMap<String, Workgroup>,
    skills: BTreeSet<String>,
    codes: BTreeSet<String>,
    languages: BTreeSet<String>,
    made: usize,
}

#[derive(Clone, Default)]
struct User {
    display_name: String,
    email: String,
    phone: String,
    skills: BTreeMap<String, u8>,
}

#[derive(Clone, Default)]
struct Workgroup {
    members: BTreeSet<String>,
    skills: BTreeMap<String, u8>,
    codes: BTreeSet<String>,
}

/// A user as the organisation should have him.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) display_name: String,
    pub(super) phone: String,
    pub(super) skills: BTreeMap<String, u8>,
    pub(super) languages: BTreeMap<String, u8>,
}

/// A queue as it should have it: e-mail addresses of its members, and names of its codes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Queue {
    pub(super) members: BTreeSet<String>,
    pub(super) codes: BTreeSet<String>,
}

// === impl Site ===

impl Site {
    pub(super) fn new(size: Size, chance: &mut Chance) -> Self {
        let mut made = Self {
            users: BTreeMap::new(),
            workgroups: BTreeMap::new(),
            skills: (0..size.skills).map(|number| format!("Skill {number:03}")).collect(),
            codes: (0..size.codes).map(|number| format!("Code {number:02}")).collect(),
            languages: (0..size.skills).step_by(20).map(|number| format!("Skill {number:03}")).collect(),
            made: 0,
        };
        for _ in 0..size.users {
            made.add_user(chance);
        }
        for _ in 0..size.workgroups {
            made.add_workgroup(chance);
        }
        made
    }

    /// Members and codes of each workgroup.
    pub(super) fn workgroups(&self) -> impl Iterator<Item = (usize, usize)> {
        self.workgroups.values().map(|workgroup| (workgroup.members.len(), workgroup.codes.len()))
    }

    /// The e-mail address of the user who always stays, and the name of the workgroup.
    pub(super) fn staying(&self) -> (&str, &str) {
        let user = self.users.values().next().map_or("", |user| &user.email);
        (user, self.workgroups.keys().next().map_or("", String::as_str))
    }

    /// A skill and a code of the site, which somebody else may have made before.
    pub(super) fn common(&self) -> (&str, &str) {
        (self.skills.last().map_or("", String::as_str), self.codes.last().map_or("", String::as_str))
    }

    fn number(&mut self) -> usize {
        self.made += 1;
        self.made
    }

    fn add_user(&mut self, chance: &mut Chance) {
        let number = self.number();
        let mut user = User {
            display_name: format!("Person {number}"),
            email: format!("person{number}@example.com"),
            phone: format!("+4930{number:06}"),
            skills: BTreeMap::new(),
        };
        for _ in 0..chance.below(4) {
            user.skills.extend(chance.pick(&self.skills).map(|skill| (skill.clone(), percent(chance))));
        }
        self.users.insert(format!("USER{number:05}"), user);
    }

    fn add_workgroup(&mut self, chance: &mut Chance) {
        let number = self.number();
        let mut workgroup = Workgroup::default();
        for _ in 0..5 + chance.below(20) {
            workgroup.members.extend(chance.pick(&self.users).map(|(name, _)| name.clone()));
        }
        for _ in 0..chance.below(3) {
            workgroup.skills.extend(chance.pick(&self.skills).map(|skill| (skill.clone(), percent(chance))));
            workgroup.codes.extend(chance.pick(&self.codes).cloned());
        }
        self.workgroups.insert(format!("Group {number:05}"), workgroup);
    }

    /// A user, never the first.
    fn some_user(&self, chance: &mut Chance) -> Option<String> {
        let names: Vec<_> = self.users.keys().skip(1).collect();
        chance.pick(names).cloned()
    }

    fn some_workgroup(&self, chance: &mut Chance) -> Option<String> {
        let names: Vec<_> = self.workgroups.keys().skip(1).collect();
        chance.pick(names).cloned()
    }

    /// One thing that an administrator of the switch may do.
    pub(super) fn edit(&mut self, chance: &mut Chance) {
        let (user, workgroup) = (self.some_user(chance), self.some_workgroup(chance));
        let (skill, code) = (chance.pick(&self.skills).cloned(), chance.pick(&self.codes).cloned());
        let (Some(user), Some(workgroup), Some(skill), Some(code)) = (user, workgroup, skill, code) else { return };
        let level = percent(chance);
        let number = self.number();
        match chance.below(16) {
            0 => self.add_user(chance),
            1 => {
                self.users.remove(&user);
                for group in self.workgroups.values_mut() {
                    group.members.remove(&user);
                }
            }
            2 => self.add_workgroup(chance),
            3 => drop(self.workgroups.remove(&workgroup)),
            4 => {
                self.skills.insert(format!("Skill {number:05}"));
            }
            5 => {
                self.skills.remove(&skill);
                let users = self.users.values_mut().map(|user| &mut user.skills);
                for skills in users.chain(self.workgroups.values_mut().map(|group| &mut group.skills)) {
                    skills.remove(&skill);
                }
            }
            6 => {
                self.codes.insert(format!("Code {number:05}"));
            }
            7 => {
                self.codes.remove(&code);
                for group in self.workgroups.values_mut() {
                    group.codes.remove(&code);
                }
            }
            8 => {
                if !self.languages.remove(&skill) {
                    self.languages.insert(skill);
                }
            }
            9 | 10 => {
                let group = self.workgroups.entry(workgroup).or_default();
                if !group.members.remove(&user) {
                    group.members.insert(user);
                }
            }
            11 => {
                let group = self.workgroups.entry(workgroup).or_default();
                if !group.codes.remove(&code) {
                    group.codes.insert(code);
                }
            }
            12 => {
                self.workgroups.entry(workgroup).or_default().skills.insert(skill, level);
            }
            13 => self.change(&user, |user| user.display_name = format!("Person {number}")),
            14 => self.change(&user, |user| user.email = format!("person{number}@example.com")),
            _ => self.change(&user, |user| {
                user.phone = if level.is_multiple_of(2) { String::new() } else { format!("+4930{number:06}") };
                if user.skills.remove(&skill).is_none() && user.skills.len() < 8 {
                    user.skills.insert(skill.clone(), level);
                }
            }),
        }
    }

    fn change(&mut self, user: &str, change: impl FnOnce(&mut User)) {
        if let Some(user) = self.users.get_mut(user) {
            change(user);
        }
    }

    /// Skills that are languages, as a list of the file.
    pub(super) fn languages(&self) -> String {
        list(&self.languages)
    }

    /// The section of the file that says all this.
    pub(super) fn section(&self) -> String {
        let mut text =
            format!("[switch.embedded]\nskills = [{}]\nwrap_up_codes = [{}]\nusers = [\n", list(&self.skills), list(&self.codes));
        for (name, User { display_name, email, phone, skills }) in &self.users {
            let _ = writeln!(
                text,
                "  {{ name = \"{name}\", display_name = \"{display_name}\", email = \"{email}\", business_phone = \"{phone}\", skills = [{}] }},",
                levels(skills)
            );
        }
        text.push_str("]\nworkgroups = [\n");
        for (name, Workgroup { members, skills, codes }) in &self.workgroups {
            let _ = writeln!(
                text,
                "  {{ name = \"{name}\", members = [{}], skills = [{}], wrap_up_codes = [{}] }},",
                list(members),
                levels(skills),
                list(codes)
            );
        }
        text + "]\n"
    }

    /// Users by e-mail address, as the organisation should have them.
    pub(super) fn persons(&self) -> BTreeMap<String, Person> {
        let person = |(name, user): (&String, &User)| {
            let mut skills: BTreeMap<&String, u8> = BTreeMap::new();
            for (skill, level) in self.workgroups.values().filter(|group| group.members.contains(name)).flat_map(|group| &group.skills) {
                let highest = skills.entry(skill).or_default();
                *highest = (*highest).max(*level);
            }
            skills.extend(user.skills.iter().map(|(skill, level)| (skill, *level)));
            let stars = |language: bool| {
                let of_kind = skills.iter().filter(|(skill, _)| self.languages.contains(**skill) == language);
                of_kind.map(|(skill, level)| ((*skill).clone(), level.div_ceil(20))).collect()
            };
            let person =
                Person { display_name: user.display_name.clone(), phone: user.phone.clone(), skills: stars(false), languages: stars(true) };
            (user.email.clone(), person)
        };
        self.users.iter().map(person).collect()
    }

    /// Queues by name, as it should have them.
    pub(super) fn queues(&self) -> BTreeMap<String, Queue> {
        let queue = |(name, group): (&String, &Workgroup)| {
            let members = group.members.iter().filter_map(|user| self.users.get(user)).map(|user| user.email.clone()).collect();
            (name.clone(), Queue { members, codes: group.codes.clone() })
        };
        self.workgroups.iter().map(queue).collect()
    }

    /// Names of skills, of languages and of codes, as it should have them.
    pub(super) fn names(&self) -> [BTreeSet<String>; 3] {
        let (languages, skills) = self.skills.iter().cloned().partition(|skill| self.languages.contains(skill));
        [skills, languages, self.codes.clone()]
    }
}

fn percent(chance: &mut Chance) -> u8 {
    u8::try_from(1 + chance.below(100)).unwrap_or(100)
}

fn list(names: &BTreeSet<String>) -> String {
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

fn levels(levels: &BTreeMap<String, u8>) -> String {
    levels.iter().map(|(name, level)| format!("\"{name}={level}\"")).collect::<Vec<_>>().join(", ")
}
