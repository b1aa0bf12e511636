//! The language files: every text that a person reads, by key and language.
//!
//! One flat TOML file a language, `"key" = "text"`; `{0}`, `{1}` stand for what the program fills in. A language is
//! added by adding its file and a line here. Nothing else in the program holds text for residents.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The shipped files; the first one is the language that every key exists in.
const SHIPPED: &[(&str, &str)] =
    &[("zh", include_str!("../assets/lang/zh.toml")), ("en", include_str!("../assets/lang/en.toml"))];

/// All texts of all languages.
#[derive(Debug)]
pub struct Words {
    languages: Vec<String>,
    texts: HashMap<String, HashMap<String, String>>,
}

/// A shipped language file that is no flat table of texts.
#[derive(Debug, thiserror::Error)]
#[error("assets/lang/{language}.toml: {cause}")]
pub struct WordsError {
    language: String,
    cause: String,
}

impl Words {
    /// The shipped languages, the terminal's own one first.
    ///
    /// # Errors
    /// Where a shipped file is broken, which a test keeps from happening.
    pub fn shipped(first: &str) -> Result<Self, WordsError> {
        let mut texts = HashMap::new();
        for (language, file) in SHIPPED {
            let table: BTreeMap<String, String> = toml::from_str(file)
                .map_err(|error| WordsError { language: (*language).to_owned(), cause: error.to_string() })?;
            texts.insert((*language).to_owned(), table.into_iter().collect());
        }
        let mut languages: Vec<_> = Self::codes().map(str::to_owned).collect();
        languages.sort_by_key(|language| language != first);
        Ok(Self { languages, texts })
    }

    /// Codes of the shipped languages.
    pub fn codes() -> impl Iterator<Item = &'static str> {
        SHIPPED.iter().map(|(language, _)| *language)
    }

    /// Codes, the terminal's own one first.
    #[must_use]
    pub fn languages(&self) -> &[String] {
        &self.languages
    }

    /// The text of that key; where the language lacks it the first one that has it, at last the key itself.
    #[must_use]
    pub fn text<'w>(&'w self, language: &str, key: &'w str) -> &'w str {
        let of =
            |language: &str| self.texts.get(language).and_then(|texts| texts.get(key)).map(String::as_str);
        of(language).or_else(|| self.languages.iter().find_map(|language| of(language))).unwrap_or_else(
            || {
                log::error!("no language file has the text {key:?}");
                key
            },
        )
    }

    /// The text with `{0}`, `{1}` … filled in.
    #[must_use]
    pub fn fill(&self, language: &str, key: &str, with: &[&str]) -> String {
        with.iter().enumerate().fold(self.text(language, key).to_owned(), |text, (place, value)| {
            text.replace(&format!("{{{place}}}"), value)
        })
    }

    /// The keys that begin so, in order.
    pub fn keys<'w>(&'w self, begin: &'w str) -> impl Iterator<Item = &'w str> {
        let all = self.languages.first().and_then(|language| self.texts.get(language));
        let keys: BTreeSet<&str> = all.into_iter().flat_map(HashMap::keys).map(String::as_str).collect();
        keys.into_iter().filter(move |key| key.starts_with(begin))
    }

    /// Whether any language has that key.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.texts.values().any(|texts| texts.contains_key(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        Words::shipped("zh").unwrap()
    }

    #[test]
    fn every_language_has_every_key_and_the_same_places() {
        let words = words();
        let keys = |language: &str| words.texts[language].keys().cloned().collect::<BTreeSet<_>>();
        for (language, _) in SHIPPED {
            assert_eq!(keys(language), keys("zh"), "{language}");
            for (key, text) in &words.texts[*language] {
                for place in ["{0}", "{1}", "{2}"] {
                    assert_eq!(
                        text.contains(place),
                        words.texts["zh"][key].contains(place),
                        "{language} {key}"
                    );
                }
                assert!(!text.trim().is_empty(), "{language} {key}");
            }
        }
    }

    #[test]
    fn every_file_of_the_folder_is_shipped() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/lang");
        let files: BTreeSet<_> = std::fs::read_dir(folder)
            .unwrap()
            .filter_map(|entry| {
                entry.unwrap().file_name().into_string().unwrap().strip_suffix(".toml").map(str::to_owned)
            })
            .collect();
        assert_eq!(files, Words::codes().map(str::to_owned).collect());
    }

    #[test]
    fn the_terminals_own_language_comes_first() {
        assert_eq!(Words::shipped("en").unwrap().languages(), ["en", "zh"]);
        assert_eq!(words().fill("zh", "keypad.count", &["3"]), "3 / 18 位");
        assert_eq!(words().text("en", "no.such.key"), "no.such.key");
    }
}
