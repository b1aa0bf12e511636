//! The technician's PIN on disk: argon2id over a keyed hash, and how often in a row it was wrong.
//!
//! Ten thousand PINs are tried in no time, so the hash alone would not keep it: what is hashed is first keyed with the
//! store's key, which does not lie beside the store. Hashing takes tens of milliseconds and is never done by whoever may
//! not wait: a [`PinTry`] goes to another thread.
//!
//! Parameters: OWASP's password storage cheat sheet, argon2id with m = 19456 KiB, t = 2, p = 1. RFC 9106 is argon2.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use rusqlite::OptionalExtension;
use zeroize::Zeroizing;

use super::keys::keyed_hash;
use super::{StoreError, StoreKey, Writing};
use crate::domain::pin::Pin;

/// Memory of one hash.
const MEMORY_KIB: u32 = 19_456;
/// Passes over it.
const PASSES: u32 = 2;
/// What a row may ask for; more would be a damaged or a forged one.
const MOST_MEMORY_KIB: u32 = 1 << 18;
const MOST_PASSES: u32 = 16;

/// A PIN as the store keeps it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PinHash {
    salt: [u8; 16],
    hash: [u8; 32],
    memory_kib: u32,
    passes: u32,
}

impl PinHash {
    /// Hashes a PIN for the store with that key; takes a while.
    ///
    /// # Errors
    /// Where the memory for it can't be had.
    pub fn new(key: &StoreKey, pin: &Pin, salt: [u8; 16]) -> Result<Self, StoreError> {
        let keyed = Zeroizing::new(keyed_hash(&key.derive().pin, &[pin.reveal()]));
        let mut made = Self { salt, hash: [0; 32], memory_kib: MEMORY_KIB, passes: PASSES };
        made.hash = *made.hash_of(&keyed)?;
        Ok(made)
    }

    /// As one line, for the control socket.
    #[must_use]
    pub fn to_line(&self) -> String {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        format!("{} {} {} {}", self.memory_kib, self.passes, hex(&self.salt), hex(&self.hash))
    }

    /// What [`PinHash::to_line`] wrote; `None` for anything else.
    #[must_use]
    pub fn from_line(line: &str) -> Option<Self> {
        let mut parts = line.split(' ');
        let memory_kib = parts.next()?.parse().ok()?;
        let passes = parts.next()?.parse().ok()?;
        let (salt, hash) = (unhex(parts.next()?)?, unhex(parts.next()?)?);
        let made = Self { salt, hash, memory_kib, passes };
        (parts.next().is_none() && made.params().is_some()).then_some(made)
    }

    fn params(&self) -> Option<Params> {
        let sane = self.memory_kib <= MOST_MEMORY_KIB && self.passes <= MOST_PASSES;
        sane.then(|| Params::new(self.memory_kib, self.passes, 1, Some(32)).ok()).flatten()
    }

    fn hash_of(&self, keyed: &[u8; 32]) -> Result<Zeroizing<[u8; 32]>, StoreError> {
        let odd =
            || StoreError::Damaged("the PIN's row holds something that this program never writes".into());
        let params = self.params().ok_or_else(odd)?;
        let mut hash = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(keyed, &self.salt, &mut *hash)
            .map_err(|_| odd())?;
        Ok(hash)
    }
}

impl fmt::Debug for PinHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PinHash(…)")
    }
}

fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if text.len() != 2 * N || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

/// One try at the PIN, on its way to whoever has the time to find out.
pub struct PinTry {
    keyed: Zeroizing<[u8; 32]>,
    hash: PinHash,
}

impl PinTry {
    /// Whether it is the PIN; takes a while. What can't be found out is wrong.
    #[must_use]
    pub fn is_right(&self) -> bool {
        match self.hash.hash_of(&self.keyed) {
            // All bytes are looked at, wherever the first difference is.
            Ok(hash) => hash.iter().zip(&self.hash.hash).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0,
            Err(error) => {
                log::error!("the PIN can't be checked: {error}; {}", error.advice());
                false
            }
        }
    }
}

impl fmt::Debug for PinTry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PinTry(…)")
    }
}

