//! `kiosk run`: the terminal.

use std::sync::Arc;

use super::{ConfigFile, Failure};
use crate::config::Orientation;
use crate::engine::thread::Mailbox;
use crate::logging::{self, Detail};
use crate::screen::{self, Shape};
use crate::signals;
use crate::wiring::{Terminal, log_folder, make_folder};
use crate::words::Words;

#[derive(Debug, clap::Args)]
pub(super) struct Run {
    #[command(flatten)]
    config: ConfigFile,
}

impl Run {
    pub(super) fn run(&self, verbose: bool) -> Result<(), Failure> {
        let config = self.config.load_with_files()?;
        let detail = if verbose { Detail::All } else { Detail::Usual };
        make_folder(&config.terminal.data_dir).map_err(|error| Failure::cannot(&error, error.advice()))?;
        let folder = log_folder(&config.terminal.data_dir);
        let _log = logging::to_files(detail, &folder).map_err(|error| {
            Failure::cannot(
                format!("the log folder {} can't be written: {error}", folder.display()),
                "check [terminal] data_dir, its owner, its mode and the disk",
            )
        })?;
        let words = Words::shipped(&config.terminal.language)
            .map(Arc::new)
            .map_err(|error| Failure::cannot(error, "install the program again"))?;
        let (mailbox, mail) = Mailbox::new();
        let touched = mailbox.clone();
        let upright = config.terminal.orientation == Orientation::Portrait;
        let shape = Shape::WholeScreen { upright };
        let window = screen::Window::open(shape, Arc::clone(&words), &config.site.name, move |input| {
            touched.put(input);
        })
        .map_err(|error| Failure::cannot(&error, error.advice()))?;
        signals::on_stop(screen::quit)
            .map_err(|error| Failure::cannot(error, "free processes and try again"))?;
        let terminal = Terminal::start(&config, &words, (mailbox, mail), window.shower())
            .map_err(|error| Failure::cannot(&error, error.advice()))?;
        let shown = window.run();
        terminal.stop();
        shown.map_err(|error| Failure::cannot(&error, error.advice()))
    }
}
