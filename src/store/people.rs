//! Person rows: who took a ticket, sealed; found again by a keyed hash of the identity number.

use rusqlite::OptionalExtension;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::keys::{Derived, keyed_hash};
use super::{StoreError, Writing, seal};
use crate::domain::id_number::IdNumber;
use crate::domain::ids::BusinessDay;
use crate::domain::resident::{PersonName, Resident};

/// A person's row in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PersonRow(pub(super) i64);

/// What is sealed; short names, since every ticket carries one.
#[derive(Serialize, Deserialize)]
struct Sealed<'p> {
    i: &'p str,
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<&'p str>,
}

impl Writing<'_> {
    /// The row of that resident on that day, made where there is none.
    ///
    /// A name that was not known yet (typed number first, card later) goes into a second row, since events that
    /// name the first one may have gone out.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn person(
        &self,
        day: BusinessDay,
        resident: &Resident,
        nonce: &[u8; 12],
    ) -> Result<PersonRow, StoreError> {
        let day_text = day.to_string();
        let lookup = lookup(self.keys, &resident.id);
        let named = resident.name.is_some();
        let found = self.find_person(&day_text, &lookup)?;
        if let Some(row) = found
            && (!named || self.name_is_known(row)?)
        {
            return Ok(row);
        }
        let sealed = seal_resident(self.keys, nonce, &day_text, resident)?;
        let (lookup, same_as) = match found {
            None => (Some(lookup), None),
            Some(row) => (None, Some(row.0)),
        };
        self.transaction
            .prepare_cached(
                "INSERT INTO person (day, lookup, sealed, named, same_as) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((day_text, lookup, sealed, named, same_as))?;
        Ok(found.unwrap_or_else(|| PersonRow(self.transaction.last_insert_rowid())))
    }

    /// Who that row is about; `None` once they are erased.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where the row does not open.
    pub fn resident(&self, person: PersonRow) -> Result<Option<Resident>, StoreError> {
        let row: (String, Option<Vec<u8>>) = self
            .transaction
            .prepare_cached("SELECT day, sealed FROM person WHERE id = ?1")?
            .query_row([self.fullest(person)?.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        row.1.map(|sealed| open_resident(self.keys, &row.0, &sealed)).transpose()
    }

    /// The row whose fields an event of now carries: the one with the name, where there is one.
    pub(super) fn fullest(&self, person: PersonRow) -> Result<PersonRow, StoreError> {
        Ok(self
            .transaction
            .prepare_cached("SELECT MAX(id) FROM person WHERE id = ?1 OR same_as = ?1")?
            .query_row([person.0], |row| row.get(0).map(PersonRow))?)
    }

    fn name_is_known(&self, person: PersonRow) -> Result<bool, StoreError> {
        Ok(self
            .transaction
            .prepare_cached("SELECT MAX(named) FROM person WHERE id = ?1 OR same_as = ?1")?
            .query_row([person.0], |row| row.get(0))?)
    }

    fn find_person(&self, day: &str, lookup: &[u8; 32]) -> Result<Option<PersonRow>, StoreError> {
        Ok(self
            .transaction
            .prepare_cached("SELECT id FROM person WHERE day = ?1 AND lookup = ?2")?
            .query_row((day, lookup), |row| row.get(0).map(PersonRow))
            .optional()?)
    }
}

/// Opens what [`Writing::person`] sealed.
pub(super) fn open_resident(keys: &Derived, day: &str, sealed: &[u8]) -> Result<Resident, StoreError> {
    let plain = seal::open(keys, day, sealed)?;
    let damaged = || StoreError::Damaged("a sealed person row holds something else".into());
    let fields: Sealed<'_> = serde_json::from_slice(&plain).map_err(|_| damaged())?;
    let id = IdNumber::parse(fields.i).map_err(|_| damaged())?;
    Ok(Resident { name: fields.n.map(PersonName::new), ..Resident::typed(id) })
}

fn seal_resident(
    keys: &Derived,
    nonce: &[u8; 12],
    day: &str,
    resident: &Resident,
) -> Result<Vec<u8>, StoreError> {
    let fields = Sealed { i: resident.id.reveal(), n: resident.name.as_ref().map(PersonName::reveal) };
    let plain = serde_json::to_vec(&fields)
        .map(Zeroizing::new)
        .map_err(|error| StoreError::Damaged(error.to_string()))?;
    seal::seal(keys, nonce, day, &plain)
}

fn lookup(keys: &Derived, id: &IdNumber) -> [u8; 32] {
    keyed_hash(&keys.lookup, &[id.reveal().as_bytes()])
}
