//! The PIN: each try is counted before anybody knows, found out on another thread, and paid for with a pause.

use crate::domain::pin::Pin;
use crate::domain::time::Now;
use crate::engine::{Engine, Out};
use crate::service::view::Said;
use crate::service::{Event, pause};
use crate::store::{PinHash, StoreError};

impl Engine {
    /// The try counts as a wrong one before anybody knows; finding out takes longer than this thread may wait.
    pub(super) fn try_pin(&mut self, pin: &Pin, now: Now, out: &mut Vec<Out>) {
        match self.desk.try_pin(pin) {
            Ok(Some(tried)) => {
                self.service.failures = self.service.failures.map(|failures| failures.saturating_add(1));
                self.service.tried = self.service.tried.wrapping_add(1);
                out.push(Out::CheckPin(self.service.tried, Box::new(tried)));
            }
            Ok(None) => {
                self.service.failures = None;
                self.tell_service(Event::PinChecked(false), now, out);
            }
            Err(error) => {
                log::error!(
                    "no PIN is tried, since the store takes no note of it: {error}; {}",
                    error.advice()
                );
                self.tell_service(Event::Said(Said::StoreFailed), now, out);
            }
        }
    }

    /// Somebody found out.
    pub(in crate::engine) fn pin_checked(&mut self, tried: u32, right: bool, now: Now, out: &mut Vec<Out>) {
        if tried != self.service.tried {
            return log::warn!("a PIN was checked that nobody waits for");
        }
        let noted = self.desk.pin_tried(right, now);
        // Who knows the PIN gets in, all the more where the disk takes no note of it any more.
        if right {
            self.service.failures = Some(0);
            self.service.paused_until = None;
            if self.service.is_open() {
                log::info!("the service menu is open");
            }
        } else {
            let pause = self.service.failures.and_then(pause::after);
            self.service.paused_until = pause.map(|pause| now.mono + pause);
            log::warn!("wrong PIN at the service menu");
        }
        if let Err(error) = noted {
            log::error!("the store took no note of a PIN: {error}; {}", error.advice());
            self.store_trouble = true;
        }
        self.tell_service(Event::PinChecked(right), now, out);
    }

    /// Another PIN, from the command line.
    pub(in crate::engine) fn set_pin(&mut self, pin: &PinHash, now: Now) -> Result<(), StoreError> {
        self.desk.set_pin(pin, now)?;
        self.service.failures = Some(0);
        self.service.paused_until = None;
        log::info!("the PIN of the service menu was set");
        Ok(())
    }
}
