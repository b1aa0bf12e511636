//! Residents of the demo. None of them exists: their region code is that of a county, their names are samples.

use kiosk_id_reader::card::with_check_character;
use serde_json::json;

/// A made-up resident.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) name: String,
    pub(super) number: String,
}

const FAMILY: [&str; 10] = ["张", "王", "李", "赵", "刘", "陈", "杨", "欧阳", "何", "罗"];
const GIVEN: [&str; 10] = ["样本", "示例", "试用", "例一", "例二", "样三", "示四", "例五", "样六", "示七"];

impl Sample {
    /// A resident of that chance, born between 1940 and 2004.
    pub(super) fn new(chance: &mut fastrand::Rng) -> Self {
        let year = chance.u32(1940..=2004);
        let (month, day) = (chance.u32(1..=12), chance.u32(1..=28));
        let digits = format!("510823{year:04}{month:02}{day:02}{:03}", chance.u32(0..1000));
        // Seventeen digits with a real date always have a check character.
        let number = with_check_character(&digits).unwrap_or(digits);
        let family = chance.choice(FAMILY).unwrap_or("张");
        let given = chance.choice(GIVEN).unwrap_or("样本");
        Self { name: format!("{family}{given}"), number }
    }

    /// The resident's card, as the simulated reader takes it.
    pub(super) fn card(&self) -> String {
        json!({
            "kind": "citizen",
            "name": self.name,
            "number": self.number,
            "address": "四川省某县样本镇示例路1号",
            "issuer": "某县公安局",
            "valid_from": "20200101",
            "valid_until": "20400101",
        })
        .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id_number::IdNumber;

    #[test]
    fn every_sample_has_a_good_number_and_a_card() {
        let mut chance = fastrand::Rng::with_seed(7);
        for _ in 0..50 {
            let sample = Sample::new(&mut chance);
            IdNumber::parse(&sample.number).unwrap();
            kiosk_id_reader::simulator::CardFile::from_json(&sample.card()).unwrap().to_text().unwrap();
        }
    }
}
