//! What is generated from the definition of the file: the example, the JSON Schema and the settings reference. The copies under `assets/`
//! are for people who read the repository; a test here writes them anew and fails when they were stale.

mod example;
mod settings;

pub use example::example;
pub use settings::settings;

use serde_json::Value;

/// The JSON Schema, laid out for reading.
pub fn schema() -> String {
    format!("{:#}\n", crate::definition::schema())
}

/// A value as TOML writes it; `None` for what TOML cannot write.
fn toml_text(value: &Value) -> Option<String> {
    let value = toml::Value::try_from(value).ok()?;
    // A bare value is no document, so it is written behind a key.
    let document = toml::to_string(&toml::Table::from_iter([("x".to_owned(), value)])).ok()?;
    document.trim_end().strip_prefix("x = ").map(ToOwned::to_owned)
}

/// A sentence as part of another one.
fn inner_sentence(sentence: &str) -> String {
    let mut letters = sentence.trim_end_matches('.').chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Config, check_text, finding::Finding};
    use std::{fs, path::Path};

    #[test]
    fn the_generated_assets_are_fresh() {
        let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets");
        let mut stale = Vec::new();
        for (name, text) in [("example.toml", example()), ("config.schema.json", schema()), ("settings.md", settings())] {
            let file = assets.join(name);
            if fs::read_to_string(&file).ok().as_deref() != Some(&text) {
                fs::write(&file, text).unwrap();
                stale.push(name);
            }
        }
        assert!(stale.is_empty(), "{stale:?} were stale and have been written anew; look at them and commit them");
    }

    #[test]
    fn the_example_is_the_built_in_configuration() {
        let checked = check_text(&example()).unwrap();
        assert_eq!((checked.config, checked.warnings), (Config::built_in(), Vec::new()));
    }

    #[test]
    fn every_line_of_the_example_is_taken_when_it_is_uncommented() {
        let uncommented: String = example()
            .lines()
            .map(
                |line| if let Some(setting) = line.strip_prefix('#').filter(|rest| !rest.starts_with([' ', '#'])) { setting } else { line },
            )
            .fold(String::new(), |text, line| text + line + "\n");
        let errors: Vec<_> = check_text(&uncommented).err().unwrap_or_default().into_iter().filter(Finding::is_error).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }

    #[test]
    fn every_setting_is_in_the_example_and_in_the_reference() {
        let (example, reference) = (example(), settings());
        for (path, _) in crate::definition::leaves() {
            assert!(example.contains(&format!("{} = ", path.name())) || example.contains(&format!("[{path}]")), "{path}");
            assert!(reference.contains(&format!("`{}`", path.to_string().replace("[0]", "[]"))), "{path}");
        }
    }
}
