//! Files that hold a secret: whom they are kept from, how they are read, and how a new one is written.
//!
//! One rule for all keys: a secret is its owner's alone, unless a service manager handed it out. It is read from the
//! very file that was looked at, into memory that is wiped. Nothing of its content reaches an error or a log.

use std::fs::{DirBuilder, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

/// The largest secret or certificate, in bytes.
pub const LARGEST: usize = 64 * 1024;

/// Who sees to it that nobody else reads a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeper {
    /// Its owner, by its mode: 0600 or 0400.
    Owner,
    /// A service manager. It opens a credential to the service's user by an access list, which shows as readable by
    /// the group; others must not read it all the same.
    ServiceManager,
}

impl Keeper {
    /// Whose the file is, given the folder of this process's credentials.
    #[must_use]
    pub fn of(file: &Path, credentials: Option<&Path>) -> Self {
        if credentials.is_some_and(|folder| file.starts_with(folder)) {
            Self::ServiceManager
        } else {
            Self::Owner
        }
    }

    /// The bits that the file's mode must not have.
    #[must_use]
    pub fn forbidden(self) -> u32 {
        match self {
            Self::Owner => 0o077,
            Self::ServiceManager => 0o037,
        }
    }
}

/// The folder in which a service manager hands out credentials to this process: `CREDENTIALS_DIRECTORY`, as
/// systemd.exec(5) has it.
#[must_use]
pub fn credentials_folder() -> Option<PathBuf> {
    std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from)
}

/// Why a secret was not read.
#[derive(Debug, thiserror::Error)]
pub enum NotRead {
    /// The system refused.
    #[error(transparent)]
    Unreadable(#[from] io::Error),
    /// Others may read or change it.
    #[error("its mode is {mode:04o}")]
    Exposed {
        /// Its permission bits.
        mode: u32,
    },
    /// There is nothing in it, or far too much.
    #[error("it has {bytes} bytes: a key has 1 to {LARGEST}")]
    WrongSize {
        /// Its size; more than [`LARGEST`] for anything larger.
        bytes: usize,
    },
}

/// Reads a secret that nobody else may read.
///
/// # Errors
/// Any [`NotRead`].
pub fn read(file: &Path, credentials: Option<&Path>) -> Result<Zeroizing<Vec<u8>>, NotRead> {
    let open = File::open(file)?;
    let mode = open.metadata()?.permissions().mode() & 0o7777;
    if mode & Keeper::of(file, credentials).forbidden() != 0 {
        return Err(NotRead::Exposed { mode });
    }
    bounded(open)
}

/// Reads a key that everybody may see.
///
/// # Errors
/// [`NotRead::Unreadable`] and [`NotRead::WrongSize`].
pub fn read_public(file: &Path) -> Result<Zeroizing<Vec<u8>>, NotRead> {
    bounded(File::open(file)?)
}

fn bounded(open: File) -> Result<Zeroizing<Vec<u8>>, NotRead> {
    // Room for all of it from the start: a buffer that grows leaves unwiped copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(LARGEST + 1));
    open.take(LARGEST as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.is_empty() || bytes.len() > LARGEST {
        return Err(NotRead::WrongSize { bytes: bytes.len() });
    }
    Ok(bytes)
}

/// Writes a secret into a new file of mode 0600, and its folder of mode 0700 where there is none. An existing file is
/// never touched.
///
/// The file is there whole or not at all, and once this returns it outlives a power cut: a store that is made with a
/// key must not be what is left of the two.
///
/// # Errors
/// Where the file is there already or can't be written.
pub fn write_new(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let missing: Vec<&Path> = folder.ancestors().take_while(|folder| !folder.exists()).collect();
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    // Written aside under a name of its own, of mode 0600, and wiped away where anything fails.
    let mut aside = tempfile::Builder::new().prefix(".new-secret-").tempfile_in(folder)?;
    aside.write_all(bytes)?;
    aside.as_file().sync_all()?;
    aside.persist_noclobber(file).map_err(|refused| refused.error)?;
    // A name is in its folder only when the folder was flushed, and so is a new folder's in the one above.
    File::open(folder)?.sync_all()?;
    for above in missing.iter().filter_map(|folder| folder.parent()) {
        let above = if above.as_os_str().is_empty() { Path::new(".") } else { above };
        File::open(above)?.sync_all()?;
    }
    Ok(())
}

/// As [`write_new`], the bytes as hexadecimal digits and a newline.
///
/// # Errors
/// As [`write_new`].
pub fn write_new_hex(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let digit = |half: u8| if half < 10 { b'0' + half } else { b'a' + half - 10 };
    let mut text = Zeroizing::new(Vec::with_capacity(bytes.len() * 2 + 1));
    for byte in bytes {
        text.extend([digit(byte >> 4), digit(byte & 15)]);
    }
    text.push(b'\n');
    write_new(file, &text)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn set_mode(file: &Path, mode: u32) {
        fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn names(folder: &Path) -> Vec<String> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn the_mode_decides_and_a_credential_may_be_the_groups() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("made-up.key");
        fs::write(&file, b"made-up key").unwrap();
        let table = [
            (0o600, true, true),
            (0o400, true, true),
            (0o440, false, true),
            (0o640, false, true),
            (0o660, false, false),
            (0o604, false, false),
            (0o644, false, false),
        ];
        for (mode, by_owner, by_manager) in table {
            set_mode(&file, mode);
            assert_eq!(read(&file, None).is_ok(), by_owner, "{mode:o}");
            assert_eq!(read(&file, Some(Path::new("/nowhere"))).is_ok(), by_owner, "{mode:o}");
            let handed_out = read(&file, Some(folder.path()));
            assert_eq!(handed_out.is_ok(), by_manager, "{mode:o}");
            if let Err(refused) = handed_out {
                assert!(matches!(refused, NotRead::Exposed { mode: found } if found == mode));
            }
            assert!(read_public(&file).is_ok());
        }
    }

    #[test]
    fn a_new_secret_is_there_whole_and_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = folder.path().join("a/secrets");
        let file = secrets.join("made-up.key");
        write_new_hex(&file, &[0x00, 0x9f, 0xa0, 0xff]).unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"009fa0ff\n");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(&secrets).unwrap().permissions().mode() & 0o777, 0o700);
        let again = write_new(&file, b"another").unwrap_err();
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&file).unwrap(), b"009fa0ff\n");
        assert_eq!(names(&secrets), ["made-up.key"], "what was written aside is gone");
        // A folder of another's making keeps its mode.
        assert!(write_new(&file.join("below-a-file"), b"x").is_err());
        set_mode(&secrets, 0o750);
        write_new(&secrets.join("second.key"), b"x").unwrap();
        assert_eq!(fs::metadata(&secrets).unwrap().permissions().mode() & 0o777, 0o750);
    }
}
