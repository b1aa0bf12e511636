//! The log: to standard error, where a service manager keeps it, and to rotated files beside the store.
//!
//! Personal data never comes here: the types that hold it print masks.

use std::path::Path;

use flexi_logger::{
    Age, Cleanup, Criterion, DeferredNow, Duplicate, FileSpec, FlexiLoggerError, Logger, LoggerHandle, Naming,
};
use log::Record;

/// Log files that are kept, and the bytes after which one is full.
const KEPT: usize = 14;
const FULL: u64 = 4 * 1024 * 1024;

/// The running log; it ends with this.
pub type Log = LoggerHandle;

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// What went wrong.
    Quiet,
    /// What a technician needs.
    Usual,
    /// What an engineer needs.
    All,
}

impl Detail {
    fn spec(self) -> &'static str {
        match self {
            Self::Quiet => "error",
            // The toolkit and the bus speak much that nobody needs.
            Self::Usual => {
                "warn, winit=error, kiosk=info, kiosk_link=info, kiosk_id_reader=info, kiosk_escpos=info"
            }
            Self::All => "info, kiosk=debug, kiosk_link=debug, kiosk_id_reader=debug, kiosk_escpos=debug",
        }
    }
}

/// Starts the log to standard error alone; it ends with the handle.
///
/// # Errors
/// Where a log was started before.
pub fn to_stderr(detail: Detail) -> Result<LoggerHandle, FlexiLoggerError> {
    Logger::try_with_str(detail.spec())?.format(line).log_to_stderr().start()
}

/// Starts the log to files in `folder` and to standard error.
///
/// # Errors
/// Where the folder can't be written, or a log was started before.
pub fn to_files(detail: Detail, folder: &Path) -> Result<LoggerHandle, FlexiLoggerError> {
    Logger::try_with_str(detail.spec())?
        .format(line)
        .log_to_file(FileSpec::default().directory(folder).basename("kiosk"))
        .rotate(Criterion::AgeOrSize(Age::Day, FULL), Naming::Timestamps, Cleanup::KeepLogFiles(KEPT))
        .append()
        .duplicate_to_stderr(Duplicate::All)
        .start()
}

fn line(out: &mut dyn std::io::Write, now: &mut DeferredNow, record: &Record<'_>) -> std::io::Result<()> {
    let time = now.format("%Y-%m-%dT%H:%M:%S%.3f%:z");
    write!(out, "{time} {:5} {}: {}", record.level(), record.target(), record.args())
}
