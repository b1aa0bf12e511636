//! `[devices]`: what is plugged into the terminal, and where. A device without a table is one that it has not.

use std::path::Path;

use kiosk_link::PortUrl;
use toml::de::DeValue;

use super::error::{Place, Refusal, shown};
use super::profile::{Profile, profile};
use super::reader::{Located, Section};
use super::url::Url;
use super::values::{choice, number, parsed_or_why, text};
use super::windows;

/// Everything plugged in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Devices {
    /// The ID-card reader.
    pub id_reader: Option<IdReader>,
    /// The printer of tickets.
    pub ticket_dispenser: Option<ReceiptPrinter>,
    /// The printer of receipts and notices, and of tickets where the dispenser fails.
    pub receipt_printer: Option<ReceiptPrinter>,
    /// The printer of certificates.
    pub document_printer: Option<DocumentPrinter>,
    /// The scanner of bar codes and QR codes.
    pub code_scanner: Option<CodeScanner>,
    /// The serial review pads, each at its window.
    pub review_pads: Vec<ReviewPad>,
}

/// An ID-card reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdReader {
    /// How it is spoken to.
    pub driver: IdReaderDriver,
    /// Serial or USB.
    pub port: PortUrl,
}

/// Kinds of ID-card reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdReaderDriver {
    /// Readers with a SAM_V module.
    Sdt,
}

/// A printer of paper rolls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptPrinter {
    /// How it is spoken to.
    pub driver: ReceiptPrinterDriver,
    /// What this model can.
    pub profile: Profile,
    /// Serial, USB or TCP.
    pub port: PortUrl,
}

/// Kinds of roll printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiptPrinterDriver {
    /// ESC/POS.
    Escpos,
}

/// A printer of A4 pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentPrinter {
    /// How it is spoken to.
    pub driver: DocumentPrinterDriver,
    /// `ipp://…` or `ipps://…`.
    pub port: Url,
}

/// Kinds of page printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentPrinterDriver {
    /// Internet Printing Protocol.
    Ipp,
}

/// A code scanner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeScanner {
    /// How it is listened to.
    pub driver: CodeScannerDriver,
    /// USB for one that types, serial for one that doesn't.
    pub port: PortUrl,
}

/// Kinds of code scanner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeScannerDriver {
    /// It types like a keyboard.
    Keyboard,
    /// It sends lines.
    Serial,
}

/// A review pad on a wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewPad {
    /// The window at which it stands.
    pub window: u16,
    /// How it is spoken to.
    pub driver: ReviewPadDriver,
    /// Serial; pads of different addresses may share one line.
    pub port: PortUrl,
    /// Its address on the line, 1…31; 1 unless said.
    pub address: u8,
}

/// Kinds of review pad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewPadDriver {
    /// Five keys, serial.
    Keys5,
}

/// The devices with the places of what is checked against other tables.
#[derive(Default)]
pub(super) struct ReadDevices {
    pub devices: Devices,
    /// Each port with the place of its key; a pad's with its address too.
    pub ports: Vec<(Located<PortUrl>, Option<u8>)>,
    /// The window of each pad.
    pub pad_windows: Vec<Located<u16>>,
    /// Where the table of the document printer stands, were it right or wrong.
    pub document_printer_at: Option<Place>,
}

/// Which kinds of port a device may have, and how they are written.
#[derive(Clone, Copy)]
struct Ports {
    serial: bool,
    usb: bool,
    tcp: bool,
    written: &'static str,
}

const SERIAL_OR_USB: Ports = Ports {
    serial: true,
    usb: true,
    tcp: false,
    written: "serial:///dev/NAME?baud=115200 or usb://VID:PID[?serial=…|?path=1-2.3]",
};
const PRINTER: Ports = Ports {
    serial: true,
    usb: true,
    tcp: true,
    written: "serial:///dev/NAME?baud=115200, usb://VID:PID[?serial=…|?path=1-2.3] or tcp://HOST:9100",
};
const KEYBOARD: Ports =
    Ports { serial: false, usb: true, tcp: false, written: "usb://VID:PID[?serial=…|?path=1-2.3]" };
const SERIAL: Ports = Ports { serial: true, usb: false, tcp: false, written: "serial:///dev/NAME?baud=9600" };

/// The speeds that serial devices of these kinds have, in bits a second.
const SPEEDS: [u32; 10] = [1200, 2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800];

pub(super) fn read(mut section: Section<'_>, base: &Path, printer_profiles: &[&str]) -> ReadDevices {
    let mut read = ReadDevices::default();
    let id_reader = section.section("id_reader").and_then(|table| read.id_reader(table));
    let ticket_dispenser = section
        .section("ticket_dispenser")
        .and_then(|table| read.receipt_printer(table, base, printer_profiles));
    let receipt_printer = section
        .section("receipt_printer")
        .and_then(|table| read.receipt_printer(table, base, printer_profiles));
    let document_printer = section.section("document_printer").and_then(|table| read.document_printer(table));
    let code_scanner = section.section("code_scanner").and_then(|table| read.code_scanner(table));
    let pads = section.sections("review_pad", windows::MOST);
    let review_pads = pads.into_iter().filter_map(|table| read.review_pad(table)).collect();
    section.finish();
    read.devices =
        Devices { id_reader, ticket_dispenser, receipt_printer, document_printer, code_scanner, review_pads };
    read
}

