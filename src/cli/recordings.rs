//! `kiosk recordings`: what a site can record in a voice of its own, file by file, with the words to say.

use std::io::{ErrorKind, Write};

use super::check::sound::site;
use super::{ConfigFile, Failure};
use crate::voice::{clips, trial};
use crate::words::Words;

#[derive(Debug, clap::Args)]
pub(super) struct RecordingsCommand {
    #[command(flatten)]
    config: ConfigFile,
    /// Only those that [sound] clips does not have yet.
    #[arg(long)]
    missing: bool,
}

impl RecordingsCommand {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let config = self.config.load()?;
        let words = Words::shipped(&config.terminal.language)
            .map_err(|error| Failure::cannot(error, "install the program again"))?;
        let (letters, classes) = site(&config);
        let mut out = std::io::stdout().lock();
        for language in words.languages() {
            let all = match config.sound.clips.as_ref().filter(|_| self.missing) {
                Some(folder) => trial::recordings(&words, language, &letters, &classes, folder).missing,
                None => clips::wanted(&words, language, &letters, &classes),
            };
            for wanted in all {
                let line = writeln!(out, "{language}/{}.wav\t{}", wanted.name, wanted.text.trim());
                match line {
                    // Whoever reads has seen enough.
                    Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(()),
                    line => line.map_err(|error| Failure::cannot(error, "check standard output"))?,
                }
            }
        }
        Ok(())
    }
}
