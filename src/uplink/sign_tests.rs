//! The signatures against published and independently computed values, and their refusals.
//!
//! The keys are made up for these tests and used nowhere else.

use super::*;

const USER_ID: &str = "1234567812345678";

/// Made by `openssl genpkey -algorithm SM2` (3.0).
pub(crate) const PKCS8: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqBHM9VAYItBG0wawIBAQQgfQTrb0nZdCIvPQu1
0Qys3UN8H/MFsKqU+7Tb760QkU2hRANCAATT+HNfC+dcUDc0CdeL3B8V/BxNOvDP
73kjCo41FNaL+MZAyeZEkMuJupHqdzUjkPy/ldzbguB/Fr0BUu+RbptH
-----END PRIVATE KEY-----
";
/// The same key by `openssl ec`.
const SEC1: &str = "-----BEGIN SM2 PRIVATE KEY-----
MHcCAQEEIH0E629J2XQiLz0LtdEMrN1DfB/zBbCqlPu02++tEJFNoAoGCCqBHM9V
AYItoUQDQgAE0/hzXwvnXFA3NAnXi9wfFfwcTTrwz+95IwqONRTWi/jGQMnmRJDL
ibqR6nc1I5D8v5Xc24Lgfxa9AVLvkW6bRw==
-----END SM2 PRIVATE KEY-----
";
/// Its public half.
pub(crate) const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAE0/hzXwvnXFA3NAnXi9wfFfwcTTrw
z+95IwqONRTWi/jGQMnmRJDLibqR6nc1I5D8v5Xc24Lgfxa9AVLvkW6bRw==
-----END PUBLIC KEY-----
";
/// Another key, as `openssl ecparam -name SM2 -genkey` writes it: with its parameters.
pub(crate) const OTHER: &str = "-----BEGIN SM2 PARAMETERS-----
BggqgRzPVQGCLQ==
-----END SM2 PARAMETERS-----
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqBHM9VAYItBG0wawIBAQQgMUFpWC9ZCADFgVzz
HddpxC1H4aRMm6ON6URDP/1Lvv6hRANCAATCOglUSjkbHrcf/NjHWZN2y34O32Yk
CkZT3zs2HGbbfHmIe8HQe7DXffRdM6iBXTAD5Hpte+dxCREwiQIbWh6k
-----END PRIVATE KEY-----
";
pub(crate) const OTHER_PUBLIC: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAEwjoJVEo5Gx63H/zYx1mTdst+Dt9m
JApGU987Nhxm23x5iHvB0Huw1330XTOogV0wA+R6bXvncQkRMIkCG1oepA==
-----END PUBLIC KEY-----
";

/// The request of the vectors below.
fn text() -> String {
    request_text("GET", "/v1/time", "1700000000000", "abcdefghijklmnop", b"")
}