impl ReadDevices {
    fn id_reader(&mut self, mut table: Section<'_>) -> Option<IdReader> {
        let driver = driver(&mut table, &[("sdt", IdReaderDriver::Sdt)]);
        let port = self.port(&mut table, SERIAL_OR_USB);
        table.finish();
        Some(IdReader { driver: driver?, port: port? })
    }

    fn receipt_printer(
        &mut self,
        mut table: Section<'_>,
        base: &Path,
        profiles: &[&str],
    ) -> Option<ReceiptPrinter> {
        let driver = driver(&mut table, &[("escpos", ReceiptPrinterDriver::Escpos)]);
        let profile =
            table.required("profile", "the printer's profile, or the path of one", profile(base, profiles));
        let port = self.port(&mut table, PRINTER);
        table.finish();
        Some(ReceiptPrinter { driver: driver?, profile: profile?, port: port? })
    }

    fn document_printer(&mut self, mut table: Section<'_>) -> Option<DocumentPrinter> {
        const PORT: &str = "ipp://HOST/ipp/print or ipps://HOST/ipp/print";
        self.document_printer_at = Some(table.place().clone());
        let driver = driver(&mut table, &[("ipp", DocumentPrinterDriver::Ipp)]);
        let port = table.required("port", PORT, |value: &DeValue<'_>| {
            let url: Url = parsed_or_why(PORT)(value)?;
            let ipp = matches!(url.scheme(), "ipp" | "ipps");
            if ipp {
                Ok(url)
            } else {
                Err(Refusal::impossible(format!("is an address of {}", url.scheme()), PORT))
            }
        });
        table.finish();
        Some(DocumentPrinter { driver: driver?, port: port? })
    }

    fn code_scanner(&mut self, mut table: Section<'_>) -> Option<CodeScanner> {
        let drivers = &[("keyboard", CodeScannerDriver::Keyboard), ("serial", CodeScannerDriver::Serial)];
        let driver = driver(&mut table, drivers);
        let ports = match driver {
            Some(CodeScannerDriver::Keyboard) => KEYBOARD,
            Some(CodeScannerDriver::Serial) => SERIAL,
            None => SERIAL_OR_USB,
        };
        let port = self.port(&mut table, ports);
        table.finish();
        Some(CodeScanner { driver: driver?, port: port? })
    }

    fn review_pad(&mut self, mut table: Section<'_>) -> Option<ReviewPad> {
        let window = table.required("window", "the number of its window", number(1..=windows::HIGHEST));
        let driver = driver(&mut table, &[("keys5", ReviewPadDriver::Keys5)]);
        let address = table.optional("address", number(1..=31)).unwrap_or(1);
        let port = self.port_of(&mut table, SERIAL, Some(address));
        if let Some(value) = window {
            self.pad_windows.push(Located { value, at: table.place_of("window") });
        }
        table.finish();
        Some(ReviewPad { window: window?, driver: driver?, port: port?, address })
    }

    fn port(&mut self, table: &mut Section<'_>, ports: Ports) -> Option<PortUrl> {
        self.port_of(table, ports, None)
    }

    fn port_of(&mut self, table: &mut Section<'_>, ports: Ports, address: Option<u8>) -> Option<PortUrl> {
        let port = table.required("port", ports.written, |value: &DeValue<'_>| ports.read(value))?;
        self.ports.push((Located { value: port.clone(), at: table.place_of("port") }, address));
        Some(port)
    }
}

impl Ports {
    fn read(self, value: &DeValue<'_>) -> Result<PortUrl, Refusal> {
        let written = text(value, self.written)?;
        let port: PortUrl = written.parse().map_err(|_| Refusal::impossible(shown(written), self.written))?;
        let allowed = match &port {
            PortUrl::Serial { .. } => self.serial,
            PortUrl::Usb { .. } => self.usb,
            PortUrl::Tcp { .. } => self.tcp,
        };
        if !allowed {
            return Err(Refusal::impossible(
                format!("{}, a kind of port that it has not", shown(written)),
                self.written,
            ));
        }
        match &port {
            PortUrl::Serial { baud, .. } if !SPEEDS.contains(baud) => {
                let speeds: Vec<String> = SPEEDS.iter().map(u32::to_string).collect();
                let nearest = SPEEDS.iter().min_by_key(|speed| speed.abs_diff(*baud));
                let expected = format!("a speed of {}", speeds.join(", "));
                let near = nearest.map(|speed| format!("baud={speed}"));
                Err(Refusal::impossible(format!("has baud={baud}"), expected).near(near.as_deref()))
            }
            _ => Ok(port),
        }
    }
}

fn driver<T: Copy>(table: &mut Section<'_>, drivers: &'static [(&'static str, T)]) -> Option<T> {
    let words: Vec<&str> = drivers.iter().map(|(word, _)| *word).collect();
    table.required("driver", &words.join(" or "), choice(drivers))
}
