//! `kiosk run`: the terminal.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::process::{Resource, Rlimit, setrlimit};

use super::{ConfigFile, Failure};
use crate::config::{Config, Orientation};
use crate::engine::scene::Outage;
use crate::engine::thread::Mailbox;
use crate::logging::{self, Detail};
use crate::screen::{self, Shape};
use crate::signals;
use crate::wiring::{Ground, Mail, Show, StartError, Terminal, log_folder, make_folder, until_it_can};
use crate::words::Words;

#[derive(Debug, clap::Args)]
pub(super) struct Run {
    #[command(flatten)]
    config: ConfigFile,
}

impl Run {
    pub(super) fn run(&self, verbose: bool) -> Result<(), Failure> {
        let config = self.config.load_to_run()?;
        let detail = if verbose { Detail::All } else { Detail::Usual };
        let _log = start_log(detail, &config.terminal.data_dir)?;
        no_core_dumps();
        let words = Words::shipped(&config.terminal.language)
            .map(Arc::new)
            .map_err(|error| Failure::cannot(error, "install the program again"))?;
        let (mailbox, mail) = Mailbox::new();
        let touched = mailbox.clone();
        let upright = config.terminal.orientation == Orientation::Portrait;
        let shape = Shape::WholeScreen { upright };
        let ground = Ground::take(&config);
        let window = screen::Window::open(shape, Arc::clone(&words), &config.site.name, move |input| {
            touched.put(input);
        })
        // Without a screen what can't be had is the greater trouble.
        .map_err(|error| match &ground {
            Err(first) => Failure::cannot(first, first.advice()),
            Ok(_) => Failure::cannot(&error, error.advice()),
        })?;
        // Some displays forget a wish to end that comes before they are up: it is kept as well.
        let ended = Arc::new(AtomicBool::new(false));
        let raised = Arc::clone(&ended);
        signals::on_stop(move || {
            raised.store(true, Ordering::Release);
            screen::quit();
        })
        .map_err(|error| Failure::cannot(error, "free processes and try again"))?;
        let stage = Stage { config: &config, words: &words, window: &window, ended: &ended };
        match ground {
            Ok(ground) => stage.serve(ground, (mailbox, mail)),
            Err(error) => match error.outage() {
                Some(outage) => stage.wait(&error, outage, (mailbox, mail)),
                None => Err(Failure::cannot(&error, error.advice())),
            },
        }
    }
}

/// The window and what is shown in it.
struct Stage<'r> {
    config: &'r Config,
    words: &'r Arc<Words>,
    window: &'r screen::Window,
    ended: &'r Arc<AtomicBool>,
}

impl Stage<'_> {
    /// Serves until it is asked to end.
    fn serve(&self, ground: Ground, mailbox: (Mailbox, Mail)) -> Result<(), Failure> {
        let terminal = self.start(ground, mailbox, self.window.shower()).map_err(cannot)?;
        let shown = self.window.run(self.ended);
        end(terminal)?;
        shown.map_err(|error| Failure::cannot(&error, error.advice()))
    }

    /// Says why it can't serve, and serves once it can.
    fn wait(&self, error: &StartError, outage: Outage, mailbox: (Mailbox, Mail)) -> Result<(), Failure> {
        let failure = Failure::cannot(error, error.advice());
        failure.print();
        log::error!("out of service: {error}; {}", error.advice());
        let stop = mailbox.0.clone();
        let (shown, served) = std::thread::scope(|scope| {
            let mut show = self.window.shower();
            let (config, words, ended) = (self.config, self.words, self.ended);
            let waiting = scope.spawn(move || {
                let begun = until_it_can(config, words.languages(), &mailbox.1, &mut show, outage).and_then(
                    |ground| {
                        let on_end = Box::new(screen::quit);
                        ground
                            .map(|it| Terminal::start_on(it, config, words, mailbox, show, on_end))
                            .transpose()
                    },
                );
                if begun.is_err() {
                    ended.store(true, Ordering::Release);
                    screen::quit();
                }
                begun
            });
            let shown = self.window.run(self.ended);
            stop.stop();
            (shown, waiting.join())
        });
        match served {
            Ok(Ok(Some(terminal))) => end(terminal)?,
            // What was said at first stands.
            Ok(Ok(None)) => return Err(Failure::said()),
            Ok(Err(error)) => return Err(cannot(error)),
            Err(_) => return Err(Failure::cannot("the start ended by a fault", "keep the log")),
        }
        shown.map_err(|error| Failure::cannot(&error, error.advice()))
    }

    fn start(&self, ground: Ground, mailbox: (Mailbox, Mail), show: Show) -> Result<Terminal, StartError> {
        Terminal::start_on(ground, self.config, self.words, mailbox, show, Box::new(screen::quit))
    }
}

fn cannot(error: StartError) -> Failure {
    Failure::cannot(&error, error.advice())
}

fn end(terminal: Terminal) -> Result<(), Failure> {
    if terminal.stop() {
        return Ok(());
    }
    Err(Failure::cannot("the engine ended by a fault", "keep the log; a service manager starts it anew"))
}

/// The log beside the store, or to standard error alone where the disk takes none: what is to be told of the disk is
/// told all the same.
fn start_log(detail: Detail, data: &Path) -> Result<logging::Log, Failure> {
    let folder = log_folder(data);
    // Where the folder can't be made, the start says so.
    let made = make_folder(data);
    match made
        .map_err(|error| error.to_string())
        .and_then(|()| logging::to_files(detail, &folder).map_err(|error| error.to_string()))
    {
        Ok(log) => Ok(log),
        Err(why) => {
            let log =
                logging::to_stderr(detail).map_err(|error| Failure::cannot(error, "check standard error"))?;
            log::warn!("the log folder {} can't be written: {why}", folder.display());
            Ok(log)
        }
    }
}

/// A crash must not write keys and names into a core file.
fn no_core_dumps() {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    if let Err(error) = setrlimit(Resource::Core, none) {
        log::warn!("core files can't be turned off: {error}");
    }
}
