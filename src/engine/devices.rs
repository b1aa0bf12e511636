//! What is known of the devices, from their last words.

use crate::domain::device::{Device, Health, HealthState, PaperTrouble, PerPrinter, Printer};
use crate::peripherals::ReaderNews;

/// The devices that the terminal has.
#[derive(Debug)]
pub(super) struct Devices {
    pub(super) reader: Option<Health>,
    /// None until it is heard of.
    pub(super) speaker: Option<Health>,
    pub(super) printers: PerPrinter<Option<Health>>,
    /// A card lies on the reader and was read.
    pub(super) card_lies: bool,
}

impl Devices {
    /// All that are configured, none of them heard of.
    pub(super) fn new(reader: bool, printers: PerPrinter<bool>) -> Self {
        let starting = || Health { state: HealthState::Starting, detail: "not heard of yet".to_owned() };
        Self {
            reader: reader.then(starting),
            speaker: None,
            printers: printers.map(|_, configured| configured.then(starting)),
            card_lies: false,
        }
    }

    /// Notes the reader's words.
    pub(super) fn reader_news(&mut self, news: &ReaderNews) {
        match news {
            ReaderNews::Health(health) => {
                if !health.state.works() {
                    self.card_lies = false;
                }
                note(Device::IdReader, &mut self.reader, health);
            }
            ReaderNews::Card(_) => self.card_lies = true,
            ReaderNews::Lifted => self.card_lies = false,
            ReaderNews::CardSeen | ReaderNews::Failed(_) => {}
        }
    }

    /// Notes a printer's health.
    pub(super) fn printer_health(&mut self, printer: Printer, health: &Health) {
        note(printer.device(), self.printers.of_mut(printer), health);
    }

    /// Notes the loudspeaker's health.
    pub(super) fn speaker_health(&mut self, health: &Health) {
        note(Device::Speaker, &mut self.speaker, health);
    }

    /// Whether the reader can read.
    pub(super) fn reader_works(&self) -> bool {
        self.reader.as_ref().is_some_and(|health| health.state.works())
    }

    /// The printers that the terminal has, in the order in which they are asked, and what keeps each from printing.
    pub(super) fn printers(&self) -> impl Iterator<Item = (Printer, Result<(), PaperTrouble>)> {
        self.printers.each().filter_map(|(printer, health)| Some((printer, works(health.as_ref()?.state))))
    }

    /// Each device that the terminal has, with its health.
    pub(super) fn each(&self) -> impl Iterator<Item = (Device, &Health)> {
        let reader = self.reader.iter().map(|health| (Device::IdReader, health));
        let printers =
            self.printers.each().filter_map(|(printer, health)| Some((printer.device(), health.as_ref()?)));
        let speaker = self.speaker.iter().map(|health| (Device::Speaker, health));
        reader.chain(printers).chain(speaker)
    }
}

fn works(state: HealthState) -> Result<(), PaperTrouble> {
    match state {
        state if state.works() => Ok(()),
        HealthState::Trouble(trouble) => Err(trouble),
        HealthState::Broken => Err(PaperTrouble::OutOfOrder),
        _ => Err(PaperTrouble::NoAnswer),
    }
}

fn note(device: Device, place: &mut Option<Health>, health: &Health) {
    if place.as_ref() != Some(health) {
        log::info!("{}: {} ({})", device.key(), health.state.code(), health.detail);
        *place = Some(health.clone());
    }
}
