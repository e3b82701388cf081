//! Backups beside the file, named by the guide's rule ("Update or roll back the integration"): the first is `NAME.backup`, the newest after
//! that `NAME.backup.latest`, and each former newest gets the next number: `NAME.backup.1`, `NAME.backup.2` …

use super::{FileError, input_output, write};
use serde::Serialize;
use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

/// A backup of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Backup {
    /// Its file name.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// When it was written, seconds since 1970 UTC.
    pub written: u64,
    /// Its size in bytes.
    pub size: u64,
}

/// Which backup of a file one is. The order is their age, oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    First,
    Numbered(u32),
    Latest,
}

/// All backups of a file, oldest first.
///
/// # Errors
/// The folder cannot be read.
pub fn list(path: &Path) -> Result<Vec<Backup>, FileError> {
    let ranked = ranked(path)?;
    let describe = |name: String| {
        let path = beside(path, &name);
        let metadata = fs::metadata(&path).map_err(input_output(&path))?;
        let written = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Ok(Backup { name, path, written: written.map_or(0, |time| time.as_secs()), size: metadata.len() })
    };
    ranked.into_iter().map(|(_, name)| describe(name)).collect()
}

/// Makes a backup of a file; gives back where it is.
///
/// # Errors
/// Reading or writing failed; no other backup is lost.
pub fn make(path: &Path) -> Result<PathBuf, FileError> {
    let ranks: Vec<_> = ranked(path)?.into_iter().map(|(rank, _)| rank).collect();
    let plan = plan(&ranks);
    if let Some(number) = plan.former_latest_becomes {
        let (from, to) = (beside(path, &name(path, Rank::Latest)), beside(path, &name(path, Rank::Numbered(number))));
        fs::rename(&from, to).map_err(input_output(&from))?;
    }
    let backup = beside(path, &name(path, plan.new));
    write::copy(path, &backup)?;
    Ok(backup)
}

/// What one more backup does to the names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Plan {
    former_latest_becomes: Option<u32>,
    new: Rank,
}

fn plan(there: &[Rank]) -> Plan {
    let highest = there.iter().filter_map(|rank| if let Rank::Numbered(number) = rank { Some(*number) } else { None }).max();
    Plan {
        former_latest_becomes: there.contains(&Rank::Latest).then(|| highest.unwrap_or(0).saturating_add(1)),
        new: if there.is_empty() { Rank::First } else { Rank::Latest },
    }
}

fn ranked(path: &Path) -> Result<Vec<(Rank, String)>, FileError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(input_output(folder)(error)),
    };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut ranked: Vec<_> = names.filter_map(|name| Some((rank(path, &name)?, name))).collect();
    ranked.sort();
    Ok(ranked)
}

fn rank(path: &Path, name: &str) -> Option<Rank> {
    let rest = name.strip_prefix(file_name(path).as_str())?.strip_prefix(".backup")?;
    match rest.strip_prefix('.') {
        None => rest.is_empty().then_some(Rank::First),
        Some("latest") => Some(Rank::Latest),
        // A number with a leading zero or sign is somebody else's file.
        Some(number) => number.parse().ok().filter(|value: &u32| *value > 0 && value.to_string() == number).map(Rank::Numbered),
    }
}

fn name(path: &Path, rank: Rank) -> String {
    let file = file_name(path);
    match rank {
        Rank::First => format!("{file}.backup"),
        Rank::Latest => format!("{file}.backup.latest"),
        Rank::Numbered(number) => format!("{file}.backup.{number}"),
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map(OsStr::to_string_lossy).unwrap_or_default().into_owned()
}

fn beside(path: &Path, name: &str) -> PathBuf {
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names(path: &Path) -> Vec<String> {
        list(path).unwrap().into_iter().map(|backup| backup.name).collect()
    }

    #[test]
    fn the_first_four_backups_are_named_as_the_guide_says() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("f");
        let expected: [&[&str]; 4] = [
            &["f.backup"],
            &["f.backup", "f.backup.latest"],
            &["f.backup", "f.backup.1", "f.backup.latest"],
            &["f.backup", "f.backup.1", "f.backup.2", "f.backup.latest"],
        ];
        for (number, expected) in expected.into_iter().enumerate() {
            fs::write(&file, number.to_string()).unwrap();
            make(&file).unwrap();
            assert_eq!(names(&file), expected);
        }
    }

    #[test]
    fn files_of_other_names_are_no_backups() {
        let path = Path::new("/x/f");
        for name in
            ["f", "f.backup.01", "f.backup.0", "f.backup.+1", "f.backup.x", "f.backup.", "g.backup", "f.backup.latest.1", "f.backups"]
        {
            assert_eq!(rank(path, name), None, "{name}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn every_content_stays_and_age_is_the_order(count in 1_usize..14) {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("jackfield.toml");
            for number in 0..count {
                fs::write(&file, number.to_string()).unwrap();
                make(&file).unwrap();
            }
            let contents: Vec<_> = list(&file).unwrap().iter().map(|backup| fs::read_to_string(&backup.path).unwrap()).collect();
            prop_assert_eq!(contents, (0..count).map(|number| number.to_string()).collect::<Vec<_>>());
        }

        #[test]
        fn no_backup_overwrites_another(there in proptest::collection::btree_set(1_u32..40, 0..10), first: bool, latest: bool) {
            let mut ranks: Vec<_> = there.iter().map(|number| Rank::Numbered(*number)).collect();
            if first { ranks.push(Rank::First) }
            if latest { ranks.push(Rank::Latest) }
            let plan = plan(&ranks);
            prop_assert_eq!(plan.former_latest_becomes.is_some(), latest);
            prop_assert!(plan.former_latest_becomes.is_none_or(|number| !there.contains(&number)));
            prop_assert!(plan.new == Rank::Latest || (plan.new == Rank::First && ranks.is_empty()));
        }
    }
}
