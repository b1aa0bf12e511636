//! `kiosk outbox export`: the events into a new file. It appears whole under its name or not at all, and never in place of
//! another: a disk that fills, or a stick that is pulled, leaves nothing that would pass for a list.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::{Broken, Line, open};
use crate::cli::{ConfigFile, Failure};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Export {
    #[command(flatten)]
    config: ConfigFile,
    /// Only what the platform refused.
    #[arg(long)]
    dead: bool,
    /// The file; one that is there is never overwritten.
    file: PathBuf,
}

impl Export {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let letters = open(&self.config.load()?)?;
        let mut count = 0_u64;
        let written = write_new(&self.file, |out| {
            letters.each(self.dead, |letter| {
                count += 1;
                serde_json::to_writer(&mut *out, &Line::of(&letter, true)).map_err(io::Error::from)?;
                writeln!(out)?;
                Ok::<_, Broken>(())
            })
        });
        match written {
            Ok(()) => {
                println!("{count} events in {}, residents left out", self.file.display());
                Ok(())
            }
            Err(Broken::Output(error)) => Err(Failure::cannot(
                format!("{} can't be written: {error}", self.file.display()),
                "name a new file in a folder that you may write to, with room on its disk",
            )),
            Err(broken) => Err(broken.into()),
        }
    }
}

/// Writes beside the name, for the owner alone, and takes the name once all of it is on the disk.
fn write_new(file: &Path, write: impl FnOnce(&mut dyn Write) -> Result<(), Broken>) -> Result<(), Broken> {
    // Told before a long list is written; what comes in between is found when the name is taken.
    if file.symlink_metadata().is_ok() {
        return Err(io::Error::from(io::ErrorKind::AlreadyExists).into());
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut out = BufWriter::new(tempfile::NamedTempFile::new_in(folder)?);
    write(&mut out)?;
    out.flush()?;
    let beside = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    beside.as_file().sync_all()?;
    beside.persist_noclobber(file).map_err(|refused| refused.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::store::StoreError;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_file_is_whole_or_not_there_and_takes_nobodys_place() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("refused.jsonl");
        let broken = write_new(&file, |out| {
            out.write_all(&[b'x'; 100_000])?;
            Err(StoreError::Full.into())
        });
        assert!(matches!(broken, Err(Broken::Store(StoreError::Full))));
        assert!(names(folder.path()).is_empty(), "nothing is left behind");

        write_new(&file, |out| Ok(out.write_all(b"first")?)).unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let mut asked = false;
        let again = write_new(&file, |_| {
            asked = true;
            Ok(())
        });
        assert!(matches!(again, Err(Broken::Output(_))) && !asked);

        // Somebody takes the name while the list is written.
        let other = folder.path().join("other.jsonl");
        let late = write_new(&other, |out| {
            std::fs::write(&other, "theirs")?;
            Ok(out.write_all(b"ours")?)
        });
        assert!(matches!(late, Err(Broken::Output(_))));
        assert_eq!(std::fs::read_to_string(&other).unwrap(), "theirs");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "first");
        assert_eq!(names(folder.path()).len(), 2);
    }
}
