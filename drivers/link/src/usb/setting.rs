//! Which interface of a device to talk to: chosen from what its descriptors say.
//!
//! Sources: USB-IF "Universal Serial Bus Device Class Definition for Printing Devices" 1.1 (class 7, subclass 1,
//! protocol 1 one way, 2 both ways, 3 in packets of IEEE 1284.4; 4 is IPP over USB); USB-IF "Defined Class Codes".

const PRINTER: u8 = 0x07;
const BOTH_WAYS: u8 = 0x02;
const HID: u8 = 0x03;
const MASS_STORAGE: u8 = 0x08;
const HUB: u8 = 0x09;
const VENDOR: u8 = 0xFF;

/// One setting of an interface, as its descriptor has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    pub(super) interface: u8,
    pub(super) alternate: u8,
    pub(super) class: u8,
    pub(super) protocol: u8,
    /// Addresses of its bulk endpoints; those with the highest bit set go in.
    pub(super) bulk: Vec<u8>,
}

/// What to claim, and where to read and write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) interface: u8,
    pub(super) alternate: u8,
    pub(super) input: u8,
    pub(super) output: u8,
}

/// The best setting that has a bulk endpoint each way: a printer that answers, then the maker's own class, then any
/// other. The first pair is taken: readers of the maker's own class have two, and programs for them in the field move
/// whole frames over the first.
pub(super) fn choose(settings: &[Setting]) -> Option<Choice> {
    settings
        .iter()
        .filter_map(|setting| Some((rank(setting)?, pair(setting)?)))
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, choice)| choice)
}

fn rank(setting: &Setting) -> Option<u8> {
    match (setting.class, setting.protocol) {
        (PRINTER, BOTH_WAYS) => Some(0),
        (VENDOR, _) => Some(1),
        // Wrapped in packets, or IPP: plain bytes would not be understood.
        (PRINTER, 3 | 4) | (HID | MASS_STORAGE | HUB, _) => None,
        _ => Some(2),
    }
}

fn pair(setting: &Setting) -> Option<Choice> {
    let find = |inward: bool| setting.bulk.iter().copied().find(|address| (address & 0x80 != 0) == inward);
    let (input, output) = (find(true)?, find(false)?);
    Some(Choice { interface: setting.interface, alternate: setting.alternate, input, output })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(interface: u8, alternate: u8, class: u8, protocol: u8, bulk: &[u8]) -> Setting {
        Setting { interface, alternate, class, protocol, bulk: bulk.to_vec() }
    }

    #[test]
    fn the_interface_that_answers_is_chosen() {
        let choice =
            |interface, alternate, input, output| Some(Choice { interface, alternate, input, output });
        for (what, settings, expected) in [
            ("a printer", vec![setting(0, 0, 7, 2, &[0x02, 0x81])], choice(0, 0, 0x81, 0x02)),
            (
                "a reader with two pairs",
                vec![setting(0, 0, 0xFF, 0, &[0x02, 0x81, 0x04, 0x83])],
                choice(0, 0, 0x81, 0x02),
            ),
            (
                "one way first, both ways as an alternate, then packets",
                vec![
                    setting(0, 0, 7, 1, &[0x01]),
                    setting(0, 1, 7, 2, &[0x01, 0x82]),
                    setting(0, 2, 7, 3, &[0x01, 0x82]),
                ],
                choice(0, 1, 0x82, 0x01),
            ),
            (
                "a scanner's keyboard beside the maker's own interface",
                vec![setting(0, 0, 3, 1, &[0x81, 0x01]), setting(1, 0, 0xFF, 0, &[0x82, 0x03])],
                choice(1, 0, 0x82, 0x03),
            ),
            (
                "the maker's own interface beside the printer's",
                vec![setting(0, 0, 0xFF, 0, &[0x84, 0x04]), setting(1, 0, 7, 2, &[0x81, 0x01])],
                choice(1, 0, 0x81, 0x01),
            ),
            ("a printer that never answers", vec![setting(0, 0, 7, 1, &[0x01])], None),
            ("a stick", vec![setting(0, 0, 8, 0x50, &[0x81, 0x02])], None),
            ("nothing", vec![], None),
        ] {
            assert_eq!(choose(&settings), expected, "{what}");
        }
    }
}
