//! The texts, in English and German, by Fluent. Every text that a person reads comes from here; a test holds the languages complete.

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use std::{borrow::Cow, sync::LazyLock};

/// A language of the wizard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    English,
    /// German.
    German,
}

/// All languages.
pub const ALL: [Language; 2] = [Language::English, Language::German];

impl Language {
    /// The system's language; English where it is none of ours.
    pub fn of_the_system() -> Self {
        match sys_locale::get_locale() {
            Some(locale) if locale.to_ascii_lowercase().starts_with("de") => Self::German,
            _ => Self::English,
        }
    }

    /// By its tag, `en` or `de`.
    pub fn by_tag(tag: &str) -> Option<Self> {
        ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// Its tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// Its name in itself, as menus show it.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
        }
    }

    /// A text. A key that is missing shows as itself: ugly, never empty; the tests refuse it.
    pub fn text(self, key: &str) -> String {
        self.find(key, None).unwrap_or_else(|| key.to_owned())
    }

    /// A text with values in it.
    pub fn text_with<'a>(self, key: &str, values: impl IntoIterator<Item = (&'a str, Cow<'a, str>)>) -> String {
        let arguments: FluentArgs<'_> = values.into_iter().map(|(name, value)| (name, value.into_owned())).collect();
        self.find(key, Some(&arguments)).unwrap_or_else(|| key.to_owned())
    }

    /// A text, if there is one: for what most settings do not have, such as a longer explanation.
    pub fn find(self, key: &str, arguments: Option<&FluentArgs<'_>>) -> Option<String> {
        let bundle = &BUNDLES[self as usize];
        let (message, attribute) = key.split_once('.').map_or((key, None), |(message, attribute)| (message, Some(attribute)));
        let message = bundle.get_message(message)?;
        let pattern = match attribute {
            None => message.value()?,
            Some(name) => message.get_attribute(name)?.value(),
        };
        Some(bundle.format_pattern(pattern, arguments, &mut Vec::new()).into_owned())
    }
}

/// The sources, in the order of [`ALL`].
pub const SOURCES: [&str; 2] = [include_str!("../../assets/lang/en.ftl"), include_str!("../../assets/lang/de.ftl")];

static BUNDLES: LazyLock<[FluentBundle<FluentResource>; 2]> = LazyLock::new(|| ALL.map(bundle));

fn bundle(language: Language) -> FluentBundle<FluentResource> {
    let identifier = language.tag().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
    // Both languages run from left to right; the isolating marks would only travel into copied text and into names of controls.
    bundle.set_use_isolating(false);
    let resource = match FluentResource::try_new(SOURCES[language as usize].to_owned()) {
        // What can be read is used; the tests refuse a file with errors.
        Ok(resource) | Err((resource, _)) => resource,
    };
    bundle.add_resource_overriding(resource);
    bundle
}

#[cfg(test)]
mod tests;
