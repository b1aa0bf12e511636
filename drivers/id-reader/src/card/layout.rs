//! Where the fields lie in the text of each kind of card. A table a kind, and nothing else.

use super::TEXT;
use crate::error::CardError;

/// The kinds of card that a reader reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CardKind {
    /// Resident identity card of a citizen (居民身份证).
    Citizen,
    /// Residence permit of a resident of Hong Kong, Macao or Taiwan (港澳台居民居住证).
    ResidencePermit,
    /// Permanent residence card of a foreigner, edition of 2017 (外国人永久居留身份证).
    Foreigner2017,
    /// The same, edition of 2023.
    Foreigner2023,
}

/// A field's place in the text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) at: usize,
    pub(crate) length: usize,
}

/// Fields of one kind of card; `None` where it has none of that sort.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) name: Field,
    pub(crate) latin_name: Option<Field>,
    pub(crate) latin_name_continued: Option<Field>,
    pub(crate) sex: Field,
    pub(crate) nation: Option<Field>,
    pub(crate) nationality: Option<Field>,
    pub(crate) birth: Field,
    pub(crate) address: Option<Field>,
    pub(crate) number: Field,
    pub(crate) issuer: Option<Field>,
    pub(crate) valid_from: Field,
    pub(crate) valid_to: Field,
    pub(crate) pass_number: Option<Field>,
    pub(crate) issue_count: Option<Field>,
}

/// The type character, in every kind of card.
pub(crate) const KIND: Field = Field { at: 248, length: 2 };

const CITIZEN: Layout = Layout {
    name: Field { at: 0, length: 30 },
    latin_name: None,
    latin_name_continued: None,
    sex: Field { at: 30, length: 2 },
    nation: Some(Field { at: 32, length: 4 }),
    nationality: None,
    birth: Field { at: 36, length: 16 },
    address: Some(Field { at: 52, length: 70 }),
    number: Field { at: 122, length: 36 },
    issuer: Some(Field { at: 158, length: 30 }),
    valid_from: Field { at: 188, length: 16 },
    valid_to: Field { at: 204, length: 16 },
    pass_number: None,
    issue_count: None,
};

const RESIDENCE_PERMIT: Layout = Layout {
    nation: None,
    pass_number: Some(Field { at: 220, length: 18 }),
    issue_count: Some(Field { at: 238, length: 4 }),
    ..CITIZEN
};

const FOREIGNER_2017: Layout = Layout {
    name: Field { at: 158, length: 30 },
    latin_name: Some(Field { at: 0, length: 120 }),
    latin_name_continued: None,
    sex: Field { at: 120, length: 2 },
    nation: None,
    nationality: Some(Field { at: 152, length: 6 }),
    birth: Field { at: 220, length: 16 },
    address: None,
    number: Field { at: 122, length: 30 },
    issuer: Some(Field { at: 240, length: 8 }),
    valid_from: Field { at: 188, length: 16 },
    valid_to: Field { at: 204, length: 16 },
    pass_number: None,
    issue_count: None,
};

const FOREIGNER_2023: Layout = Layout {
    name: Field { at: 0, length: 30 },
    latin_name: Some(Field { at: 52, length: 70 }),
    latin_name_continued: Some(Field { at: 220, length: 22 }),
    sex: Field { at: 30, length: 2 },
    nation: None,
    nationality: Some(Field { at: 242, length: 6 }),
    birth: Field { at: 36, length: 16 },
    address: None,
    number: Field { at: 122, length: 36 },
    issuer: None,
    valid_from: Field { at: 188, length: 16 },
    valid_to: Field { at: 204, length: 16 },
    pass_number: None,
    issue_count: Some(Field { at: 32, length: 4 }),
};

impl CardKind {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::Citizen, Self::ResidencePermit, Self::Foreigner2017, Self::Foreigner2023];

    /// What stands at byte 248.
    pub(crate) const fn type_character(self) -> u16 {
        match self {
            Self::Citizen => b' ' as u16,
            Self::ResidencePermit => b'J' as u16,
            Self::Foreigner2017 => b'I' as u16,
            Self::Foreigner2023 => b'Y' as u16,
        }
    }

    pub(crate) fn of(text: &[u8; TEXT]) -> Result<Self, CardError> {
        let code = match KIND.of(text) {
            &[low, high] => u16::from_le_bytes([low, high]),
            _ => 0,
        };
        // Citizens' cards have nothing there, which some readers pad with zeros.
        let code = if code == 0 { Self::Citizen.type_character() } else { code };
        let kind = Self::ALL.into_iter().find(|kind| kind.type_character() == code);
        kind.ok_or(CardError::Kind { code })
    }

    pub(crate) const fn layout(self) -> &'static Layout {
        match self {
            Self::Citizen => &CITIZEN,
            Self::ResidencePermit => &RESIDENCE_PERMIT,
            Self::Foreigner2017 => &FOREIGNER_2017,
            Self::Foreigner2023 => &FOREIGNER_2023,
        }
    }
}

impl Field {
    pub(crate) const NONE: Self = Self { at: 0, length: 0 };

    pub(crate) fn of(self, text: &[u8; TEXT]) -> &[u8] {
        text.get(self.at..self.at + self.length).unwrap_or_default()
    }

    pub(crate) fn of_mut(self, text: &mut [u8; TEXT]) -> &mut [u8] {
        text.get_mut(self.at..self.at + self.length).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_lie_within_the_text_and_apart() {
        for kind in CardKind::ALL {
            let l = kind.layout();
            let mut fields = vec![l.name, l.sex, l.birth, l.number, l.valid_from, l.valid_to, KIND];
            let optional = [
                l.latin_name,
                l.latin_name_continued,
                l.nation,
                l.nationality,
                l.address,
                l.issuer,
                l.pass_number,
                l.issue_count,
            ];
            fields.extend(optional.into_iter().flatten());
            fields.sort_by_key(|field| field.at);
            for pair in fields.windows(2) {
                assert!(pair[0].at + pair[0].length <= pair[1].at, "{kind:?}: {pair:?}");
            }
            assert!(fields.iter().all(|field| field.at + field.length <= TEXT && field.length % 2 == 0));
        }
    }
}
