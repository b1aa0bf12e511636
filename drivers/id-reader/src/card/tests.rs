//! Cards put down byte by byte, as the tables say, and read again.

use super::*;

/// The text of a made-up citizen's card, put down by hand at the places that the table names.
pub(crate) fn zhang_san_text() -> [u8; TEXT] {
    text(&[
        (0, "张三"),
        (30, "1"),
        (32, "01"),
        (36, "19900307"),
        (52, "四川省某某县测试镇样本路1号"),
        (122, "510823199003070012"),
        (158, "某某县公安局"),
        (188, "20200101"),
        (204, "20400101"),
    ])
}

pub(crate) fn text(fields: &[(usize, &str)]) -> [u8; TEXT] {
    let mut text = [0; TEXT];
    for pair in text.chunks_exact_mut(2) {
        pair[0] = b' ';
    }
    for &(at, field) in fields {
        for (index, unit) in field.encode_utf16().enumerate() {
            text[at + 2 * index..][..2].copy_from_slice(&unit.to_le_bytes());
        }
    }
    text
}

fn with(changes: &[(usize, &str)]) -> Result<Card, CardError> {
    let mut bytes = zhang_san_text();
    for &(at, field) in changes {
        for (index, unit) in field.encode_utf16().enumerate() {
            bytes[at + 2 * index..][..2].copy_from_slice(&unit.to_le_bytes());
        }
    }
    Card::from_text(&bytes)
}

#[test]
fn a_citizen() {
    let card = Card::from_text(&zhang_san_text()).unwrap();
    assert_eq!(card.kind(), CardKind::Citizen);
    assert_eq!(card.name(), "张三");
    assert_eq!(card.sex(), Sex::Male);
    assert_eq!(card.nation().map(Nation::name), Some("汉"));
    assert_eq!(card.birth().to_string(), "1990-03-07");
    assert_eq!(card.address(), Some("四川省某某县测试镇样本路1号"));
    assert_eq!(card.number().as_str(), "510823199003070012");
    assert_eq!(card.issuer(), "某某县公安局");
    assert_eq!(card.validity().from().to_string(), "2020-01-01");
    assert_eq!(card.validity().until(), Until::Day(CardDate::parse("20400101").unwrap()));
    assert_eq!(card.legibility(), Legibility::default());
    assert_eq!((card.latin_name(), card.nationality(), card.pass_number()), (None, None, None));
}

#[test]
fn a_citizen_whose_card_never_expires_and_whose_people_no_table_has() {
    let card = with(&[(204, "长期      "), (32, "88"), (30, "9")]).unwrap();
    assert_eq!(card.validity().until(), Until::LongTerm);
    assert_eq!((card.nation(), card.sex()), (None, Sex::Unspecified));
}

#[test]
fn a_reserved_part_of_zeros_is_blank_too() {
    let mut bytes = zhang_san_text();
    bytes[220..].fill(0);
    assert_eq!(Card::from_text(&bytes).unwrap().kind(), CardKind::Citizen);
}

#[test]
fn a_resident_of_hong_kong() {
    let card = Card::from_text(&text(&[
        (0, "李四"),
        (30, "2"),
        (36, "19851212"),
        (52, "四川省某某县测试镇样本路2号"),
        (122, "810000198512120020"),
        (158, "某某县公安局"),
        (188, "20190101"),
        (204, "20240101"),
        (220, "H00000000"),
        (238, "01"),
        (248, "J"),
    ]))
    .unwrap();
    assert_eq!(card.kind(), CardKind::ResidencePermit);
    assert_eq!((card.name(), card.nation()), ("李四", None));
    assert_eq!((card.pass_number(), card.issue_count()), (Some("H00000000"), Some("01")));
}

#[test]
fn a_foreigner_with_a_card_of_2017() {
    let card = Card::from_text(&text(&[
        (0, "SAMPLE, MADE UP"),
        (120, "1"),
        (122, "XXX510000000001"),
        (152, "XXX"),
        (158, "样本"),
        (188, "20180101"),
        (204, "20280101"),
        (220, "19700101"),
        (236, "01"),
        (240, "1500"),
        (248, "I"),
    ]))
    .unwrap();
    assert_eq!(card.kind(), CardKind::Foreigner2017);
    assert_eq!((card.name(), card.latin_name()), ("样本", Some("SAMPLE, MADE UP")));
    assert_eq!((card.number().as_str(), card.nationality()), ("XXX510000000001", Some("XXX")));
    assert_eq!((card.issuer(), card.address()), ("1500", None));
    assert_eq!(card.birth().to_string(), "1970-01-01");
}

#[test]
fn a_foreigner_with_a_card_of_2023_and_a_name_in_two_parts() {
    let first = "SAMPLE VON UND ZU MADEUP, MAXIMILI";
    let number = with_check_character("95199919700101001").unwrap();
    let card = Card::from_text(&text(&[
        (30, "1"),
        (32, "01"),
        (36, "19700101"),
        (52, &format!("{first} ")),
        (122, &number),
        (188, "20240101"),
        (204, "20340101"),
        (220, "ANUS TEST"),
        (242, "XXX"),
        (248, "Y"),
    ]))
    .unwrap();
    assert_eq!(card.kind(), CardKind::Foreigner2023);
    assert_eq!(card.latin_name(), Some(format!("{first} ANUS TEST").as_str()));
    assert_eq!(card.name(), card.latin_name().unwrap(), "no Chinese name");
    assert_eq!((card.issue_count(), card.nationality()), (Some("01"), Some("XXX")));
}

#[test]
fn every_fault_of_a_card_is_named() {
    use crate::error::NumberError as N;
    let cases: [(&[(usize, &str)], CardError); 9] = [
        (&[(0, "  ")], CardError::Name),
        (&[(36, "19900230")], CardError::Birth),
        (&[(36, "        ")], CardError::Birth),
        (&[(188, "2020010 ")], CardError::Validity),
        (&[(204, "20190101")], CardError::Validity),
        (&[(122, "510823199003070013")], CardError::Number(N::CheckCharacter)),
        (&[(122, "51082319900307001 ")], CardError::Number(N::Length { found: 17 })),
        (&[(122, "910823199003070013")], CardError::Number(N::CheckCharacter)),
        (&[(248, "Z")], CardError::Kind { code: 0x5A }),
    ];
    for (changes, error) in cases {
        assert_eq!(with(changes).unwrap_err(), error, "{changes:?}");
    }
    let foreign_number = with(&[(122, "XXX510000000001   ")]).unwrap_err();
    assert_eq!(foreign_number, CardError::Number(N::OtherKind));
}

#[test]
fn characters_that_cannot_be_shown_are_told_and_the_card_reads() {
    let mut bytes = zhang_san_text();
    bytes[2..4].copy_from_slice(&0xD840_u16.to_le_bytes());
    let card = Card::from_text(&bytes).unwrap();
    assert_eq!(card.name(), "张\u{FFFD}");
    assert!(card.legibility().replaced && !card.legibility().private_use);
}

#[test]
fn nothing_of_a_person_is_printed() {
    let printed = format!("{:?}", Card::from_text(&zhang_san_text()).unwrap());
    assert_eq!(printed, r#"Card { kind: Citizen, holder: "***", .. }"#);
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused(bytes in proptest::array::uniform32(proptest::array::uniform8(0_u8..))) {
        let mut text = [0; TEXT];
        text.copy_from_slice(bytes.as_flattened());
        let _either = Card::from_text(&text);
        for kind in [b' ', b'J', b'I', b'Y'] {
            text[248..250].copy_from_slice(&[kind, 0]);
            let _either = Card::from_text(&text);
        }
    }
}
