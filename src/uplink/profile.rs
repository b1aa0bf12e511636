//! A platform profile: paths, header names, batch limits and the name of the signing recipe, read from a TOML file.
//!
//! Provinces differ in such things, so they are data. Profiles that ship with the program are built into it; any
//! other is a file that the site names. This file must never hold a path or a header name itself.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::domain::id_number::IdKind;

/// The profiles built into the program, by name.
const SHIPPED: &[(&str, &str)] = &[("open", include_str!("../../assets/platforms/open.toml"))];

/// The largest profile file that is read, in bytes.
const MAX_FILE_BYTES: u64 = 64 * 1024;

/// What a platform calls things and how much it takes at once.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The profile's name, for people.
    pub name: String,
    /// Where the calls are.
    pub paths: Paths,
    /// What the headers are called.
    pub headers: Headers,
    /// The most that one call carries.
    pub batch: BatchLimits,
    /// How requests and answers are signed.
    pub signing: Signing,
    /// The platform's codes of identity documents.
    pub id_types: IdTypes,
}

/// The platform's code for each kind of identity document. All of them must be there: an event whose resident can't be
/// told would leave a gap in its subject, and the platform then holds back whatever follows.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdTypes {
    citizen: IdType,
    hong_kong_macao: IdType,
    taiwan: IdType,
    foreigner: IdType,
}

impl IdTypes {
    /// The platform's code for that kind.
    #[must_use]
    pub fn code(&self, kind: IdKind) -> &str {
        let code = match kind {
            IdKind::Citizen => &self.citizen,
            IdKind::HongKongMacao => &self.hong_kong_macao,
            IdKind::Taiwan => &self.taiwan,
            IdKind::Foreigner => &self.foreigner,
        };
        &code.0
    }
}

/// A code of the platform: not empty.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
struct IdType(String);

impl TryFrom<String> for IdType {
    type Error = &'static str;

    fn try_from(code: String) -> Result<Self, &'static str> {
        if code.is_empty() { Err("an id_type is empty") } else { Ok(Self(code)) }
    }
}

/// Paths below the base URL, each beginning with `/`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paths {
    /// `POST` of a batch of events.
    pub events: WirePath,
    /// `GET` of the platform's clock.
    pub time: WirePath,
}

/// Header names of requests and answers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Headers {
    /// Who the caller is at the platform.
    pub app_id: HeaderName,
    /// The terminal within the site.
    pub terminal: HeaderName,
    /// Milliseconds since 1970, in requests and answers.
    pub timestamp: HeaderName,
    /// The random text that is never used again.
    pub nonce: HeaderName,
    /// The signature algorithm of the request.
    pub algorithm: HeaderName,
    /// The signature, in requests and answers.
    pub signature: HeaderName,
}

/// The most that one batch may hold; both bounds hold at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchLimits {
    /// Events, 1…10,000.
    pub max_events: Bounded<1, 10_000>,
    /// Bytes of the whole request body, 1 KiB…16 MiB.
    pub max_bytes: Bounded<1024, 16_777_216>,
}

/// How signatures are made.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signing {
    /// Which text is signed.
    pub recipe: Recipe,
    /// The signer's identity that SM2 hashes in.
    pub sm2_user_id: String,
}

/// The signing recipes that the program knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Recipe {
    /// Lines joined by LF, the body as hex SM3; see [`crate::uplink::sign`].
    #[serde(rename = "lines-sm3")]
    LinesSm3,
}

/// A path as it goes on the wire: begins with `/`, visible ASCII, no `?`, no `#`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct WirePath(String);

/// A header name: letters, digits and `-`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct HeaderName(String);

/// A whole number from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u32")]
pub struct Bounded<const MIN: u32, const MAX: u32>(u32);

/// Why a profile could not be had.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ProfileError {
    /// The name is neither a shipped profile nor a path.
    #[error("there is no platform profile `{name}`; shipped are: {}", shipped_names().join(", "))]
    Unknown {
        /// The name asked for.
        name: String,
    },
    /// The file could not be read.
    #[error("the platform profile {} cannot be read: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The file is not a profile.
    #[error("the platform profile {origin} is wrong: {reason}")]
    Malformed {
        /// The file, or the name of a shipped profile.
        origin: String,
        /// Where and what, as the parser tells it.
        reason: String,
    },
}

impl ProfileError {
    /// The technician's next step.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => {
                "set [platform] profile to a shipped name, a path to a profile file, or \"none\""
            }
            Self::Unreadable { .. } => "check that the file exists and that the terminal's user may read it",
            Self::Malformed { .. } => {
                "compare the file with the shipped profile `open` and correct the place named"
            }
        }
    }
}

impl Profile {
    /// A profile that ships with the program.
    ///
    /// # Errors
    /// [`ProfileError::Unknown`] for any other name.
    pub fn shipped(name: &str) -> Result<Self, ProfileError> {
        let (name, text) = SHIPPED
            .iter()
            .find(|(known, _)| *known == name)
            .ok_or_else(|| ProfileError::Unknown { name: name.to_owned() })?;
        Self::parse(name, text)
    }

