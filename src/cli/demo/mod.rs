//! `kiosk demo`: the whole product in one process tree, with simulated devices and the sandbox platform.
//!
//! Everything is real but what stands on the other side of the ports: reader and printer are simulators on
//! pseudo-terminals, the platform is the sandbox on a loopback port, the residents are made up. All of it lives in
//! a temporary folder that goes when the demo ends.

mod people;
mod play;
mod show;
mod stage;

use std::path::PathBuf;

use super::Failure;

#[derive(Debug, clap::Args)]
pub(super) struct Demo {
    /// Plays a morning by itself without a display, and writes numbered pictures and summary.json into this folder.
    #[arg(long, value_name = "DIR")]
    headless: Option<PathBuf>,
    /// Another morning.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

impl Demo {
    pub(super) fn run(&self, verbose: bool) -> Result<(), Failure> {
        match &self.headless {
            Some(folder) => play::play(folder, self.seed, verbose),
            None => show::show(self.seed, verbose),
        }
    }
}

/// What belongs to a whole morning and this version does not have yet.
const NOT_BUILT: [&str; 6] =
    ["calls at windows", "ratings", "certificates", "hall display", "review pad", "staff console"];
