//! The hall of a seed: its rules, its printer, and when its day begins.

use jiff::Timestamp;
use kiosk::desk::SiteRules;
use kiosk::domain::class::{Class, ClassLetter};
use kiosk::domain::device::PerPrinter;
use kiosk::domain::hours::{Holidays, Opening, OpeningHours};
use kiosk::domain::window::{Serves, Window};
use kiosk::engine::Settings;
use kiosk::peripherals::printer_profiles;
use kiosk_escpos::Profile;

use crate::dice::Dice;
use crate::time::zone;

/// How the hall is set up.
#[derive(Clone, Debug)]
pub struct Hall {
    pub rules: SiteRules,
    pub settings: Settings,
    pub profile: Profile,
    pub printer: &'static str,
    pub begins: Timestamp,
}

impl Hall {
    /// The hall of a seed.
    pub fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed, "hall");
        let limit = dice.pick(&[None, None, Some(5)]);
        let range = dice.pick(&["001-999", "001-999", "001-012"]);
        // A plain day, one with a closed hour at noon, and one over midnight.
        let (begins, hours) = dice.pick(&[
            ("2026-11-24T01:00:00Z", OpeningHours::always()),
            ("2026-11-24T15:20:00Z", OpeningHours::always()),
            ("2026-11-24T03:20:00Z", OpeningHours::parse(&["mon-fri 09:00-12:00 13:00-17:00"]).unwrap()),
        ]);
        // Some sites lack a device, or have no platform at all.
        let mut has = || dice.happens(0.93);
        let (has_reader, has_dispenser, has_platform) = (has(), has(), has());
        let printer = dice.pick(&["vkp80", "epson-tm", "generic-80mm", "generic-58mm"]);
        Self {
            rules: SiteRules {
                terminal: "T01".to_owned(),
                time_zone: zone(),
                opening: Opening { hours, holidays: Holidays::default() },
                classes: vec![
                    class('A', "社会保障", "001-999", None),
                    class('B', "医疗保障", range, None),
                    class('C', "户籍办理", "001-999", limit),
                ],
                windows: vec![
                    Window { number: 1, name: "综合窗口".to_owned(), serves: Serves::All },
                    Window {
                        number: 2,
                        name: "医保窗口".to_owned(),
                        serves: Serves::Only(vec![letter('B')]),
                    },
                ],
            },
            settings: Settings {
                site_name: "示例镇便民服务中心".to_owned(),
                languages: vec!["zh".to_owned(), "en".to_owned()],
                ticket_without_card: dice.happens(0.8),
                ticket_url: None,
                has_reader,
                has_printer: PerPrinter { dispenser: has_dispenser, receipt: false },
                has_platform,
                has_sound: true,
            },
            profile: printer_profiles::shipped(printer).unwrap(),
            printer,
            begins: begins.parse().unwrap(),
        }
    }

    /// The letters of its classes.
    pub fn letters(&self) -> Vec<ClassLetter> {
        self.rules.classes.iter().map(|class| class.letter).collect()
    }
}

fn class(of: char, name: &str, numbers: &str, daily_limit: Option<u32>) -> Class {
    Class { letter: letter(of), name: name.to_owned(), numbers: numbers.parse().unwrap(), daily_limit }
}

fn letter(letter: char) -> ClassLetter {
    ClassLetter::new(letter).unwrap()
}