impl Writing<'_> {
    /// Whether a PIN is set, and how often in a row it was wrong.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn pin_failures(&self) -> Result<Option<u32>, StoreError> {
        Ok(self
            .transaction
            .query_row("SELECT failures FROM pin WHERE id = 1", [], |row| row.get(0))
            .optional()?)
    }

    /// Counts a try as wrong until [`Writing::pin_was_right`], and gives what it takes to find out. `None`: no PIN is
    /// set.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn try_pin(&self, pin: &Pin) -> Result<Option<PinTry>, StoreError> {
        let hash = self
            .transaction
            .query_row(
                "UPDATE pin SET failures = failures + 1 WHERE id = 1 RETURNING salt, hash, memory_kib, passes",
                [],
                |row| {
                    Ok(PinHash {
                        salt: row.get(0)?,
                        hash: row.get(1)?,
                        memory_kib: row.get(2)?,
                        passes: row.get(3)?,
                    })
                },
            )
            .optional()?;
        let keyed = Zeroizing::new(keyed_hash(&self.keys.pin, &[pin.reveal()]));
        Ok(hash.map(|hash| PinTry { keyed, hash }))
    }

    /// The last try was right.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn pin_was_right(&self) -> Result<(), StoreError> {
        self.transaction.execute("UPDATE pin SET failures = 0 WHERE id = 1", [])?;
        Ok(())
    }

    /// Sets the PIN, the first one or another.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn set_pin(&self, pin: &PinHash) -> Result<(), StoreError> {
        self.transaction.execute(
            "INSERT OR REPLACE INTO pin (id, salt, hash, memory_kib, passes) VALUES (1, ?1, ?2, ?3, ?4)",
            (pin.salt, pin.hash, pin.memory_kib, pin.passes),
        )?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    fn key() -> StoreKey {
        StoreKey::from_bytes([3; 32])
    }

    fn pin(text: &str) -> Pin {
        Pin::choose(text).unwrap()
    }

    #[test]
    fn the_pin_opens_and_another_one_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path(), &key()).unwrap();
        let tried = |store: &mut Store, text: &str| {
            store.write(|store| store.try_pin(&pin(text))).unwrap().map(|tried| tried.is_right())
        };
        let failures = |store: &mut Store| store.read(|store| store.pin_failures()).unwrap();
        assert_eq!((failures(&mut store), tried(&mut store, "271828")), (None, None));
        let hash = PinHash::new(&key(), &pin("271828"), [9; 16]).unwrap();
        store.write(|store| store.set_pin(&hash)).unwrap();
        assert_eq!(tried(&mut store, "271829"), Some(false));
        assert_eq!(tried(&mut store, "271828"), Some(true));
        assert_eq!(failures(&mut store), Some(2), "right and wrong count until somebody says so");
        // Another start of the program has forgotten nothing.
        drop(store);
        let mut store = Store::open(folder.path(), &key()).unwrap();
        assert_eq!(failures(&mut store), Some(2));
        store.write(|store| store.pin_was_right()).unwrap();
        assert_eq!(failures(&mut store), Some(0));
        let other = PinHash::new(&key(), &pin("314159"), [8; 16]).unwrap();
        store.write(|store| store.set_pin(&other)).unwrap();
        assert_eq!((tried(&mut store, "271828"), tried(&mut store, "314159")), (Some(false), Some(true)));
    }

    #[test]
    fn without_the_stores_key_nobody_can_try_pins() {
        let (ours, theirs) = (key(), StoreKey::from_bytes([4; 32]));
        let hash = PinHash::new(&ours, &pin("271828"), [9; 16]).unwrap();
        assert_ne!(hash, PinHash::new(&theirs, &pin("271828"), [9; 16]).unwrap());
        assert_eq!(hash, PinHash::new(&ours, &pin("271828"), [9; 16]).unwrap());
    }

    #[test]
    fn a_line_is_read_back_and_nothing_else_is_taken() {
        let hash = PinHash { salt: [1; 16], hash: [0xab; 32], memory_kib: 64, passes: 1 };
        let line = hash.to_line();
        assert_eq!(PinHash::from_line(&line).as_ref(), Some(&hash));
        let wrong = [
            String::new(),
            "271828".into(),
            format!("{line} "),
            format!("{line} 1"),
            line.replace("64 1", "4000000000 1"),
            line.replace("64 1", "64 4000000000"),
            line.replace("64 1", "64 0"),
            line.replace("ab", "é"),
            line.replace("ab", "+a"),
        ];
        for wrong in wrong {
            assert_eq!(PinHash::from_line(&wrong), None, "{wrong:?}");
        }
        assert_eq!(format!("{hash:?}"), "PinHash(…)");
    }
}
