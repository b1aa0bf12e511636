//! What is on a card: 256 bytes of UTF-16LE text → a [`Card`].
//!
//! The fields lie at fixed places that depend on the kind of card, which a character at byte 248 names. A card never holds a photo, has no `Display`, prints masked, and wipes
//! its text when it is dropped.
//!
//! | kind | type character | fields in order (bytes) |
//! |---|---|---|
//! | citizen | blank | name 30, sex 2, nation 4, birth 16, address 70, number 36, issuer 30, valid from 16, valid to 16, reserved 36 |
//! | residence permit of Hong Kong, Macao and Taiwan residents | `J` | the same to valid to (nation unused), pass number 18, issue count 4, unused 6, type 2, unused 6 |
//! | foreigner's permanent residence card of 2017 | `I` | Latin name 120, sex 2, number 30, nationality 6, Chinese name 30, valid from 16, valid to 16, birth 16, version 4, agency 8, type 2, unused 6 |
//! | the same of 2023 | `Y` | Chinese name 30, sex 2, renewals 4, birth 16, Latin name 70, number 36, unused 30, valid from 16, valid to 16, Latin name continued 22, nationality 6, type 2, link to the old number 6 |
//!
//! The first is public in many programs; the others as the makers of readers publish them.

mod characters;
mod date;
pub(crate) mod layout;
mod nation;
mod number;
#[cfg(test)]
pub(crate) mod tests;
mod validity;

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

pub use characters::Legibility;
pub use date::CardDate;
pub use layout::CardKind;
pub use nation::Nation;
pub use number::{CardNumber, with_check_character};
pub use validity::{Until, Validity, ValidityState};

use crate::error::CardError;
use layout::{Field, Layout};

/// Length of the text in bytes.
pub const TEXT: usize = 256;

/// What the card says of its holder's sex (GB/T 2261.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    /// `1`
    Male,
    /// `2`
    Female,
    /// Anything else.
    Unspecified,
}

/// A card, read and checked: number, birth date and period of validity are real ones.
///
/// Whether it is still valid is for the one who knows the date: [`Validity::on`].
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Card {
    #[zeroize(skip)]
    kind: CardKind,
    name: String,
    latin_name: Option<String>,
    #[zeroize(skip)]
    sex: Sex,
    #[zeroize(skip)]
    nation: Option<Nation>,
    nationality: Option<String>,
    birth: CardDate,
    address: Option<String>,
    number: CardNumber,
    issuer: String,
    #[zeroize(skip)]
    validity: Validity,
    pass_number: Option<String>,
    issue_count: Option<String>,
    #[zeroize(skip)]
    legibility: Legibility,
}

impl Card {
    /// Reads the text of a card.
    ///
    /// # Errors
    /// Where the type of card is not known, or it has no name, or number, birth date or period of validity are
    /// no real ones. A people or a sex that no table has is no error, nor is a region code that today's list
    /// lacks: old ones stay valid.
    pub fn from_text(text: &[u8; TEXT]) -> Result<Self, CardError> {
        let kind = CardKind::of(text)?;
        let layout = kind.layout();
        let mut reader = Reader { text, legibility: Legibility::default() };
        let latin_name = reader.latin_name(layout);
        let mut name = reader.field(layout.name);
        if name.is_empty() {
            // Foreigners need not have a Chinese name.
            name = latin_name.clone().unwrap_or_default();
        }
        if name.is_empty() {
            return Err(CardError::Name);
        }
        let mut number = reader.field(layout.number);
        let checked = CardNumber::of_kind(kind, &number);
        number.zeroize();
        let birth = CardDate::parse(&reader.field(layout.birth)).ok_or(CardError::Birth)?;
        let validity = Validity::parse(&reader.field(layout.valid_from), &reader.field(layout.valid_to));
        Ok(Self {
            kind,
            name,
            latin_name,
            sex: match reader.field(layout.sex).as_str() {
                "1" => Sex::Male,
                "2" => Sex::Female,
                _ => Sex::Unspecified,
            },
            nation: layout.nation.and_then(|at| Nation::from_code(&reader.field(at))),
            nationality: reader.optional(layout.nationality),
            birth,
            address: reader.optional(layout.address),
            number: checked?,
            issuer: reader.optional(layout.issuer).unwrap_or_default(),
            validity: validity.ok_or(CardError::Validity)?,
            pass_number: reader.optional(layout.pass_number),
            issue_count: reader.optional(layout.issue_count),
            legibility: reader.legibility,
        })
    }

    /// The kind of card.
    #[must_use]
    pub fn kind(&self) -> CardKind {
        self.kind
    }

    /// The holder's name, in Chinese where the card has one.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The holder's name in Latin letters, on foreigners' cards.
    #[must_use]
    pub fn latin_name(&self) -> Option<&str> {
        self.latin_name.as_deref()
    }

    /// The holder's sex.
    #[must_use]
    pub fn sex(&self) -> Sex {
        self.sex
    }

    /// The holder's people, on citizens' cards.
    #[must_use]
    pub fn nation(&self) -> Option<Nation> {
        self.nation
    }

    /// The holder's nationality in three letters (ISO 3166), on foreigners' cards.
    #[must_use]
    pub fn nationality(&self) -> Option<&str> {
        self.nationality.as_deref()
    }

    /// The holder's birth date.
    #[must_use]
    pub fn birth(&self) -> CardDate {
        self.birth
    }

    /// The holder's address; foreigners' cards have none.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        self.address.as_deref()
    }

    /// The number of the card's holder.
    #[must_use]
    pub fn number(&self) -> &CardNumber {
        &self.number
    }

    /// Who issued the card; a code of four characters on cards of 2017 for foreigners, nothing on those of 2023.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// From when to when the card is valid.
    #[must_use]
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// The number of the travel permit, on residence permits.
    #[must_use]
    pub fn pass_number(&self) -> Option<&str> {
        self.pass_number.as_deref()
    }

    /// How often the permit was issued, or the card of 2023 renewed.
    #[must_use]
    pub fn issue_count(&self) -> Option<&str> {
        self.issue_count.as_deref()
    }

    /// Whether every character came as one that can be shown.
    #[must_use]
    pub fn legibility(&self) -> Legibility {
        self.legibility
    }
}

impl fmt::Debug for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Card").field("kind", &self.kind).field("holder", &"***").finish_non_exhaustive()
    }
}

/// Takes fields out of the text, and remembers what it met on the way.
struct Reader<'a> {
    text: &'a [u8; TEXT],
    legibility: Legibility,
}

impl Reader<'_> {
    fn field(&mut self, at: Field) -> String {
        characters::decode(at.of(self.text), &mut self.legibility)
    }

    /// Nothing where the kind of card has no such field, or it is blank.
    fn optional(&mut self, at: Option<Field>) -> Option<String> {
        at.map(|at| self.field(at)).filter(|text| !text.is_empty())
    }

    fn latin_name(&mut self, layout: &Layout) -> Option<String> {
        // The second part continues where the first is full, and a blank at its end counts.
        let parts = [layout.latin_name?, layout.latin_name_continued.unwrap_or(Field::NONE)];
        let mut bytes: Vec<u8> = parts.iter().flat_map(|part| part.of(self.text)).copied().collect();
        let name = characters::decode(&bytes, &mut self.legibility);
        bytes.zeroize();
        Some(name).filter(|name| !name.is_empty())
    }
}
