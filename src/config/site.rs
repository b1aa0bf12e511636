//! `[site]` and `[terminal]`: which hall this is, when it is open, and which of its terminals this one is.

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use toml::de::DeValue;

use super::error::{Refusal, nearest, one_line, shown};
use super::holidays;
use super::reader::{Report, Section};
use super::values::{choice, known_word, name, path, text, text_where};
use crate::domain::hours::{Holidays, HoursError, Opening, OpeningHours};

/// Characters of a name that residents read.
pub(super) const NAME_LENGTH: usize = 40;

/// The hall.
#[derive(Clone, Debug)]
pub struct Site {
    /// Site code, 12 digits (统计用区划代码).
    pub code: String,
    /// What residents read, 1…40 characters.
    pub name: String,
    /// Its kind.
    pub kind: SiteKind,
    /// What the QR of a ticket opens; without one the QR holds the ticket's code.
    pub ticket_url: Option<TicketUrl>,
    /// In which the business day and the opening hours are counted; Asia/Shanghai unless said.
    pub time_zone: TimeZone,
    /// When it is open; always, unless said.
    pub opening: Opening,
}

/// The three kinds of hall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SiteKind {
    /// Township centre (便民服务中心).
    Center,
    /// Station (便民服务站).
    Station,
    /// Village room (便民服务室); may have no window and no class.
    Room,
}

/// The address behind a ticket's QR, with one `{code}` for the ticket's code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketUrl(String);

impl TicketUrl {
    /// The longest, in bytes, `{code}` included: more would make the QR too fine for a thermal printer.
    pub const LONGEST: usize = 200;

    /// The address as it is configured, `{code}` and all.
    #[must_use]
    pub fn template(&self) -> &str {
        &self.0
    }
}

/// This terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// Its name within the site, 1…8 capital letters and digits.
    pub id: String,
    /// Where the store and the logs lie.
    pub data_dir: PathBuf,
    /// The language of a resident's first page, one of those shipped; `zh` unless said.
    pub language: String,
    /// How the screen stands; portrait unless said.
    pub orientation: Orientation,
}

/// How the screen stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Orientation {
    /// Higher than wide.
    Portrait,
    /// Wider than high.
    Landscape,
}

pub(super) fn read_site(mut site: Section<'_>, base: &Path, report: &Report) -> Option<Site> {
    const CODE: &str = "the 12 digits of the site, as in \"510823101000\"";
    const KINDS: &[(&str, SiteKind)] =
        &[("center", SiteKind::Center), ("station", SiteKind::Station), ("room", SiteKind::Room)];
    let digits = |code: &str| code.len() == 12 && code.bytes().all(|byte| byte.is_ascii_digit());
    let code = site.required("code", CODE, text_where(CODE, digits));
    let name = site.required("name", "the hall's name", name(NAME_LENGTH));
    let kind = site.required("kind", "\"center\", \"station\" or \"room\"", choice(KINDS));
    let ticket_url = site.optional("ticket_url", ticket_url);
    let time_zone = site.optional("time_zone", time_zone);
    let hours = read_hours(&mut site);
    let holidays = read_holidays(&mut site, base, report);
    site.finish();
    let opening = Opening { hours: hours.unwrap_or_else(OpeningHours::always), holidays };
    let time_zone = time_zone.or_else(|| TimeZone::get("Asia/Shanghai").ok())?;
    Some(Site { code: code?, name: name?, kind: kind?, ticket_url, time_zone, opening })
}

pub(super) fn read_terminal(mut terminal: Section<'_>, base: &Path, languages: &[&str]) -> Option<Terminal> {
    const ID: &str = "1 to 8 capital letters and digits, as in \"T01\"";
    const ORIENTATIONS: &[(&str, Orientation)] =
        &[("portrait", Orientation::Portrait), ("landscape", Orientation::Landscape)];
    let plain = |id: &str| {
        (1..=8).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    let id = terminal.required("id", ID, text_where(ID, plain));
    let data_dir = terminal.required("data_dir", "a folder, absolute or relative to the file", path(base));
    let language = terminal.optional("language", known_word(languages));
    let orientation = terminal.optional("orientation", choice(ORIENTATIONS));
    terminal.finish();
    let language = language.unwrap_or_else(|| "zh".to_owned());
    let orientation = orientation.unwrap_or(Orientation::Portrait);
    Some(Terminal { id: id?, data_dir: data_dir?, language, orientation })
}

fn ticket_url(value: &DeValue<'_>) -> Result<TicketUrl, Refusal> {
    const EXPECTED: &str = "https://… with {code} in it once, at most 200 bytes of ASCII without blanks";
    let url = text(value, EXPECTED)?;
    let web =
        ["https://", "http://"].iter().any(|scheme| url.len() > scheme.len() && url.starts_with(scheme));
    let one_code = url.matches("{code}").count() == 1;
    let plain = url.len() <= TicketUrl::LONGEST && url.bytes().all(|byte| byte.is_ascii_graphic());
    let braces = url.matches(['{', '}']).count() == 2;
    if web && one_code && plain && braces {
        return Ok(TicketUrl(url.to_owned()));
    }
    Err(Refusal::impossible(shown(url), EXPECTED).near(url.contains('{').then_some("{code}")))
}

fn time_zone(value: &DeValue<'_>) -> Result<TimeZone, Refusal> {
    const EXPECTED: &str = "a time zone's IANA name, as in \"Asia/Shanghai\"";
    let wanted = text(value, EXPECTED)?;
    TimeZone::get(wanted).map_err(|_| {
        let zones: Vec<String> = jiff::tz::db().available().map(|zone| zone.as_str().to_owned()).collect();
        let near = nearest(wanted, zones.iter().map(String::as_str));
        Refusal::impossible(shown(wanted), EXPECTED).near(near)
    })
}

fn read_hours(site: &mut Section<'_>) -> Option<OpeningHours> {
    const EXPECTED: &str = "days and spans of hours, as in \"mon-fri 09:00-12:00 13:00-17:00\"; without the key the hall is always open";
    let refusal = |error: HoursError| Refusal::impossible(one_line(&error.to_string(), 120), EXPECTED);
    let entry = |value: &DeValue<'_>| {
        let entry = text(value, EXPECTED)?;
        // Each entry by itself first, so that a fault is told at its own line.
        let read = OpeningHours::parse(&[entry]);
        read.map(|_| entry.to_owned()).map_err(refusal)
    };
    let entries = site.list("hours", 1..=28, entry)?;
    let entries: Vec<String> = entries.into_iter().map(|entry| entry.value).collect();
    if entries.is_empty() {
        return None;
    }
    let together = OpeningHours::parse(&entries);
    together.map_err(|error| site.refuse("hours", refusal(error))).ok()
}

fn read_holidays(site: &mut Section<'_>, base: &Path, report: &Report) -> Holidays {
    let Some(file) = site.optional("holidays", path(base)) else { return Holidays::default() };
    match holidays::load(&file) {
        Ok((holidays, found)) => {
            report.absorb(found);
            holidays
        }
        Err(refusal) => {
            site.refuse("holidays", refusal);
            Holidays::default()
        }
    }
}
