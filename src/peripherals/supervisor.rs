//! Keeps a device alive: opens its port, runs its driver, notices its loss, and tries again for ever.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kiosk_link::{Link, LinkError, PortUrl};

/// Waits between attempts to find a lost device: at once, then ever slower, never slower than the last.
const WAITS: [Duration; 5] = [
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(3),
];

/// A flag that ends a device's thread; cloned for whoever may raise it.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Ends it.
    pub fn raise(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether it is to end.
    #[must_use]
    pub fn is_raised(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// The flag itself, for drivers that poll it.
    #[must_use]
    pub fn flag(&self) -> &AtomicBool {
        &self.0
    }
}

/// What one device brings to its supervision.
pub trait Supervised {
    /// Runs the driver on an open port until it ends; whether the device had answered meanwhile.
    fn run(&mut self, link: &mut dyn Link) -> bool;

    /// The port can't be opened, for a technician to read.
    fn unreachable(&mut self, error: &LinkError);

    /// Waits before the next attempt; refuses meanwhile what would otherwise wait for ever.
    fn wait(&mut self, how_long: Duration);
}

/// What opens a port.
pub type Open<'o> = &'o mut dyn FnMut(&PortUrl) -> Result<Box<dyn Link>, LinkError>;

/// Supervises until `stop` is raised. Runs on the device's own thread.
pub fn supervise(port: &PortUrl, open: Open<'_>, device: &mut dyn Supervised, stop: &Stop) {
    let mut tries = 0;
    while !stop.is_raised() {
        match open(port) {
            Ok(mut link) => {
                if device.run(&mut *link) {
                    tries = 0;
                }
            }
            Err(error) => device.unreachable(&error),
        }
        if stop.is_raised() {
            return;
        }
        let longest = WAITS.len() - 1;
        device.wait(WAITS.get(tries.min(longest)).copied().unwrap_or(Duration::from_secs(3)));
        tries += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Silent;

    impl Link for Silent {
        fn send(&mut self, _: &[u8], _: Duration) -> Result<(), LinkError> {
            Ok(())
        }
        fn receive(&mut self, _: &mut [u8], _: Duration) -> Result<usize, LinkError> {
            Ok(0)
        }
    }

    struct Device {
        answers: Vec<bool>,
        waits: Vec<Duration>,
        failures: usize,
        stop: Stop,
    }

    impl Supervised for Device {
        fn run(&mut self, _: &mut dyn Link) -> bool {
            self.answers.remove(0)
        }
        fn unreachable(&mut self, _: &LinkError) {
            self.failures += 1;
        }
        fn wait(&mut self, how_long: Duration) {
            self.waits.push(how_long);
            if self.waits.len() == 9 {
                self.stop.raise();
            }
        }
    }

    #[test]
    fn attempts_slow_down_and_start_fresh_after_the_device_answered() {
        let stop = Stop::default();
        let mut device =
            Device { answers: vec![true, false, true], waits: Vec::new(), failures: 0, stop: stop.clone() };
        let mut attempts = 0;
        let mut open = |_: &PortUrl| -> Result<Box<dyn Link>, LinkError> {
            attempts += 1;
            if attempts <= 3 { Ok(Box::new(Silent)) } else { Err(LinkError::Gone) }
        };
        let port = "tcp://127.0.0.1:1".parse().unwrap();
        supervise(&port, &mut open, &mut device, &stop);
        let ms: Vec<_> = device.waits.iter().map(Duration::as_millis).collect();
        assert_eq!(ms, [200, 500, 200, 500, 1000, 2000, 3000, 3000, 3000]);
        assert_eq!(device.failures, 6);
    }
}
