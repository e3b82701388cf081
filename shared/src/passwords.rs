//! Passwords of many agents, from a table (CSV, RFC 4180, with comma or semicolon) to where the file says that they are kept. No text of this
//! module ever holds a password.

use crate::secret::{
    SecretPattern,
    keep::{self, Owner},
    store::SecretError,
};
use secrecy::{SecretString, zeroize::Zeroize};
use std::{collections::HashMap, time::Duration};

/// No table is longer, in bytes: 5,000 agents need a hundredth of it.
pub const LONGEST: u64 = 16 * 1024 * 1024;
/// What the first row may say instead of a user: then it is the heading.
const HEADINGS: [&str; 8] = ["user", "userid", "user_id", "user name", "username", "agent", "benutzer", "benutzername"];

/// An agent and his password.
pub struct Row {
    /// His name, as it stands in the table.
    pub user: String,
    /// His password.
    pub password: SecretString,
}

/// A line of the table, and what it holds.
pub struct Line {
    /// Where it begins, counted from 1.
    pub number: usize,
    /// What it holds, or what is wrong with it.
    pub row: Result<Row, Wrong>,
}

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// Not two columns.
    #[error("there are {0} columns, and two are needed: user and password")]
    Columns(usize),
    /// No user.
    #[error("there is no user")]
    NoUser,
    /// No password.
    #[error("there is no password")]
    NoPassword,
    /// The user had a line before.
    #[error("this user stands in line {0} already")]
    Twice(usize),
    /// A quotation mark without its partner.
    #[error("a quotation mark is not closed, or something follows it")]
    Quotes,
}

/// Reads a table: two columns, user and password, with or without a heading. Empty lines are left out.
pub fn read(text: &str) -> Vec<Line> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let separator = separator(text);
    let mut seen = HashMap::new();
    let mut lines = Vec::new();
    for (number, fields) in records(text, separator) {
        let row = fields.and_then(row);
        let first = lines.is_empty() && row.as_ref().is_ok_and(|row| HEADINGS.contains(&row.user.to_lowercase().as_str()));
        if first {
            // Its place is taken, so that an agent of that name further down is one.
            lines.push(Line { number: 0, row: Err(Wrong::NoUser) });
            continue;
        }
        let row = row.and_then(|row| match seen.insert(row.user.clone(), number) {
            Some(before) => Err(Wrong::Twice(before)),
            None => Ok(row),
        });
        lines.push(Line { number, row });
    }
    lines.retain(|line| line.number > 0);
    lines
}

/// Keeps one agent's password. May wait for a key store until `deadline`: not for a window's thread.
///
/// # Errors
/// It cannot be kept there; what was there before is as it was.
pub fn keep(row: &Row, pattern: &SecretPattern, owner: Option<Owner>, deadline: Duration) -> Result<(), SecretError> {
    keep::keep(&pattern.of(&row.user), &row.password, owner, deadline)
}

/// What tells columns apart, by the first line: spreadsheets of some countries write semicolons.
fn separator(text: &str) -> char {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let outside: String = first.split('"').step_by(2).collect();
    if outside.contains(';') && !outside.contains(',') {
        ';'
    } else if outside.contains('\t') && !outside.contains(',') {
        '\t'
    } else {
        ','
    }
}

fn row(mut fields: Vec<String>) -> Result<Row, Wrong> {
    let count = fields.len();
    let result = match &mut fields[..] {
        [user, _] if user.trim().is_empty() => Err(Wrong::NoUser),
        [_, password] if password.is_empty() => Err(Wrong::NoPassword),
        [user, password] => Ok(Row { user: user.trim().to_owned(), password: std::mem::take(password).into() }),
        _ => Err(Wrong::Columns(count)),
    };
    fields.iter_mut().for_each(Zeroize::zeroize);
    result
}

