//! `site.toml`, holidays, the platform's profile, addresses.

use std::path::Path;

use kiosk::config::{Config, ConfigErrors, Known, Url};
use kiosk::uplink::endpoint::BaseUrl;
use kiosk::uplink::profile::{Profile, WirePath};
use kiosk_link::PortUrl;

const KNOWN: Known<'_> = Known {
    languages: &["zh", "en"],
    printer_profiles: &["vkp80", "generic-80mm"],
    platform_profiles: &["open"],
};

/// A configuration reads, or is refused with a reason for each fault.
pub fn site(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    // Nothing is looked for beside a file of this name but what the text itself names.
    match Config::parse(text, Path::new("/nowhere/site.toml"), &KNOWN) {
        Ok(config) => assert!(!config.site.code.is_empty()),
        Err(errors) => told_well(&errors, text),
    }
}

/// Each fault stands on a line that is there, and says what is expected.
fn told_well(errors: &ConfigErrors, text: &str) {
    assert!(errors.iter().next().is_some());
    for error in errors.iter() {
        assert!((1..=text.lines().count() + 1).contains(&error.line), "{error}");
        assert!(!error.expected.is_empty() && !error.to_string().is_empty());
    }
}

/// Days off and make-up days read, or are refused with a reason.
pub fn holidays(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Err(errors) = kiosk::config::parse_holidays(text, Path::new("/nowhere/holidays.toml")) {
        told_well(&errors, text);
    }
}

/// A platform's profile reads, or is refused with a reason.
pub fn platform_profile(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Profile::parse("fuzz", text) {
        Ok(profile) => assert!(profile.batch.max_events.get() >= 1 && profile.batch.max_bytes.get() >= 1024),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// Addresses of ports and of the platform: what reads, reads again as it is written.
pub fn urls(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(port) = text.parse::<PortUrl>() {
        assert_eq!(port.to_string().parse::<PortUrl>().as_ref(), Ok(&port), "{port}");
    }
    if let Ok(url) = text.parse::<Url>() {
        assert_eq!(url.to_string().parse::<Url>().as_ref(), Ok(&url), "{url}");
        // What the configuration takes, the client can use, but for plain http to others.
        let base = BaseUrl::parse(&url.to_string(), true);
        assert!(base.is_ok(), "{url}: {base:?}");
    }
    let path = WirePath::try_from("/v1/time".to_owned());
    if let (Ok(base), Ok(path)) = (BaseUrl::parse(text, false), path) {
        let target = base.target(&path);
        assert!(target.starts_with('/') && base.url(&target).ends_with(&target));
    }
}
