//! Finding a setting, a page or a command by words. Knows no egui.

use crate::{
    command::{Action, Command},
    language::Language,
    page::PageId,
    widget::setting,
};
use shared::{SettingPath, definition};

/// Most results that are shown.
const MOST: usize = 50;

/// Something that can be found.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What is shown.
    pub title: String,
    /// Where it is, or its shortcut.
    pub place: String,
    /// Other words by which it is found: its path in the file and its explanation.
    pub words: String,
    /// What choosing it does.
    pub command: Command,
}

/// Everything that can be found: pages, commands, and every setting that has a page.
pub fn index(language: Language, pages: &[PageId], page_of: impl Fn(&SettingPath) -> Option<PageId>) -> Vec<Entry> {
    let title = |page: &PageId| language.text(&format!("page-{}", page.0));
    let of_pages = pages.iter().map(|page| Entry {
        title: title(page),
        place: language.text("search-page"),
        words: language.text(&format!("page-{}.purpose", page.0)),
        command: Command::Show(*page),
    });
    let of_settings = definition::leaves().into_iter().filter_map(|(path, definition)| {
        let page = page_of(&path)?;
        let key = setting::key(&path);
        let help = language.find(&format!("{key}.help"), None).unwrap_or_default();
        Some(Entry {
            title: language.find(&key, None).unwrap_or_else(|| path.name().replace('_', " ")),
            place: title(&page),
            words: format!("{path} {help} {}", definition.description),
            command: Command::Find(path),
        })
    });
    let of_commands = Action::ALL.iter().filter(|action| **action != Action::SearchToo).map(|action| Entry {
        title: language.text(action.key()),
        place: language.text("search-command"),
        words: String::new(),
        command: Command::Do(*action),
    });
    of_pages.chain(of_settings).chain(of_commands).collect()
}

/// What fits the query, best first: all its words must be there; those in the title count most, and at its beginning more. An empty query
/// fits everything.
pub fn find<'a>(entries: &'a [Entry], query: &str) -> Vec<&'a Entry> {
    let query = query.to_lowercase();
    let mut fitting: Vec<_> = entries.iter().filter_map(|entry| Some((rank(entry, query.trim())?, entry))).collect();
    // The sort is stable: what fits equally well stays in the order of pages, settings, commands.
    fitting.sort_by_key(|(rank, _)| *rank);
    fitting.into_iter().map(|(_, entry)| entry).take(MOST).collect()
}

/// The smaller, the better.
fn rank(entry: &Entry, query: &str) -> Option<usize> {
    let (title, words) = (entry.title.to_lowercase(), entry.words.to_lowercase());
    let of_word = |word: &str| {
        if title.split(|c: char| !c.is_alphanumeric()).any(|part| part.starts_with(word)) {
            Some(1)
        } else if title.contains(word) {
            Some(2)
        } else if words.starts_with(word) {
            // Its own path, where others only mention it.
            Some(4)
        } else {
            words.contains(word).then_some(8)
        }
    };
    let whole = usize::from(!title.starts_with(query));
    query.split_whitespace().map(of_word).try_fold(whole, |sum, rank| Some(sum + rank?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(title: &str, words: &str) -> Entry {
        Entry { title: title.into(), place: String::new(), words: words.into(), command: Command::Close }
    }

    fn titles(entries: &[Entry], query: &str) -> Vec<String> {
        find(entries, query).into_iter().map(|entry| entry.title.clone()).collect()
    }

    #[test]
    fn the_beginning_of_the_title_comes_first_and_the_explanation_last() {
        let entries =
            [entry("Folder of the log", ""), entry("Days", "how long the log is kept"), entry("Log level", ""), entry("Catalog", "")];
        assert_eq!(titles(&entries, "log"), ["Log level", "Folder of the log", "Catalog", "Days"]);
        assert_eq!(titles(&entries, " LOG  level "), ["Log level"]);
        assert_eq!(titles(&entries, "").len(), 4);
        assert_eq!(titles(&entries, "log nothing"), <[String; 0]>::default());
    }

    #[test]
    fn every_setting_is_found_by_its_path_in_both_languages() {
        let page = PageId("welcome");
        for language in crate::language::ALL {
            let index = index(language, &[page], |_| Some(page));
            let leaves = definition::leaves();
            assert_eq!(index.len(), 1 + leaves.len() + Action::ALL.len() - 1);
            for (path, _) in leaves {
                let found = find(&index, &path.to_string());
                assert!(found.iter().any(|entry| entry.command == Command::Find(path.clone())), "{path}");
            }
        }
    }
}
