//! Keys from files: read whole, bounded, wiped after use, and refused when others on the machine may read them.
//!
//! A key's bytes never reach a log, an error text or `Debug`.

use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

/// The largest key file that is read, in bytes.
const MAX_BYTES: usize = 64 * 1024;

/// Why a key file was not used.
#[derive(Clone, Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file could not be opened or read.
    #[error("the key file {} cannot be read: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// Others than its owner may read or write it.
    #[error("the key file {} has mode {mode:04o}: others than its owner can use it", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// There is nothing in it, or far too much.
    #[error("the key file {} has {bytes} bytes: a key has 1 to {MAX_BYTES}", path.display())]
    WrongSize {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: usize,
    },
    /// A file that the algorithm needs was not named.
    #[error("no file was named for {expected}")]
    NotNamed {
        /// What it should hold.
        expected: &'static str,
    },
    /// It does not hold a key of the kind that is needed.
    #[error("the key file {} holds no {expected}", path.display())]
    NoKey {
        /// The file.
        path: PathBuf,
        /// What was looked for.
        expected: &'static str,
    },
}

impl KeyFileError {
    /// The technician's next step.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => {
                "check the file's name and owner, or make the key with `kiosk keys make`"
            }
            Self::Exposed { .. } => {
                "run `chmod 600` on the file; if others had access, have the key replaced"
            }
            Self::WrongSize { .. } => "put the key that the platform's operator gave you into the file",
            Self::NotNamed { .. } => "name the file: SM2-SM3 needs the other side's public key too",
            Self::NoKey { .. } => {
                "ask the platform's operator for the key as PEM (PKCS#8, SEC 1; public keys as SPKI)"
            }
        }
    }
}

/// Reads a secret. The file must be closed to group and others (mode 0600 or tighter), unless it lies in the
/// credentials folder that a service manager made for this process (`$CREDENTIALS_DIRECTORY`).
///
/// # Errors
/// Any [`KeyFileError`] but `NoKey`.
pub fn read_secret(path: &Path) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let credential = std::env::var_os("CREDENTIALS_DIRECTORY").is_some_and(|folder| path.starts_with(folder));
    read(path, !credential)
}

/// Reads a public key, which everybody may see.
///
/// # Errors
/// [`KeyFileError::Unreadable`] and [`KeyFileError::WrongSize`].
pub fn read_public(path: &Path) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    read(path, false)
}

fn read(path: &Path, owner_only: bool) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let unreadable =
        |error: std::io::Error| KeyFileError::Unreadable { path: path.to_owned(), reason: error.to_string() };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mode = file.metadata().map_err(unreadable)?.permissions().mode() & 0o7777;
    if owner_only && mode & 0o077 != 0 {
        return Err(KeyFileError::Exposed { path: path.to_owned(), mode });
    }
    // Room for all of it from the start: a buffer that grows leaves unwiped copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_BYTES + 1));
    file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.is_empty() || bytes.len() > MAX_BYTES {
        return Err(KeyFileError::WrongSize { path: path.to_owned(), bytes: bytes.len() });
    }
    Ok(bytes)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Writes a key file as it should be.
    pub(crate) fn write_secret(path: &Path, bytes: &[u8]) {
        std::fs::write(path, bytes).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }

    #[test]
    fn the_mode_decides() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("platform.key");
        std::fs::write(&path, b"made-up key").unwrap();
        for (mode, good) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false), (0o666, false)] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let read = read_secret(&path);
            assert_eq!(read.is_ok(), good, "{mode:o}");
            if let Err(error) = read {
                assert!(error.to_string().contains(&format!("{mode:04o}")), "{error}");
                assert!(error.advice().contains("chmod 600"));
            }
            assert!(read_public(&path).is_ok());
        }
    }

    #[test]
    fn size_and_absence_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("platform.key");
        assert!(matches!(read_secret(&path), Err(KeyFileError::Unreadable { .. })));
        write_secret(&path, b"");
        assert!(matches!(read_secret(&path), Err(KeyFileError::WrongSize { bytes: 0, .. })));
        write_secret(&path, &vec![b'x'; MAX_BYTES + 10]);
        assert!(matches!(read_secret(&path), Err(KeyFileError::WrongSize { .. })));
        write_secret(&path, &vec![b'x'; MAX_BYTES]);
        assert_eq!(read_secret(&path).unwrap().len(), MAX_BYTES);
    }
}
