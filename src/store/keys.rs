//! The store's key: 32 random bytes in a file that only the owner reads, and the keys made from it.

use std::fmt;
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit, Mac};
use sm3::Sm3;
use zeroize::Zeroizing;

use crate::secret_file::{self, NotRead};

/// The key as its file has it: 64 hexadecimal digits and a newline.
#[derive(Clone)]
pub struct StoreKey(Zeroizing<[u8; 32]>);

/// Keys for one use each, made from the store's key.
#[derive(Clone)]
pub(super) struct Derived {
    pub(super) seal: Zeroizing<[u8; 32]>,
    pub(super) lookup: Zeroizing<[u8; 32]>,
    pub(super) pin: Zeroizing<[u8; 32]>,
    mark: [u8; 32],
}

impl StoreKey {
    /// A key of those bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads the key file.
    ///
    /// # Errors
    /// Where it is missing, open to others, or no key.
    pub fn load(file: &Path) -> Result<Self, KeyError> {
        let text =
            secret_file::read(file, secret_file::credentials_folder().as_deref()).map_err(|refused| {
                let file = file.to_path_buf();
                match refused {
                    NotRead::Unreadable(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
                        KeyError::Missing(file)
                    }
                    NotRead::Unreadable(cause) => KeyError::Unreadable(file, cause.to_string()),
                    NotRead::Exposed { .. } => KeyError::OpenToOthers(file),
                    NotRead::WrongSize { .. } => KeyError::Malformed(file),
                }
            })?;
        let digits = text.trim_ascii_end();
        let mut bytes = Zeroizing::new([0_u8; 32]);
        if digits.len() != 64 {
            return Err(KeyError::Malformed(file.to_path_buf()));
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = std::str::from_utf8(pair)
                .ok()
                .filter(|pair| pair.bytes().all(|digit| digit.is_ascii_hexdigit()))
                .and_then(|pair| u8::from_str_radix(pair, 16).ok())
                .ok_or_else(|| KeyError::Malformed(file.to_path_buf()))?;
        }
        Ok(Self(bytes))
    }

    /// Writes the key into a new file of mode 0600; an existing file is never touched.
    ///
    /// # Errors
    /// Where the file is there already or can't be written.
    pub fn save_new(&self, file: &Path) -> Result<(), KeyError> {
        secret_file::write_new_hex(file, &*self.0).map_err(|cause| unwritable(file, &cause))
    }

    pub(super) fn derive(&self) -> Derived {
        Derived {
            seal: Zeroizing::new(keyed_hash(&self.0, &[b"kiosk store seal"])),
            lookup: Zeroizing::new(keyed_hash(&self.0, &[b"kiosk store lookup"])),
            pin: Zeroizing::new(keyed_hash(&self.0, &[b"kiosk store pin"])),
            mark: keyed_hash(&self.0, &[b"kiosk store mark"]),
        }
    }
}

/// Writes any secret as [`secret_file::write_new`] does.
///
/// # Errors
/// Where the file is there already or can't be written.
pub fn write_new_secret(file: &Path, bytes: &[u8]) -> Result<(), KeyError> {
    secret_file::write_new(file, bytes).map_err(|cause| unwritable(file, &cause))
}

fn unwritable(file: &Path, cause: &std::io::Error) -> KeyError {
    KeyError::Unwritable(file.to_path_buf(), cause.to_string())
}

impl Derived {
    /// What the store remembers its key by; tells nothing about the key.
    pub(super) fn mark(&self) -> &[u8] {
        &self.mark
    }
}

/// HMAC-SM3 over the parts, one after the other: callers pass parts of fixed length but for the last.
pub(super) fn keyed_hash(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // A key shorter than SM3's block of 64 bytes is padded with zeros, as HMAC says.
    let mut block = Zeroizing::new([0_u8; 64]);
    block[..key.len()].copy_from_slice(key);
    let mut mac = <Hmac<Sm3> as KeyInit>::new((&*block).into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

impl fmt::Debug for StoreKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreKey(…)")
    }
}

impl fmt::Debug for Derived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Derived(…)")
    }
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// No such file.
    #[error("the key file {} is missing", .0.display())]
    Missing(PathBuf),
    /// Others may read it.
    #[error("the key file {} can be read by others", .0.display())]
    OpenToOthers(PathBuf),
    /// The system refused.
    #[error("the key file {} can't be read: {}", .0.display(), .1)]
    Unreadable(PathBuf, String),
    /// Not 64 hexadecimal digits.
    #[error("the key file {} is no key: it is to hold 64 hexadecimal digits", .0.display())]
    Malformed(PathBuf),
    /// It can't be made.
    #[error("the key file {} can't be made: {}", .0.display(), .1)]
    Unwritable(PathBuf, String),
}

impl KeyError {
    /// What a technician does about it.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Missing(_) => {
                "put the key file back; for a new terminal run `kiosk keys make --config FILE`"
            }
            Self::OpenToOthers(_) => "chmod 600 it, and its owner is to be the terminal's user",
            Self::Unreadable(..) | Self::Unwritable(..) => "check the path, its owner and its mode",
            Self::Malformed(_) => "put back the file that `kiosk keys make` wrote",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_saved_key_is_read_back_and_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secrets/store.key");
        StoreKey::from_bytes([7; 32]).save_new(&file).unwrap();
        assert_eq!(*StoreKey::load(&file).unwrap().0, [7; 32]);
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(matches!(StoreKey::from_bytes([8; 32]).save_new(&file), Err(KeyError::Unwritable(..))));
        assert_eq!(*StoreKey::load(&file).unwrap().0, [7; 32]);
    }

    #[test]
    fn wrong_files_have_their_names() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("k");
        assert!(matches!(StoreKey::load(&file), Err(KeyError::Missing(_))));
        for wrong in ["", "zz", &"0".repeat(63), &"+f".repeat(32), &"é".repeat(32)] {
            std::fs::write(&file, wrong).unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
            assert!(matches!(StoreKey::load(&file), Err(KeyError::Malformed(_))), "{wrong:?}");
        }
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(StoreKey::load(&file), Err(KeyError::OpenToOthers(_))));
    }

    #[test]
    fn derived_keys_differ_and_print_nothing() {
        let derived = StoreKey::from_bytes([1; 32]).derive();
        assert_ne!(*derived.seal, *derived.lookup);
        assert_ne!(derived.mark(), &derived.seal[..]);
        assert_eq!(format!("{derived:?}"), "Derived(…)");
    }
}
