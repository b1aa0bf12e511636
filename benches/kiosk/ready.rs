//! Waiting for a terminal whose devices have all said that they are ready.

use std::sync::mpsc::channel;
use std::time::Duration;

use kiosk::domain::device::Device;
use kiosk::engine::Input;
use kiosk::engine::status::Report;
use kiosk::engine::thread::Mailbox;
use kiosk_link::clock::Deadline;

use super::Outcome;

const PATIENCE: Duration = Duration::from_secs(30);

/// Whether all are. A machine may well have no loudspeaker.
pub fn devices_ready(report: &Report) -> bool {
    let mut needed = report.devices.iter().filter(|(name, _)| *name != Device::Speaker.key());
    needed.all(|(_, device)| device.state == "ready")
}

/// Asks until all are, and does `meanwhile` between two questions.
pub fn until_ready(mailbox: &Mailbox, mut meanwhile: impl FnMut()) -> Outcome<()> {
    let deadline = Deadline::after(PATIENCE);
    loop {
        let (sender, report) = channel();
        mailbox.put(Input::Status(sender));
        let report = report.recv_timeout(PATIENCE)?;
        if devices_ready(&report) {
            return Ok(());
        }
        if deadline.passed() {
            return Err(format!("waited in vain for devices: {:?}", report.devices).into());
        }
        meanwhile();
    }
}
