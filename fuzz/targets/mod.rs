//! What takes bytes from outside, one target each: fed with anything, it neither panics nor hangs, and keeps what it
//! promises. Run by libFuzzer (`make fuzz`) and, over the corpus, among the ordinary tests.
//!
//! A target never sleeps, writes no file and keeps nothing from one input to the next.

mod config;
mod local;
mod platform;
mod printer;
mod reader;

/// A target by its name, which is the name of its folder in the corpus too.
#[derive(Clone, Copy)]
pub struct Target {
    pub name: &'static str,
    pub run: fn(&[u8]),
}

/// All of them.
pub const ALL: &[Target] = &[
    Target { name: "reader_frames", run: reader::frames },
    Target { name: "reader_session", run: reader::session },
    Target { name: "card_text", run: reader::card_text },
    Target { name: "card_file", run: reader::card_file },
    Target { name: "id_numbers", run: reader::id_numbers },
    Target { name: "printer_answers", run: printer::answers },
    Target { name: "printer_session", run: printer::session },
    Target { name: "printer_simulator", run: printer::simulator },
    Target { name: "printer_document", run: printer::document },
    Target { name: "printer_profile", run: printer::profile },
    Target { name: "site_toml", run: config::site },
    Target { name: "holidays_toml", run: config::holidays },
    Target { name: "platform_profile", run: config::platform_profile },
    Target { name: "urls", run: config::urls },
    Target { name: "platform_answers", run: platform::answers },
    Target { name: "platform_delivery", run: platform::delivery },
    Target { name: "keys", run: platform::keys },
    Target { name: "outbound", run: platform::outbound },
    Target { name: "control_line", run: local::control_line },
    Target { name: "device_line", run: local::device_line },
    Target { name: "sandbox_batch", run: local::sandbox_batch },
    Target { name: "sandbox_faults", run: local::sandbox_faults },
    Target { name: "recording", run: local::recording },
];

/// The target of that name.
#[cfg_attr(test, expect(dead_code, reason = "the replay walks over all of them"))]
pub fn find(name: &str) -> Option<Target> {
    ALL.iter().copied().find(|target| target.name == name)
}

/// The first byte and the rest.
fn split(bytes: &[u8]) -> (u8, &[u8]) {
    bytes.split_first().map_or((0, bytes), |(first, rest)| (*first, rest))
}
