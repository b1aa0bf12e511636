//! What happened, line by line, with what the program itself logged in between.

use std::cell::RefCell;
use std::sync::Once;

use jiff::Timestamp;
use jiff::tz::{TimeZone, offset};

use crate::dice::fingerprint;

thread_local! {
    static HEARD: RefCell<Vec<(log::Level, String)>> = const { RefCell::new(Vec::new()) };
}

/// The day as it can be read.
#[derive(Debug, Default)]
pub struct Diary {
    lines: Vec<String>,
}

impl Diary {
    /// Notes what happened at that true time.
    pub fn note(&mut self, at: Timestamp, who: &str, what: &str) {
        let at = at.to_zoned_datetime(TimeZone::fixed(offset(8)));
        self.lines.push(format!("{} {who:<9} {what}", at.strftime("%d. %H:%M:%S%.3f")));
    }

    /// All lines.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// Tells two days apart.
    pub fn digest(&self) -> u64 {
        fingerprint(self.lines.iter().map(String::as_str))
    }
}

/// Hears what the program logs, each thread for itself.
struct Ear;

impl log::Log for Ear {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.target().starts_with("kiosk")
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            HEARD.with_borrow_mut(|heard| heard.push((record.level(), record.args().to_string())));
        }
    }

    fn flush(&self) {}
}

/// Begins to hear the log; a second call changes nothing.
pub fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        log::set_logger(&Ear).unwrap();
        log::set_max_level(log::LevelFilter::Debug);
    });
}

/// What was logged on this thread since the last call.
pub fn heard() -> Vec<(log::Level, String)> {
    HEARD.with_borrow_mut(std::mem::take)
}
