//! libFuzzer's entry. One binary holds every target; `KIOSK_FUZZ_TARGET` names the one to run.

#![no_main]

use std::sync::LazyLock;

use kiosk_fuzz::targets::{self, Target};
use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var("KIOSK_FUZZ_TARGET").unwrap_or_default();
    targets::find(&name).unwrap_or_else(|| panic!("KIOSK_FUZZ_TARGET names no target: {name:?}"))
});

fuzz_target!(|bytes: &[u8]| (TARGET.run)(bytes));
