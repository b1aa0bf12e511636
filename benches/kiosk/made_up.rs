//! Residents who do not exist: a region that no list has, and a name that says so.

use kiosk::domain::id_number::IdNumber;
use kiosk::domain::resident::{PersonName, Resident};
use kiosk_id_reader::card::with_check_character;
use kiosk_id_reader::simulator::{CardFile, CardFileError};

/// A region that is not in use, under Sichuan's first two digits.
const REGION: &str = "510899";
const NAME: &str = "测试甲";

/// One of 480,000, each with another number.
pub(crate) fn number(index: usize) -> Result<String, &'static str> {
    let (sequence, day) = (index % 1_000, index / 1_000);
    let (year, month, day) = (1950 + day / 12 / 28, 1 + day / 28 % 12, 1 + day % 28);
    with_check_character(&format!("{REGION}{year:04}{month:02}{day:02}{sequence:03}")).ok_or("no such number")
}

/// The resident of that number.
pub(crate) fn resident(index: usize) -> super::Outcome<Resident> {
    let mut resident = Resident::typed(IdNumber::parse(&number(index)?)?);
    resident.name = Some(PersonName::new(NAME));
    Ok(resident)
}

/// Their card, as the simulated reader takes it.
pub(crate) fn card(index: usize) -> super::Outcome<CardFile> {
    let json = serde_json::json!({
        "name": NAME,
        "number": number(index)?,
        "address": "四川省某县样本镇示例路1号",
        "issuer": "某县公安局",
    });
    CardFile::from_json(&json.to_string()).map_err(|error: CardFileError| error.into())
}
