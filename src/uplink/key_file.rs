//! The uplink's keys from files, read by the rules of [`crate::secret_file`], with advice for a technician.
//!
//! A key's bytes never reach a log, an error text or `Debug`.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::secret_file::{self, LARGEST, NotRead};

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
    #[error("the key file {} has {bytes} bytes: a key has 1 to {LARGEST}", path.display())]
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

/// Reads a secret. The file must be closed to group and others (mode 0600 or tighter); one that a service manager
/// handed out to this process may be readable by its group.
///
/// # Errors
/// Any [`KeyFileError`] but `NoKey`.
pub fn read_secret(path: &Path) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    secret_file::read(path, secret_file::credentials_folder().as_deref())
        .map_err(|refused| not_read(path, refused))
}

/// Reads a public key, which everybody may see.
///
/// # Errors
/// [`KeyFileError::Unreadable`] and [`KeyFileError::WrongSize`].
pub fn read_public(path: &Path) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    secret_file::read_public(path).map_err(|refused| not_read(path, refused))
}

fn not_read(path: &Path, refused: NotRead) -> KeyFileError {
    let path = path.to_owned();
    match refused {
        NotRead::Unreadable(cause) => KeyFileError::Unreadable { path, reason: cause.to_string() },
        NotRead::Exposed { mode } => KeyFileError::Exposed { path, mode },
        NotRead::WrongSize { bytes } => KeyFileError::WrongSize { path, bytes },
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::os::unix::fs::PermissionsExt;

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
        write_secret(&path, &vec![b'x'; LARGEST + 10]);
        assert!(matches!(read_secret(&path), Err(KeyFileError::WrongSize { .. })));
        write_secret(&path, &vec![b'x'; LARGEST]);
        assert_eq!(read_secret(&path).unwrap().len(), LARGEST);
    }
}
