//! The devices: `kiosk simulate`, driven by lines.

use std::path::PathBuf;

use serde_json::json;

use crate::child::Process;
use crate::site::{Site, kiosk};

/// The simulated card reader of a site.
pub struct Reader {
    process: Process,
}

/// The simulated printer of a site.
pub struct Printer {
    process: Process,
    out: PathBuf,
}

/// A made-up resident.
#[derive(Clone, Copy)]
pub struct Person {
    pub name: &'static str,
    pub number: &'static str,
}

/// Not 65 yet. None of these people exists.
pub const YOUNG: Person = Person { name: "张样本", number: "510823199003070012" };
/// Over 65.
pub const OLD: Person = Person { name: "欧阳示例", number: "510823195602140029" };

impl Reader {
    pub fn plug_in(site: &Site) -> Self {
        let mut command = kiosk();
        command.args(["simulate", "id-reader", "--link"]).arg(site.path("reader"));
        let process = Process::start(command);
        assert_eq!(process.line(), format!("reader at {}", site.path("reader").display()));
        Self { process }
    }

    /// Lays that person's card.
    pub fn lay(&mut self, site: &Site, person: Person) {
        let card = json!({
            "kind": "citizen", "name": person.name, "number": person.number, "address": "四川省某县样本镇示例路1号",
            "issuer": "某县公安局", "valid_from": "20200101", "valid_until": "20400101",
        });
        site.write("card.json", &card.to_string());
        self.say(&format!("put {}", site.path("card.json").display()));
    }

    pub fn lift(&mut self) {
        self.say("lift");
    }

    pub fn say(&mut self, line: &str) {
        assert_eq!(self.process.ask(line), "ok", "{line}");
    }

    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }
}

impl Printer {
    /// The ticket dispenser.
    pub fn plug_in(site: &Site) -> Self {
        Self::plug_in_at(site, "printer", "vkp80")
    }

    /// A printer of that profile, linked there.
    pub fn plug_in_at(site: &Site, link: &str, profile: &str) -> Self {
        let out = site.path(&format!("{link}.bin"));
        let mut command = kiosk();
        command.args(["simulate", "printer", "--profile", profile, "--link"]).arg(site.path(link));
        command.arg("--out").arg(&out);
        let process = Process::start(command);
        assert_eq!(process.line(), format!("printer at {}", site.path(link).display()));
        Self { process, out }
    }

    pub fn say(&mut self, line: &str) {
        assert_eq!(self.process.ask(line), "ok", "{line}");
    }

    /// How often the printer was sent that text.
    pub fn times(&self, text: &str) -> usize {
        let (bytes, _, _) = encoding_rs::GB18030.encode(text);
        let got = std::fs::read(&self.out).unwrap_or_default();
        got.windows(bytes.len()).filter(|part| *part == bytes.as_ref()).count()
    }

    /// How many bytes the printer was sent.
    pub fn bytes(&self) -> u64 {
        std::fs::metadata(&self.out).map_or(0, |file| file.len())
    }

    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }
}
