//! `kiosk status`: asks a running terminal over its control socket.

use super::{ConfigFile, Failure};
use crate::control;
use crate::engine::status::Report;

#[derive(Debug, clap::Args)]
pub(super) struct Status {
    #[command(flatten)]
    config: ConfigFile,
    /// As JSON, for programs.
    #[arg(long)]
    json: bool,
}

impl Status {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let config = self.config.load()?;
        let report = control::ask(&config.terminal.data_dir)
            .map_err(|error| Failure::cannot(&error, error.advice()))?;
        if self.json {
            let text = serde_json::to_string(&report)
                .map_err(|error| Failure::cannot(error, "keep the log and tell the makers"))?;
            println!("{text}");
        } else {
            print(&report);
        }
        Ok(())
    }
}

fn print(report: &Report) {
    println!("version    {}", report.version);
    println!("page       {}", report.page);
    println!(
        "clock      {} ({}), business day {}",
        report.clock.now, report.clock.state, report.clock.business_day
    );
    println!("store      {}", report.store);
    println!("platform   {}", report.platform);
    let oldest = report.outbox.oldest.as_ref().map(|at| format!(", the oldest of {at}")).unwrap_or_default();
    let oldest_dead =
        report.outbox.oldest_dead.as_ref().map(|at| format!(", the oldest of {at}")).unwrap_or_default();
    println!(
        "outbox     {} waiting{oldest}; {} refused{oldest_dead}",
        report.outbox.waiting, report.outbox.dead
    );
    for (name, device) in &report.devices {
        println!("device     {name}: {} ({})", device.state, device.detail);
    }
    for (letter, class) in &report.queue {
        println!(
            "class {letter}    {} waiting, {} called, {} at a window, last number {}",
            class.waiting, class.called, class.serving, class.last
        );
    }
}