    /// The profile that a site names: a shipped name, or a path (it holds a `/` or ends in `.toml`), which is
    /// relative to `base`.
    ///
    /// # Errors
    /// Any [`ProfileError`].
    pub fn load(name: &str, base: &Path) -> Result<Self, ProfileError> {
        if !name.contains('/') && !name.ends_with(".toml") {
            return Self::shipped(name);
        }
        let path = base.join(name);
        let unreadable = |reason: String| ProfileError::Unreadable { path: path.clone(), reason };
        let size = std::fs::metadata(&path).map_err(|error| unreadable(error.to_string()))?.len();
        if size > MAX_FILE_BYTES {
            return Err(unreadable(format!("it has {size} bytes; a profile has at most {MAX_FILE_BYTES}")));
        }
        let text = std::fs::read_to_string(&path).map_err(|error| unreadable(error.to_string()))?;
        Self::parse(&path.display().to_string(), &text)
    }

    /// A profile from its text; `origin` is what messages call it.
    ///
    /// # Errors
    /// [`ProfileError::Malformed`].
    pub fn parse(origin: &str, text: &str) -> Result<Self, ProfileError> {
        toml::from_str(text).map_err(|error| ProfileError::Malformed {
            origin: origin.to_owned(),
            reason: error.to_string().trim_end().to_owned(),
        })
    }
}

impl WirePath {
    /// The path, `/` first.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for WirePath {
    type Error = String;

    fn try_from(path: String) -> Result<Self, String> {
        let visible = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'?' && byte != b'#');
        if path.starts_with('/') && visible {
            Ok(Self(path))
        } else {
            Err(format!("`{path}` is no path: it begins with `/` and has no blank, `?` or `#`"))
        }
    }
}

impl HeaderName {
    /// The name as the profile spells it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for HeaderName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            Ok(Self(name))
        } else {
            Err(format!("`{name}` is no header name: letters, digits and `-` only"))
        }
    }
}

impl<const MIN: u32, const MAX: u32> Bounded<MIN, MAX> {
    /// The number.
    pub fn get(self) -> usize {
        self.0 as usize
    }
}

impl<const MIN: u32, const MAX: u32> TryFrom<u32> for Bounded<MIN, MAX> {
    type Error = String;

    fn try_from(number: u32) -> Result<Self, String> {
        if (MIN..=MAX).contains(&number) {
            Ok(Self(number))
        } else {
            Err(format!("{number} is out of range: {MIN} to {MAX}"))
        }
    }
}

/// Names of the profiles that ship with the program.
#[must_use]
pub fn shipped_names() -> Vec<&'static str> {
    SHIPPED.iter().map(|(name, _)| *name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_profile_reads() {
        for name in shipped_names() {
            assert_eq!(Profile::shipped(name).unwrap().name, name);
        }
        let open = Profile::shipped("open").unwrap();
        assert_eq!(open.paths.events.as_str(), "/v1/events");
        assert_eq!(IdKind::ALL.map(|kind| open.id_types.code(kind)), ["111", "516", "511", "553"]);
        assert_eq!((open.batch.max_events.get(), open.batch.max_bytes.get()), (200, 256 * 1024));
    }

    #[test]
    fn a_path_is_read_relative_to_the_configuration() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("own.toml"), SHIPPED[0].1.replace("\"open\"", "\"own\"")).unwrap();
        assert_eq!(Profile::load("own.toml", folder.path()).unwrap().name, "own");
        assert_eq!(Profile::load("./own.toml", folder.path()).unwrap().name, "own");
        assert!(matches!(
            Profile::load("./none.toml", folder.path()),
            Err(ProfileError::Unreadable { path, .. }) if path.ends_with("none.toml")
        ));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let unknown = Profile::shipped("closed").unwrap_err();
        assert_eq!(unknown.to_string(), "there is no platform profile `closed`; shipped are: open");
        let table = [
            ("\nname = \"open\"", "\nname = \"open\"\ncolour = 1", "colour"),
            ("events = \"/v1/events\"", "events = \"v1/events\"", "begins with `/`"),
            ("time = \"/v1/time\"", "time = \"/v1/time?x\"", "no path"),
            ("\"X-Nonce\"", "\"X Nonce\"", "no header name"),
            ("max_events = 200", "max_events = 0", "1 to 10000"),
            ("max_events = 200", "", "max_events"),
            ("recipe = \"lines-sm3\"", "recipe = \"plain\"", "lines-sm3"),
            ("taiwan = \"511\"", "", "taiwan"),
            ("taiwan = \"511\"", "taiwan = \"\"", "an id_type is empty"),
            ("taiwan = \"511\"", "taiwan = \"511\"\npassport = \"414\"", "passport"),
        ];
        for (from, to, expected) in table {
            let text = SHIPPED[0].1.replacen(from, to, 1);
            assert_ne!(text, SHIPPED[0].1, "{from} is not in the profile");
            let error = Profile::parse("test", &text).unwrap_err();
            assert!(error.to_string().contains(expected), "{to}: {error}");
            assert!(!error.advice().is_empty());
        }
    }
}