/// Rows of fields, each with the line it begins in; empty ones are left out.
fn records(text: &str, separator: char) -> Vec<(usize, Result<Vec<String>, Wrong>)> {
    let mut records = Vec::new();
    let mut letters = text.chars().peekable();
    let mut line = 1;
    while letters.peek().is_some() {
        let begins = line;
        let (mut fields, mut field, mut quoted, mut wrong) = (Vec::new(), String::new(), None, false);
        loop {
            match (letters.next(), quoted) {
                (Some('"'), None) if field.is_empty() => quoted = Some(true),
                // Doubled within quotation marks, it stands for itself.
                (Some('"'), Some(true)) if letters.peek() == Some(&'"') => field.extend(letters.next()),
                (Some('"'), Some(true)) => quoted = Some(false),
                (Some(letter), Some(true)) => {
                    line += usize::from(letter == '\n');
                    field.push(letter);
                }
                (None, Some(true)) => {
                    wrong = true;
                    break;
                }
                (Some('\r'), _) if letters.peek() == Some(&'\n') => {}
                (None, _) => break,
                (Some('\n'), _) => {
                    line += 1;
                    break;
                }
                (Some(letter), _) if letter == separator => {
                    fields.push(std::mem::take(&mut field));
                    quoted = None;
                }
                (Some(_), Some(false)) => wrong = true,
                (Some(letter), None) => field.push(letter),
            }
        }
        fields.push(field);
        if wrong {
            fields.iter_mut().for_each(Zeroize::zeroize);
            records.push((begins, Err(Wrong::Quotes)));
        } else if fields.len() > 1 || !fields[0].trim().is_empty() {
            records.push((begins, Ok(fields)));
        }
    }
    records
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    /// A line's number, and user and password or what is wrong.
    type Told = (usize, Result<(String, String), Wrong>);

    fn table(text: &str) -> Vec<Told> {
        let row = |row: Row| (row.user, row.password.expose_secret().to_owned());
        read(text).into_iter().map(|line| (line.number, line.row.map(row))).collect()
    }

    fn ok(number: usize, user: &str, password: &str) -> Told {
        (number, Ok((user.to_owned(), password.to_owned())))
    }

    #[test]
    fn a_table_is_read_however_a_spreadsheet_writes_it() {
        for text in [
            "ANNA,a\nBERT,b c\n",
            "\u{feff}User,Password\r\nANNA,a\r\n\r\nBERT,b c",
            "ANNA;a\nBERT;b c\n",
            "Benutzer\tKennwort\nANNA\ta\nBERT\tb c\n",
            "\"ANNA\",\"a\"\n\"BERT\" ,b c\n".replace("\" ,", "\",").as_str(),
        ] {
            let rows: Vec<_> = table(text).into_iter().map(|(_, row)| row.unwrap()).collect();
            assert_eq!(rows, [("ANNA".to_owned(), "a".to_owned()), ("BERT".to_owned(), "b c".to_owned())], "{text}");
        }
    }

    #[test]
    fn a_password_may_hold_anything() {
        assert_eq!(
            table("ANNA,\"a,\"\"b\"\"\nc\"\nBERT, x;y \nCARLA,\"\"\"\"\n"),
            [ok(1, "ANNA", "a,\"b\"\nc"), ok(3, "BERT", " x;y "), ok(4, "CARLA", "\"")]
        );
    }

    #[test]
    fn each_wrong_line_is_named_and_the_others_are_taken() {
        assert_eq!(
            table("user,password\nANNA,a\nBERT\n,x\nCARLA,\nANNA,b\nD,e,f\nDORA,\"x\"y\nEVA,e\nFRED,\"open"),
            [
                ok(2, "ANNA", "a"),
                (3, Err(Wrong::Columns(1))),
                (4, Err(Wrong::NoUser)),
                (5, Err(Wrong::NoPassword)),
                (6, Err(Wrong::Twice(2))),
                (7, Err(Wrong::Columns(3))),
                (8, Err(Wrong::Quotes)),
                ok(9, "EVA", "e"),
                (10, Err(Wrong::Quotes)),
            ]
        );
        assert_eq!(table(""), []);
        assert_eq!(table("\n \n"), []);
    }

    #[cfg(unix)]
    #[test]
    fn a_password_is_kept_where_it_is_looked_for_and_nobody_else_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let pattern = SecretPattern::in_folder(&folder.path().join("agents").display().to_string());
        for line in read("ANNA,a\nJ.ÖRG/X,b\n") {
            keep(&line.row.unwrap(), &pattern, None, Duration::from_secs(1)).unwrap();
        }
        for (user, password) in [("ANNA", "a"), ("J.ÖRG/X", "b")] {
            let secret = crate::secret::store::resolve(&pattern.of(user)).unwrap();
            assert_eq!(secret.expose_secret(), password);
        }
        let mode = |path: &str| std::fs::metadata(folder.path().join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("agents"), mode("agents/ANNA")), (0o700, 0o600));
    }
}
