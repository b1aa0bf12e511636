//! `kiosk run`: the terminal.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::process::{Resource, Rlimit, setrlimit};

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
        no_core_dumps();
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
        // Some displays forget a wish to end that comes before they are up: it is kept as well.
        let ended = Arc::new(AtomicBool::new(false));
        let raised = Arc::clone(&ended);
        signals::on_stop(move || {
            raised.store(true, Ordering::Release);
            screen::quit();
        })
        .map_err(|error| Failure::cannot(error, "free processes and try again"))?;
        let on_end = Box::new(screen::quit);
        let terminal = Terminal::start(&config, &words, (mailbox, mail), window.shower(), on_end)
            .map_err(|error| Failure::cannot(&error, error.advice()))?;
        let shown = window.run(&ended);
        if !terminal.stop() {
            return Err(Failure::cannot(
                "the engine ended by a fault",
                "keep the log; a service manager starts it anew",
            ));
        }
        shown.map_err(|error| Failure::cannot(&error, error.advice()))
    }
}

/// A crash must not write keys and names into a core file.
fn no_core_dumps() {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    if let Err(error) = setrlimit(Resource::Core, none) {
        log::warn!("core files can't be turned off: {error}");
    }
}
