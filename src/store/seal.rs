//! Sealing of personal fields: AES-256-GCM, a fresh random nonce a row, bound to the place it stands in.

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit};
use zeroize::Zeroizing;

use super::StoreError;
use super::keys::Derived;

/// Bytes of the nonce before the ciphertext.
const NONCE: usize = 12;

/// `plain` as nonce, ciphertext and tag; `place` must be given again to open it.
pub(super) fn seal(
    keys: &Derived,
    nonce: &[u8; NONCE],
    place: &str,
    plain: &[u8],
) -> Result<Vec<u8>, StoreError> {
    let cipher = Aes256Gcm::new(&(*keys.seal).into());
    let sealed = cipher
        .encrypt(&(*nonce).into(), Payload { msg: plain, aad: place.as_bytes() })
        .map_err(|_| StoreError::Damaged("a personal field is too long to seal".into()))?;
    Ok([nonce.as_slice(), &sealed].concat())
}

/// What was sealed for `place`.
pub(super) fn open(keys: &Derived, place: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    let damaged = || StoreError::Damaged("a sealed personal field does not open".into());
    let (nonce, sealed) = sealed.split_at_checked(NONCE).ok_or_else(damaged)?;
    let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| damaged())?;
    let cipher = Aes256Gcm::new(&(*keys.seal).into());
    cipher
        .decrypt(&nonce.into(), Payload { msg: sealed, aad: place.as_bytes() })
        .map(Zeroizing::new)
        .map_err(|_| damaged())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreKey;

    #[test]
    fn what_is_sealed_opens_in_its_place_alone() {
        let keys = StoreKey::from_bytes([3; 32]).derive();
        let sealed = seal(&keys, &[9; 12], "2026-11-24", b"somebody").unwrap();
        assert!(!sealed.windows(8).any(|part| part == b"somebody"));
        assert_eq!(open(&keys, "2026-11-24", &sealed).unwrap().as_slice(), b"somebody");
        assert!(open(&keys, "2026-11-25", &sealed).is_err());
        let other = StoreKey::from_bytes([4; 32]).derive();
        assert!(open(&other, "2026-11-24", &sealed).is_err());
        for short in 0..sealed.len() {
            assert!(open(&keys, "2026-11-24", &sealed[..short]).is_err());
        }
        for place in 0..sealed.len() {
            let mut bent = sealed.clone();
            bent[place] ^= 1;
            assert!(open(&keys, "2026-11-24", &bent).is_err(), "byte {place}");
        }
    }
}