#[test]
fn sm3_gives_the_values_of_its_standard() {
    // GB/T 32905, examples 1 and 2.
    assert_eq!(sm3_hex(b"abc"), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    assert_eq!(
        sm3_hex(&b"abcd".repeat(16)),
        "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    );
}

#[test]
fn signed_texts_are_lines() {
    assert_eq!(
        text(),
        "GET\n/v1/time\n1700000000000\nabcdefghijklmnop\n\
         1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"
    );
    assert_eq!(
        answer_text(200, "5", "n", b"abc"),
        "200\n5\nn\n66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    );
}

#[test]
fn hmac_sm3_agrees_with_openssl() {
    for file in ["made-up-shared-secret", "made-up-shared-secret\n"] {
        let keys = Keys::hmac(file.as_bytes()).unwrap();
        // printf … | openssl dgst -sm3 -hmac made-up-shared-secret -binary | base64
        let signature = "szPxfbEmWqPgvjpbPtoeb/ka+ITi6Ps/+n9G7RF0VUU=";
        assert_eq!(keys.sign(&text()).unwrap(), signature);
        assert_eq!(keys.verify(&text(), signature), Ok(()));
    }
    // Only one newline is dropped: the second one belongs to the key.
    assert_ne!(Keys::hmac(b"k\n\n").unwrap().sign("x"), Keys::hmac(b"k").unwrap().sign("x"));
    assert!(Keys::hmac(b"").is_none() && Keys::hmac(b"\n").is_none());
}

#[test]
fn sm2_verifies_the_example_of_its_standard() {
    // GB/T 32918.5, the signature example on the recommended curve; recomputed independently.
    let key = bytes(
        "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
         ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13",
    );
    let signature = STANDARD.encode(bytes(
        "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3\
         b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa",
    ));
    let other = Box::new(VerifyingKey::from_sec1_bytes(USER_ID, &key).unwrap());
    let own = Box::new(SigningKey::new(USER_ID, &private_key(PKCS8).unwrap()).unwrap());
    let keys = Keys(Kind::Sm2 { own, other });
    assert_eq!(keys.verify("message digest", &signature), Ok(()));
    assert_eq!(keys.verify("message digesT", &signature), Err(SignatureError::Mismatch));
}

#[test]
fn sm2_verifies_what_openssl_signed() {
    // openssl pkeyutl -sign -rawin -digest sm3 -pkeyopt distid:1234567812345678, DER taken apart to r‖s.
    let signature =
        "l67hhjNGlIDviejtufcz9880toDuCyW/j5eCka57NrkWrmRzupdwV2I+ArLD1mwm/hd5k6iEurcZ9bggPu/Rlw==";
    let keys = Keys::sm2(OTHER, PUBLIC, USER_ID).unwrap();
    assert_eq!(keys.verify(&text(), signature), Ok(()));
    let wrong_id = Keys::sm2(OTHER, PUBLIC, "8765432187654321").unwrap();
    assert_eq!(wrong_id.verify(&text(), signature), Err(SignatureError::Mismatch));
}

#[test]
fn sm2_signs_for_the_other_side_from_either_kind_of_pem() {
    let other_side = Keys::sm2(OTHER, PUBLIC, USER_ID).unwrap();
    let relabelled = SEC1.replace("SM2 PRIVATE KEY", "EC PRIVATE KEY");
    for own in [PKCS8, SEC1, &relabelled, &PKCS8.replace('\n', "\r\n")] {
        let keys = Keys::sm2(own, OTHER_PUBLIC, USER_ID).unwrap();
        let signature = keys.sign(&text()).unwrap();
        assert_eq!(STANDARD.decode(&signature).unwrap().len(), 64);
        assert_eq!(other_side.verify(&text(), &signature), Ok(()));
        // What one side signs does not pass for the other side's.
        assert_eq!(keys.verify(&text(), &signature), Err(SignatureError::Mismatch));
    }
    for bad in ["", "-----BEGIN PRIVATE KEY-----", PUBLIC, &PKCS8.replace("MIGH", "MIGI")] {
        assert!(Keys::sm2(bad, PUBLIC, USER_ID).is_none(), "{bad}");
    }
    assert!(Keys::sm2(PKCS8, PKCS8, USER_ID).is_none());
}

#[test]
fn every_flipped_bit_of_a_signature_is_noticed() {
    for keys in [Keys::hmac(b"k").unwrap(), Keys::sm2(PKCS8, PUBLIC, USER_ID).unwrap()] {
        let good = STANDARD.decode(keys.sign("text").unwrap()).unwrap();
        assert_eq!(keys.verify("text", &STANDARD.encode(&good)), Ok(()));
        for bit in (0..good.len() * 8).step_by(7) {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(keys.verify("text", &STANDARD.encode(&bad)).is_err(), "bit {bit}");
        }
        let (short, zeros, long) = (STANDARD.encode(&good[1..]), STANDARD.encode([0; 64]), "A".repeat(9999));
        for odd in ["", "=", "AAAA", "not base64", &short, &zeros, &long] {
            assert!(keys.verify("text", odd).is_err(), "{odd}");
        }
    }
}

#[test]
fn keys_come_from_files_and_say_what_is_missing() {
    use crate::uplink::key_file::tests::write_secret;
    let folder = tempfile::tempdir().unwrap();
    let (own, other) = (folder.path().join("own.key"), folder.path().join("other.pub"));
    write_secret(&own, PKCS8.as_bytes());
    std::fs::write(&other, OTHER_PUBLIC).unwrap();
    let keys = Keys::from_files(Algorithm::Sm2Sm3, &own, Some(&other), USER_ID).unwrap();
    assert_eq!(format!("{keys:?}"), "Keys(SM2-SM3)");
    std::fs::write(&other, "no key").unwrap();
    let error = Keys::from_files(Algorithm::Sm2Sm3, &own, Some(&other), USER_ID).unwrap_err();
    assert!(
        matches!(&error, KeyFileError::NoKey { path, .. } if *path == other) && !error.advice().is_empty()
    );
    let error = Keys::from_files(Algorithm::Sm2Sm3, &own, None, USER_ID).unwrap_err();
    assert!(matches!(error, KeyFileError::NotNamed { .. }) && !error.advice().is_empty());
    // A shared secret needs no second file.
    assert!(Keys::from_files(Algorithm::HmacSm3, &own, None, USER_ID).is_ok());
    assert_eq!(Algorithm::from_name("HMAC-SM3"), Some(Algorithm::HmacSm3));
    assert_eq!(Algorithm::from_name("hmac"), None);
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect()
}
