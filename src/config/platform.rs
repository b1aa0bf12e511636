//! `[platform]`: the provincial platform, how to reach it and how to sign.

use std::path::Path;

use toml::de::DeValue;

use super::error::{Fault, Refusal};
use super::files::{NamedFile, optional_file, required_file};
use super::profile::{Profile, profile};
use super::reader::Section;
use super::url::Url;
use super::values::{choice, flag, parsed_or_why, text_where};

/// How the platform is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platform {
    /// The mapping to this province's platform.
    pub profile: Profile,
    /// Base address, `https`; `http` to this machine alone, or with `insecure`.
    pub url: Url,
    /// The name under which the platform knows this terminal, 1…64 characters of printable ASCII without blanks.
    pub app_id: String,
    /// How requests and answers are signed.
    pub sign: Sign,
    /// The terminal's own key: the HMAC key, or its SM2 private key.
    pub key_file: NamedFile,
    /// The platform's SM2 public key; always there with SM2-SM3, sealed fields or a document printer.
    pub platform_public_key_file: Option<NamedFile>,
    /// Whether residents go up as SM2 ciphertext.
    pub seal_fields: bool,
    /// The certificate authority of a private network.
    pub ca_file: Option<NamedFile>,
    /// Whether plain `http` beyond this machine was allowed.
    pub insecure: bool,
}

/// The signing recipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// SM2 signature over SM3.
    Sm2Sm3,
    /// HMAC with SM3.
    HmacSm3,
}

impl Sign {
    /// The word in configuration and requests.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Sm2Sm3 => "SM2-SM3",
            Self::HmacSm3 => "HMAC-SM3",
        }
    }
}

/// What the table says, before other tables are asked.
pub(super) enum ReadPlatform {
    /// `profile = "none"`: a site without a network; the other keys may stand there and count for nothing.
    None,
    /// Named, and right.
    Named(Box<Platform>),
}

const SIGNS: &[(&str, Sign)] = &[("SM2-SM3", Sign::Sm2Sm3), ("HMAC-SM3", Sign::HmacSm3)];
const APP_ID: &str = "1 to 64 characters of ASCII without blanks, as in \"T01-510823101000\"";
const PUBLIC_KEY: &str = "platform_public_key_file";

pub(super) fn read(mut platform: Section<'_>, base: &Path, profiles: &[&str]) -> Option<ReadPlatform> {
    let mut known = vec!["none"];
    known.extend(profiles);
    let profile = platform.required("profile", "a platform's profile, or \"none\"", profile(base, &known));
    let plain = |id: &str| (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    let app_id = text_where(APP_ID, plain);
    if profile == Some(Profile::Shipped("none".to_owned())) {
        // A technician who takes a site off the network may leave the rest of the table as it was.
        platform.optional("url", web_address);
        platform.optional("app_id", app_id);
        platform.optional("sign", choice(SIGNS));
        platform.optional("seal_fields", flag);
        platform.optional("insecure", flag);
        for file in ["key_file", PUBLIC_KEY, "ca_file"] {
            optional_file(&mut platform, file, base);
        }
        platform.finish();
        return Some(ReadPlatform::None);
    }
    let url = platform.required("url", WEB, web_address);
    let app_id = platform.required("app_id", APP_ID, app_id);
    let sign = platform.required("sign", "\"SM2-SM3\" or \"HMAC-SM3\"", choice(SIGNS));
    let key_file =
        required_file(&mut platform, "key_file", "the path of the terminal's key, mode 0600", base);
    let public_key = optional_file(&mut platform, PUBLIC_KEY, base);
    let seal_fields = platform.optional("seal_fields", flag).unwrap_or(false);
    let ca_file = optional_file(&mut platform, "ca_file", base);
    let insecure = platform.optional("insecure", flag).unwrap_or(false);
    if let Some(url) = &url
        && !(url.is_encrypted() || url.is_loopback() || insecure)
    {
        let expected = "https, or `insecure = true` beside it";
        platform.refuse("url", Refusal::impossible("is plain http to another machine", expected));
    }
    let asks_for_public_key = match (sign, seal_fields) {
        (Some(Sign::Sm2Sm3), _) => {
            Some("the platform's SM2 public key: with SM2-SM3 its answers are verified by it")
        }
        (_, true) => Some("the platform's SM2 public key: with seal_fields residents are sealed under it"),
        _ => None,
    };
    if let Some(expected) = asks_for_public_key
        && !platform.has(PUBLIC_KEY)
    {
        platform.refuse(PUBLIC_KEY, Refusal::new(Fault::Missing, expected));
    }
    platform.finish();
    Some(ReadPlatform::Named(Box::new(Platform {
        profile: profile?,
        url: url?,
        app_id: app_id?,
        sign: sign?,
        key_file: key_file?,
        platform_public_key_file: public_key,
        seal_fields,
        ca_file,
        insecure,
    })))
}

const WEB: &str = "an address, as in \"https://platform.example/api\"";

fn web_address(value: &DeValue<'_>) -> Result<Url, Refusal> {
    let url: Url = parsed_or_why(WEB)(value)?;
    match url.scheme() {
        "https" | "http" => Ok(url),
        other => Err(Refusal::impossible(format!("is an address of {other}"), WEB)),
    }
}
