//! Who signed this? The signed text of requests and answers, and the two signature algorithms under it.
//!
//! Recipe `lines-sm3`. A request is signed over `METHOD`, `PATH?QUERY` as on the wire, `TIMESTAMP` (ms since 1970),
//! `NONCE` and the lower-case hex of SM3(body), joined by single LF; an answer over `STATUS`, `TIMESTAMP`, the
//! request's `NONCE` and hex SM3(body). The nonce ties an answer to its question, so an old answer proves nothing.
//!
//! HMAC-SM3 is RFC 2104 with SM3 (GB/T 32905); SM2 is GB/T 32918.2 with the signer's identity hashed in, the
//! signature r‖s, 32 bytes each, big-endian. Signatures travel as base64 with padding.
//!
//! Key material is never printed; the HMAC key is wiped when dropped.

use std::fmt::Write;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sm2::dsa::signature::{Signer, Verifier};
use sm2::dsa::{Signature, SigningKey, VerifyingKey};
use sm2::pkcs8::{DecodePrivateKey, DecodePublicKey};
use sm2::{PublicKey, SecretKey};
use sm3::{Digest, Sm3};
use zeroize::Zeroizing;

use crate::uplink::key_file::{self, KeyFileError};

/// The two signature algorithms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// One secret shared by both sides.
    HmacSm3,
    /// A key pair on either side.
    Sm2Sm3,
}

impl Algorithm {
    /// The name as it stands in a header and in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::HmacSm3 => "HMAC-SM3",
            Self::Sm2Sm3 => "SM2-SM3",
        }
    }

    /// The algorithm of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::HmacSm3, Self::Sm2Sm3].into_iter().find(|algorithm| algorithm.name() == name)
    }
}

/// Why a signature is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// There is none, or no timestamp that belongs to it.
    #[error("there is no signature")]
    Missing,
    /// It is not base64 of the right length.
    #[error("the signature is malformed")]
    Malformed,
    /// Somebody else made it, or what was signed is something else.
    #[error("the signature does not fit")]
    Mismatch,
}

/// What one side needs: its own key to sign with, and the other side's to verify with.
pub struct Keys(Kind);

enum Kind {
    Hmac(Zeroizing<Vec<u8>>),
    Sm2 { own: Box<SigningKey>, other: Box<VerifyingKey> },
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Keys({})", self.algorithm().name())
    }
}

impl Keys {
    /// The shared secret as the bytes of a key file: one closing newline is dropped. `None` if nothing remains.
    pub fn hmac(secret: &[u8]) -> Option<Self> {
        let secret = secret.strip_suffix(b"\n").unwrap_or(secret);
        (!secret.is_empty()).then(|| Self(Kind::Hmac(Zeroizing::new(secret.to_vec()))))
    }

    /// An SM2 pair: the own private key (PEM, PKCS#8 or SEC 1) and the other side's public key (PEM, SPKI).
    pub fn sm2(own_pem: &str, other_pem: &str, user_id: &str) -> Option<Self> {
        let own = SigningKey::new(user_id, &private_key(own_pem)?).ok()?;
        Some(Self(Kind::Sm2 { own: Box::new(own), other: Box::new(public_key(other_pem, user_id)?) }))
    }

    /// Keys from files: the secret or private key, and for SM2 the other side's public key.
    ///
    /// # Errors
    /// Any [`KeyFileError`].
    pub fn from_files(
        algorithm: Algorithm,
        own: &Path,
        other: Option<&Path>,
        user_id: &str,
    ) -> Result<Self, KeyFileError> {
        let no_key = |path: &Path, expected| KeyFileError::NoKey { path: path.to_owned(), expected };
        let secret = key_file::read_secret(own)?;
        if algorithm == Algorithm::HmacSm3 {
            return Self::hmac(&secret).ok_or_else(|| no_key(own, "shared secret"));
        }
        let key = std::str::from_utf8(&secret).ok().and_then(private_key);
        let key = key.and_then(|key| SigningKey::new(user_id, &key).ok());
        let key = key.ok_or_else(|| no_key(own, "SM2 private key as PEM (PKCS#8 or SEC 1)"))?;
        let other = other.ok_or(KeyFileError::NotNamed { expected: "the other side's SM2 public key" })?;
        let public = key_file::read_public(other)?;
        let public = std::str::from_utf8(&public).ok().and_then(|pem| public_key(pem, user_id));
        let public = public.ok_or_else(|| no_key(other, "SM2 public key as PEM (SPKI)"))?;
        Ok(Self(Kind::Sm2 { own: Box::new(key), other: Box::new(public) }))
    }

