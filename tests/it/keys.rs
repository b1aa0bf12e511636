//! `kiosk keys make`, and what the terminal does without its keys.

use std::os::unix::fs::PermissionsExt;

use kiosk::store::{Store, StoreKey};

use crate::desktop::Desktop;
use crate::site::Site;
use crate::terminal::Terminal;

fn mode(site: &Site, name: &str) -> u32 {
    std::fs::metadata(site.path(name)).unwrap().permissions().mode() & 0o777
}

/// A store as a terminal that has run leaves it.
fn store(site: &Site) {
    std::fs::create_dir(site.data()).unwrap();
    let key = StoreKey::load(&site.path("secrets/store.key")).unwrap();
    drop(Store::open(&site.data(), &key).unwrap());
}

/// Starts the terminal, which says that it can't serve until it is asked to end; what it wrote.
fn does_not_serve(site: &Site, desktop: &Desktop) -> String {
    let mut terminal = Terminal::start(site, desktop);
    terminal.hand.read("本机暂停服务");
    assert_eq!(terminal.terminate(), Some(3));
    let err = terminal.errors();
    assert!(err.contains("→"), "what to do: {err}");
    err
}

#[test]
fn keys_are_made_once_and_for_their_owner_alone() {
    let site = Site::bare();
    let made = site.kiosk(&["keys", "make"]);
    assert_eq!(made.code, Some(0), "{made:?}");
    assert_eq!(made.out.matches("made").count(), 2, "{}", made.out);
    let read = |name: &str| std::fs::read(site.path(name)).unwrap();
    let keys = [read("secrets/store.key"), read("secrets/platform.key")];
    for name in ["secrets/store.key", "secrets/platform.key"] {
        assert_eq!(mode(&site, name), 0o600, "{name}");
        let key = String::from_utf8(read(name)).unwrap();
        assert!(!made.out.contains(key.trim()), "a key on the screen");
    }
    let again = site.kiosk(&["keys", "make"]);
    assert_eq!(again.code, Some(0), "{again:?}");
    assert_eq!(again.out.matches("is there").count(), 2, "{}", again.out);
    assert_eq!(keys, [read("secrets/store.key"), read("secrets/platform.key")]);
}

#[test]
fn a_key_that_is_missing_beside_a_store_is_never_made_anew() {
    let site = Site::new();
    store(&site);
    std::fs::remove_file(site.path("secrets/store.key")).unwrap();
    let made = site.kiosk(&["keys", "make"]);
    assert_eq!(made.code, Some(3), "{made:?}");
    assert!(made.err.contains("missing beside an existing store"), "{}", made.err);
    let desktop = Desktop::open(&site.path(""));
    assert!(does_not_serve(&site, &desktop).contains("store.key"));
    assert!(!site.path("secrets/store.key").exists(), "run made a key");
    let checked = site.kiosk(&["check"]);
    assert_eq!(checked.code, Some(1), "{checked:?}");
    assert!(checked.out.contains("store.key"), "{}", checked.out);
}

#[test]
fn another_key_does_not_open_the_store() {
    let site = Site::new();
    store(&site);
    std::fs::remove_file(site.path("secrets/store.key")).unwrap();
    StoreKey::from_bytes([7; 32]).save_new(&site.path("secrets/store.key")).unwrap();
    let desktop = Desktop::open(&site.path(""));
    does_not_serve(&site, &desktop);
}

#[test]
fn a_store_that_is_no_store_is_not_touched() {
    let site = Site::new();
    std::fs::create_dir(site.data()).unwrap();
    site.write("data/kiosk.db", &"this is no database, whoever wrote it\n".repeat(200));
    let before = std::fs::read(site.path("data/kiosk.db")).unwrap();
    let desktop = Desktop::open(&site.path(""));
    does_not_serve(&site, &desktop);
    assert_eq!(std::fs::read(site.path("data/kiosk.db")).unwrap(), before);
}

#[test]
fn a_key_file_that_others_can_read_is_refused() {
    let site = Site::new();
    std::fs::set_permissions(site.path("secrets/store.key"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let ran = site.kiosk(&["run"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    for word in ["site.toml:", "privacy.store_key_file", "store.key"] {
        assert!(ran.err.contains(word), "{word} in {}", ran.err);
    }
    let checked = site.kiosk(&["check"]);
    assert_eq!(checked.code, Some(1), "{checked:?}");
    assert!(checked.out.contains("chmod"), "{}", checked.out);
}
