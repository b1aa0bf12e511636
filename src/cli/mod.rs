//! The command line: a file a command, one way to fail.

mod check;
mod demo;
mod keys;
mod outbox;
mod pin;
mod recordings;
mod run;
mod sandbox;
mod simulate;
mod status;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::config::{Config, ConfigErrors, Known};
use crate::peripherals::printer_profiles;
use crate::secret_file;
use crate::store::{KeyError, Store};
use crate::uplink::profile::shipped_names;
use crate::words::Words;

/// Self-service terminal for township convenience-service halls.
#[derive(Debug, Parser)]
#[command(
    name = "kiosk",
    version,
    about,
    arg_required_else_help = true,
    after_help = "Example:\n  kiosk demo"
)]
struct Arguments {
    /// More detail in the log and in errors.
    #[arg(short, long, global = true)]
    verbose: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The whole product with simulated devices and a sandbox platform; nothing to configure, nothing left behind.
    #[command(after_help = "Examples:\n  kiosk demo\n  kiosk demo --headless pictures")]
    Demo(demo::Demo),
    /// The terminal.
    #[command(after_help = "Example:\n  kiosk run --config /etc/kiosk/site.toml")]
    Run(run::Run),
    /// Reads the configuration and tries every device, the platform and the store.
    #[command(after_help = "Example:\n  kiosk check --config /etc/kiosk/site.toml")]
    Check(check::Check),
    /// Asks a running terminal how it does.
    #[command(after_help = "Example:\n  kiosk status --config /etc/kiosk/site.toml --json")]
    Status(status::Status),
    /// The sentences that a site can record in a voice of its own: one file a line, and what to say.
    #[command(after_help = "Example:\n  kiosk recordings --config /etc/kiosk/site.toml > script.tsv")]
    Recordings(recordings::RecordingsCommand),
    /// A sandbox of the provincial platform, for trying out.
    #[command(after_help = sandbox::HELP)]
    Sandbox(sandbox::SandboxCommand),
    /// One simulated device on a pseudo-terminal, driven by lines on standard input.
    #[command(after_help = "Example:\n  kiosk simulate id-reader --link /tmp/reader")]
    Simulate(simulate::Simulate),
    /// What the platform has not got, and what it refused.
    #[command(subcommand, after_help = outbox::HELP)]
    Outbox(outbox::Outbox),
    /// The terminal's keys.
    #[command(subcommand, after_help = "Example:\n  kiosk keys make --config site.toml")]
    Keys(keys::Keys),
    /// The PIN of the service menu.
    #[command(subcommand, after_help = "Example:\n  kiosk pin set --config site.toml")]
    Pin(pin::PinCommand),
    /// Prints shell completions.
    #[command(after_help = "Example:\n  kiosk completions bash > /etc/bash_completion.d/kiosk")]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Prints the man page.
    #[command(after_help = "Example:\n  kiosk man > kiosk.1")]
    Man,
}

/// Runs the command that the arguments name.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are what was asked for; everything else is wrong usage.
            let code = if error.use_stderr() { 2 } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let verbose = arguments.verbose;
    let done = match arguments.command {
        Command::Demo(demo) => demo.run(verbose),
        Command::Run(run) => run.run(verbose),
        Command::Check(check) => check.run(),
        Command::Status(status) => status.run(),
        Command::Recordings(recordings) => recordings.run(),
        Command::Sandbox(sandbox) => sandbox.run(verbose),
        Command::Simulate(simulate) => simulate.run(verbose),
        Command::Outbox(outbox) => outbox.run(),
        Command::Keys(keys) => keys.run(),
        Command::Pin(pin) => pin.run(),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Arguments::command(), "kiosk", &mut std::io::stdout());
            Ok(())
        }
        Command::Man => clap_mangen::Man::new(Arguments::command())
            .render(&mut std::io::stdout())
            .map_err(|error| Failure::cannot(error, "check what standard output is connected to")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print();
            ExitCode::from(failure.code)
        }
    }
}

/// A command that did not do what was asked: what happened, what to do, and the exit code.
#[derive(Debug)]
struct Failure {
    code: u8,
    what: String,
    next: Option<String>,
}

impl Failure {
    /// What the user asked to check is not fine: 1.
    fn not_fine() -> Self {
        Self { code: 1, what: String::new(), next: None }
    }

    /// It ran and ended with something that is not as it should be: 1.
    fn found(what: impl ToString, next: impl ToString) -> Self {
        Self { code: 1, what: what.to_string(), next: Some(next.to_string()) }
    }

    /// It can't go on, and why was said before: 3.
    fn said() -> Self {
        Self { code: 3, what: String::new(), next: None }
    }

    /// Wrong usage or configuration: 2.
    fn usage(what: impl ToString, next: impl ToString) -> Self {
        Self { code: 2, what: what.to_string(), next: Some(next.to_string()) }
    }

    /// It can't go on: 3.
    fn cannot(what: impl ToString, next: impl ToString) -> Self {
        Self { code: 3, what: what.to_string(), next: Some(next.to_string()) }
    }

    fn print(&self) {
        if !self.what.is_empty() {
            eprintln!("kiosk: {}", self.what);
        }
        if let Some(next) = &self.next {
            eprintln!("  → {next}");
        }
    }
}

impl From<ConfigErrors> for Failure {
    fn from(errors: ConfigErrors) -> Self {
        Self {
            code: 2,
            what: format!("the configuration is wrong\n{errors}"),
            next: Some("correct the file and try again".to_owned()),
        }
    }
}

/// `--config FILE`, of every command that needs the site.
#[derive(Debug, clap::Args)]
struct ConfigFile {
    /// The site's configuration.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

impl ConfigFile {
    fn load(&self) -> Result<Config, Failure> {
        Ok(load(&self.config)?)
    }

    /// Loads the configuration to run a terminal: where its store lacks its key, the screen says so.
    fn load_to_run(&self) -> Result<Config, Failure> {
        let config = self.load()?;
        let missing = !config.privacy.store_key_file.path.exists();
        if missing && Store::exists(&config.terminal.data_dir) { Ok(config) } else { self.load_with_files() }
    }

    /// Loads the configuration and looks at the key files that it names.
    fn load_with_files(&self) -> Result<Config, Failure> {
        let config = self.load()?;
        let key = &config.privacy.store_key_file.path;
        if !key.exists() {
            let missing = KeyError::Missing(key.clone());
            return Err(if Store::exists(&config.terminal.data_dir) {
                // A new key would never open the store that is there.
                Failure::cannot(
                    &missing,
                    "put the key file back; without it nothing personal in the store can be read",
                )
            } else {
                Failure::usage(&missing, "make it: kiosk keys make --config FILE")
            });
        }
        let credentials = secret_file::credentials_folder();
        config.check_files(credentials.as_deref())?;
        Ok(config)
    }
}

/// What is done in a terminal's place is done in its own store: one that was made here would be whoever's ran this.
fn store_is_there(folder: &Path) -> Result<(), Failure> {
    if Store::exists(folder) {
        return Ok(());
    }
    Err(Failure::cannot(
        format!("there is no store in {}", folder.display()),
        "check [terminal] data_dir, or start the terminal once first, as its own user: that makes the store",
    ))
}

fn load(file: &Path) -> Result<Config, ConfigErrors> {
    let languages: Vec<_> = Words::codes().collect();
    let printers: Vec<_> = printer_profiles::SHIPPED.iter().map(|(name, _)| *name).collect();
    let platforms: Vec<_> = shipped_names();
    Config::load(
        file,
        &Known { languages: &languages, printer_profiles: &printers, platform_profiles: &platforms },
    )
}