    /// Which algorithm these keys are for.
    pub fn algorithm(&self) -> Algorithm {
        match &self.0 {
            Kind::Hmac(_) => Algorithm::HmacSm3,
            Kind::Sm2 { .. } => Algorithm::Sm2Sm3,
        }
    }

    /// Signs a text; the answer is base64. `None` only where SM2 meets a nonce that it must refuse, which has a
    /// chance of about 2⁻²⁵⁵: the text is then signed anew with another nonce of the request.
    pub fn sign(&self, text: &str) -> Option<String> {
        match &self.0 {
            Kind::Hmac(secret) => {
                Some(STANDARD.encode(keyed(secret)?.chain_update(text).finalize().into_bytes()))
            }
            // k is derived by RFC 6979, so a weak source of randomness cannot give the key away.
            Kind::Sm2 { own, .. } => {
                own.try_sign(text.as_bytes()).ok().map(|made| STANDARD.encode(made.to_bytes()))
            }
        }
    }

    /// Checks that the other side signed this text; in constant time where the key is a shared secret.
    ///
    /// # Errors
    /// [`SignatureError::Malformed`] and [`SignatureError::Mismatch`].
    pub fn verify(&self, text: &str, signature: &str) -> Result<(), SignatureError> {
        let bytes = STANDARD.decode(signature).map_err(|_| SignatureError::Malformed)?;
        match &self.0 {
            Kind::Hmac(secret) => {
                let mac = keyed(secret).ok_or(SignatureError::Mismatch)?.chain_update(text);
                mac.verify_slice(&bytes).map_err(|_| SignatureError::Mismatch)
            }
            Kind::Sm2 { other, .. } => {
                let signature = Signature::from_slice(&bytes).map_err(|_| SignatureError::Malformed)?;
                other.verify(text.as_bytes(), &signature).map_err(|_| SignatureError::Mismatch)
            }
        }
    }
}

/// The text that a request's signature covers. `target` is path and query as on the wire, without `?` where there
/// is no query; `timestamp` is the header's text.
pub fn request_text(method: &str, target: &str, timestamp: &str, nonce: &str, body: &[u8]) -> String {
    [method, target, timestamp, nonce, &sm3_hex(body)].join("\n")
}

/// The text that an answer's signature covers; `nonce` is that of the request.
pub fn answer_text(status: u16, timestamp: &str, nonce: &str, body: &[u8]) -> String {
    [status.to_string().as_str(), timestamp, nonce, &sm3_hex(body)].join("\n")
}

/// The lower-case hex of SM3 over the bytes, 64 characters.
pub fn sm3_hex(bytes: &[u8]) -> String {
    Sm3::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn keyed(secret: &[u8]) -> Option<Hmac<Sm3>> {
    Hmac::new_from_slice(secret).ok()
}

/// The first private key in the text. Tools put a block of curve parameters before a SEC 1 key; OpenSSL 3 labels
/// the key itself `SM2 PRIVATE KEY`, others `EC PRIVATE KEY`.
fn private_key(text: &str) -> Option<SecretKey> {
    if let Some(block) = pem_block(text, "SM2 PRIVATE KEY") {
        let relabelled = Zeroizing::new(block.replace("SM2 PRIVATE KEY", "EC PRIVATE KEY"));
        return SecretKey::from_sec1_pem(&relabelled).ok();
    }
    if let Some(block) = pem_block(text, "EC PRIVATE KEY") {
        return SecretKey::from_sec1_pem(block).ok();
    }
    SecretKey::from_pkcs8_pem(pem_block(text, "PRIVATE KEY")?).ok()
}

fn public_key(text: &str, user_id: &str) -> Option<VerifyingKey> {
    let key = PublicKey::from_public_key_pem(pem_block(text, "PUBLIC KEY")?).ok()?;
    VerifyingKey::new(user_id, key).ok()
}

/// The PEM block of this label, from its BEGIN line through its END line.
fn pem_block<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    let begin = text.find(&format!("-----BEGIN {label}-----"))?;
    let rest = text.get(begin..)?;
    let end_line = format!("-----END {label}-----");
    rest.get(..rest.find(&end_line)? + end_line.len())
}

#[cfg(test)]
#[path = "sign_tests.rs"]
pub(crate) mod tests;
