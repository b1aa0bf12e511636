//! How the terminal does, for `kiosk status`: no personal data in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::device::{Device, HealthState};

/// The report of a running terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The program's version.
    pub version: String,
    /// The page now shown.
    pub page: String,
    /// Each device by its key.
    pub devices: BTreeMap<String, DeviceReport>,
    /// Each class by its letter.
    pub queue: BTreeMap<String, ClassReport>,
    /// What the platform is still to be told.
    pub outbox: OutboxReport,
    /// The store.
    pub store: String,
    /// The clock.
    pub clock: ClockReport,
    /// The platform.
    pub platform: String,
    /// The hall's server; none where this terminal runs none.
    pub hall: Option<HallReport>,
}

impl Report {
    /// Whether every device that tickets need does its work; a loudspeaker is none of these.
    #[must_use]
    pub fn devices_work(&self) -> bool {
        let works = [HealthState::Ready.code(), HealthState::Low.code()];
        let mut needed = self.devices.iter().filter(|(key, _)| *key != Device::Speaker.key());
        needed.all(|(_, device)| works.contains(&device.state.as_str()))
    }
}

/// One device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceReport {
    /// `starting`, `ready`, `low`, `trouble`, `broken` or `lost`.
    pub state: String,
    /// For the technician.
    pub detail: String,
}

/// One class.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassReport {
    /// Issued and not yet called.
    pub waiting: u32,
    /// Called and not yet served.
    pub called: u32,
    /// Being served.
    pub serving: u32,
    /// The last number of the day.
    pub last: u32,
}

/// The outbox.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxReport {
    /// Events that wait.
    pub waiting: u64,
    /// When the oldest of them happened.
    pub oldest: Option<String>,
    /// Events that the platform refused.
    pub dead: u64,
    /// When the oldest of those happened.
    pub oldest_dead: Option<String>,
}

/// The hall's server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HallReport {
    /// Where its pages are.
    pub address: String,
}

/// The clock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockReport {
    /// `right` or `behind`.
    pub state: String,
    /// The instant that holds, RFC 3339.
    pub now: String,
    /// The business day that holds.
    pub business_day: String,
}
