//! The kiosk's modules that take bytes from outside, and the targets that feed them.
//!
//! The modules are the product's own files, compiled here without the screen: its toolkit parses nothing from outside
//! and would take longer to build than all the rest.

// Targets name the product as `kiosk`, here as in the replay among the product's tests.
extern crate self as kiosk;

#[path = "../../src/config/mod.rs"]
pub mod config;
pub mod control {
    pub use crate::question;
}
#[path = "../../src/domain/mod.rs"]
pub mod domain;
#[path = "../../src/control/question.rs"]
pub mod question;
#[path = "../../src/sandbox/mod.rs"]
pub mod sandbox;
#[path = "../../src/secret_file.rs"]
pub mod secret_file;
#[path = "../../src/store/mod.rs"]
pub mod store;
#[path = "../../src/uplink/mod.rs"]
pub mod uplink;

#[path = "../../src/voice"]
pub mod voice {
    pub mod tones;
    pub mod wav;
}

#[path = "../targets/mod.rs"]
pub mod targets;
