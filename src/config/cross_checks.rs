//! What one table says has to fit what another says: letters, windows, ports, keys.
//!
//! A table that could not be read whole is left out of what it would be compared with: a fault is told once,
//! and never by what follows from it.

use std::path::PathBuf;

use kiosk_link::{PortUrl, UsbWhich};

use super::devices::ReadDevices;
use super::error::{Fault, Place, Refusal, nearest};
use super::reader::{Located, Report};
use super::site::SiteKind;
use super::windows::ReadWindow;
use crate::domain::class::Class;
use crate::domain::window::{Serves, Window};

/// All classes, or as many as could be read.
pub(super) struct Readable<T> {
    pub items: Vec<T>,
    /// Whether every table of the kind was read.
    pub whole: bool,
}

pub(super) fn classes(report: &Report, kind: Option<SiteKind>, classes: &Readable<Located<Class>>) {
    for (index, class) in classes.items.iter().enumerate() {
        let earlier = classes.items.iter().take(index).find(|other| other.value.letter == class.value.letter);
        if let Some(earlier) = earlier {
            let twice = Fault::Duplicate(Some(earlier.at.line));
            report.refuse(&class.at, Refusal::new(twice, "a letter that no other class has"));
        }
    }
    let hall = matches!(kind, Some(SiteKind::Center | SiteKind::Station));
    if hall && classes.whole && classes.items.is_empty() {
        let at = Place { line: 1, key: "class".to_owned() };
        report.refuse(&at, Refusal::new(Fault::Missing, "at least one [[class]]; only a room has none"));
    }
}

pub(super) fn windows(
    report: &Report,
    kind: Option<SiteKind>,
    windows: &Readable<ReadWindow>,
    classes: &Readable<Located<Class>>,
) {
    for (index, window) in windows.items.iter().enumerate() {
        let earlier =
            windows.items.iter().take(index).find(|other| other.window.number == window.window.number);
        if let Some(earlier) = earlier {
            let twice = Fault::Duplicate(Some(earlier.number_at.line));
            report.refuse(&window.number_at, Refusal::new(twice, "a number that no other window has"));
        }
    }
    if !classes.whole {
        return;
    }
    let letters: Vec<String> = classes.items.iter().map(|class| class.value.letter.to_string()).collect();
    for letter in windows.items.iter().flat_map(|window| &window.letters) {
        if !classes.items.iter().any(|class| class.value.letter == letter.value) {
            let what = format!("is \"{}\", and there is no such class", letter.value);
            report.refuse(&letter.at, Refusal::impossible(what, one_of("classes", &letters)));
        }
    }
    let without_windows = kind.is_none_or(|kind| kind == SiteKind::Room) && windows.items.is_empty();
    if !windows.whole || without_windows {
        return;
    }
    for class in &classes.items {
        let letter = class.value.letter;
        if !windows.items.iter().any(|window| serves(&window.window, &class.value)) {
            let what = format!("is \"{letter}\", which no window serves");
            let expected = format!("a [[window]] with \"{letter}\" or \"*\" in its classes");
            report.refuse(&class.at, Refusal::impossible(what, expected));
        }
    }
}

fn serves(window: &Window, class: &Class) -> bool {
    match &window.serves {
        Serves::All => true,
        Serves::Only(letters) => letters.contains(&class.letter),
    }
}

pub(super) fn devices(report: &Report, devices: &ReadDevices, windows: &Readable<ReadWindow>) {
    for (index, (port, address)) in devices.ports.iter().enumerate() {
        let same = devices
            .ports
            .iter()
            .take(index)
            .find(|(other, _)| identity(&other.value) == identity(&port.value));
        let Some((earlier, other_address)) = same else { continue };
        let one_line = address.is_some() && other_address.is_some();
        if one_line && address != other_address && earlier.value == port.value {
            continue;
        }
        let what = format!("is the port of {} (line {}) too", owner(&earlier.at), earlier.at.line);
        let expected = match one_line {
            true => "a port of its own, or the same line and speed with another `address`",
            false => "a port of its own: two devices can't share one",
        };
        report.refuse(&port.at, Refusal::impossible(what, expected));
    }
    for (index, pad) in devices.pad_windows.iter().enumerate() {
        if let Some(earlier) = devices.pad_windows.iter().take(index).find(|other| other.value == pad.value) {
            let twice = Fault::Duplicate(Some(earlier.at.line));
            report.refuse(&pad.at, Refusal::new(twice, "one pad at a window"));
        }
        if windows.whole && !windows.items.iter().any(|window| window.window.number == pad.value) {
            let numbers: Vec<String> =
                windows.items.iter().map(|window| window.window.number.to_string()).collect();
            let what = format!("is {}, and there is no such window", pad.value);
            let near = nearest(&pad.value.to_string(), numbers.iter().map(String::as_str)).map(str::to_owned);
            report.refuse(
                &pad.at,
                Refusal::impossible(what, one_of("windows", &numbers)).near(near.as_deref()),
            );
        }
    }
}

/// A document printer prints what the platform sealed, and seals are verified by the platform's key.
pub(super) fn seals(report: &Report, devices: &ReadDevices, has_public_key: bool, platform: &Place) {
    if devices.document_printer_at.is_some() && !has_public_key {
        let at = Place { line: platform.line, key: "platform.platform_public_key_file".to_owned() };
        let expected =
            "the platform's SM2 public key: with [devices.document_printer] seals are verified by it";
        report.refuse(&at, Refusal::new(Fault::Missing, expected));
    }
}

/// What two URLs of one device have in common.
enum Identity {
    Line(PathBuf),
    Usb(u16, u16, UsbWhich),
    Tcp(String, u16),
}

impl PartialEq for Identity {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Line(one), Self::Line(other)) => one == other,
            (Self::Usb(vendor, product, which), Self::Usb(v, p, other)) => {
                // The first that is found may be any of them.
                let one_for_both = which == other || *which == UsbWhich::First || *other == UsbWhich::First;
                (vendor, product) == (v, p) && one_for_both
            }
            (Self::Tcp(host, port), Self::Tcp(h, p)) => (host, port) == (h, p),
            _ => false,
        }
    }
}

fn identity(port: &PortUrl) -> Identity {
    match port {
        // /dev/serial/by-id/… and /dev/ttyUSB0 are one line; one that is unplugged now is known by its name alone.
        PortUrl::Serial { path, .. } => Identity::Line(path.canonicalize().unwrap_or_else(|_| path.clone())),
        PortUrl::Usb { vendor, product, which } => Identity::Usb(*vendor, *product, which.clone()),
        PortUrl::Tcp { host, port } => Identity::Tcp(host.to_ascii_lowercase(), *port),
    }
}

fn owner(port: &Place) -> &str {
    port.key.strip_suffix(".port").unwrap_or(&port.key)
}

fn one_of(what: &str, known: &[String]) -> String {
    if known.is_empty() {
        format!("no more {what} than there are, which is none")
    } else {
        format!("one of the {what} {}", known.join(", "))
    }
}
