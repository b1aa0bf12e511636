//! What is known of the devices, from their last words.

use crate::domain::device::{Device, Health, HealthState, PaperTrouble};
use crate::peripherals::ReaderNews;

/// The devices that the terminal has.
#[derive(Debug)]
pub(super) struct Devices {
    pub(super) reader: Option<Health>,
    pub(super) dispenser: Option<Health>,
    /// None until it is heard of.
    pub(super) speaker: Option<Health>,
    /// A card lies on the reader and was read.
    pub(super) card_lies: bool,
}

impl Devices {
    /// All that are configured, none of them heard of.
    pub(super) fn new(reader: bool, dispenser: bool) -> Self {
        let starting = || Health { state: HealthState::Starting, detail: "not heard of yet".to_owned() };
        Self {
            reader: reader.then(starting),
            dispenser: dispenser.then(starting),
            speaker: None,
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

    /// Notes the dispenser's health.
    pub(super) fn dispenser_health(&mut self, health: &Health) {
        note(Device::TicketDispenser, &mut self.dispenser, health);
    }

    /// Notes the loudspeaker's health.
    pub(super) fn speaker_health(&mut self, health: &Health) {
        note(Device::Speaker, &mut self.speaker, health);
    }

    /// Whether the reader can read.
    pub(super) fn reader_works(&self) -> bool {
        self.reader.as_ref().is_some_and(|health| health.state.works())
    }

    /// Whether the dispenser can print, and if not, why.
    pub(super) fn dispenser_works(&self) -> Result<(), PaperTrouble> {
        match self.dispenser.as_ref().map(|health| health.state) {
            Some(state) if state.works() => Ok(()),
            Some(HealthState::Trouble(trouble)) => Err(trouble),
            Some(HealthState::Broken) => Err(PaperTrouble::OutOfOrder),
            _ => Err(PaperTrouble::NoAnswer),
        }
    }

    /// Each device that the terminal has, with its health.
    pub(super) fn each(&self) -> impl Iterator<Item = (Device, &Health)> {
        let devices = [
            (Device::IdReader, &self.reader),
            (Device::TicketDispenser, &self.dispenser),
            (Device::Speaker, &self.speaker),
        ];
        devices.into_iter().filter_map(|(device, health)| Some((device, health.as_ref()?)))
    }
}

fn note(device: Device, place: &mut Option<Health>, health: &Health) {
    if place.as_ref() != Some(health) {
        log::info!("{}: {} ({})", device.key(), health.state.code(), health.detail);
        *place = Some(health.clone());
    }
}
