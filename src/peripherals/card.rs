//! From a card as its driver reads it to a resident as the kiosk knows them: only what the kiosk needs.

use jiff::civil::Date;
use kiosk_id_reader::card::Until;
use kiosk_id_reader::{Card, CardDate, CardError, ReadFailure};

use crate::domain::device::CardTrouble;
use crate::domain::id_number::IdNumber;
use crate::domain::resident::{PersonName, Resident};

/// The resident of a card; address, issuer and the rest are not kept.
pub(super) fn resident(card: &Card) -> Result<Resident, CardTrouble> {
    let id = IdNumber::parse(card.number().as_str()).map_err(|_| CardTrouble::Implausible)?;
    let valid_until = match card.validity().until() {
        Until::LongTerm => None,
        Until::Day(day) => Some(date(day).ok_or(CardTrouble::Implausible)?),
    };
    Ok(Resident { name: Some(PersonName::new(card.name())), id, birth: date(card.birth()), valid_until })
}

/// Why a read came to nothing, as the resident is told.
pub(super) fn trouble(failure: &ReadFailure) -> CardTrouble {
    match failure {
        ReadFailure::Refused(_) | ReadFailure::Silent | ReadFailure::Garbled => CardTrouble::Unreadable,
        ReadFailure::Card(CardError::Kind { .. }) => CardTrouble::UnknownKind,
        ReadFailure::Card(_) => CardTrouble::Implausible,
    }
}

fn date(day: CardDate) -> Option<Date> {
    let (year, month) = (i16::try_from(day.year()).ok()?, i8::try_from(day.month()).ok()?);
    Date::new(year, month, i8::try_from(day.day()).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use kiosk_id_reader::simulator::CardFile;

    use super::*;

    fn card(json: &str) -> Card {
        Card::from_text(&CardFile::from_json(json).unwrap().to_text().unwrap()).unwrap()
    }

    #[test]
    fn a_card_becomes_a_resident() {
        let card = card(
            r#"{"name": "测试甲", "number": "510823195602140029", "valid_from": "2010-01-01", "valid_until": "2030-01-01"}"#,
        );
        let resident = resident(&card).unwrap();
        assert_eq!(resident.name.unwrap().reveal(), "测试甲");
        assert_eq!(resident.id.reveal(), "510823195602140029");
        assert_eq!(resident.birth, Some(Date::constant(1956, 2, 14)));
        assert_eq!(resident.valid_until, Some(Date::constant(2030, 1, 1)));
    }

    #[test]
    fn a_card_for_ever_never_expires() {
        let card = card(r#"{"name": "测试甲", "number": "510823195602140029", "valid_until": "长期"}"#);
        assert_eq!(resident(&card).unwrap().valid_until, None);
    }
}
