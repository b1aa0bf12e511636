//! The audit (操作记录): what staff did at the terminal, when, and about what. Appended, never changed, no personal data.

use jiff::Timestamp;
use rusqlite::OptionalExtension;

use super::{StoreError, Writing};

/// What staff did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditAct {
    /// The service menu was opened.
    Opened,
    /// A wrong PIN.
    WrongPin,
    /// Another PIN was set.
    PinSet,
    /// A ticket that was kept aside holds again.
    Reinstated,
    /// A ticket that was kept aside is void.
    Voided,
    /// A ticket was printed once more.
    Reprinted,
    /// A test slip was ordered.
    TestPrint,
    /// It came out whole.
    TestPrinted,
    /// Somebody said what time it is; the line's instant is the one told.
    Clock,
    /// Dead letters are sent again.
    SentAgain,
}

impl AuditAct {
    /// The word in the store.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::WrongPin => "wrong_pin",
            Self::PinSet => "pin_set",
            Self::Reinstated => "reinstated",
            Self::Voided => "voided",
            Self::Reprinted => "reprinted",
            Self::TestPrint => "test_print",
            Self::TestPrinted => "test_printed",
            Self::Clock => "clock",
            Self::SentAgain => "sent_again",
        }
    }
}

/// One line of the audit.
#[derive(Clone, Copy, Debug)]
pub struct AuditLine<'a> {
    /// When.
    pub at: Timestamp,
    /// Who: a role or a staff number.
    pub who: &'a str,
    /// What.
    pub act: AuditAct,
    /// About what: a ticket's subject, a device's key, an event.
    pub about: Option<&'a str>,
}

/// The last time that somebody told, and after which line of the trail.
pub(super) struct ClockWord {
    pub(super) at: Timestamp,
    pub(super) after: i64,
}

impl Writing<'_> {
    /// Appends a line.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn audit(&self, line: AuditLine<'_>) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached(
                "INSERT INTO audit (at, who, act, about, trail)
                 SELECT ?1, ?2, ?3, ?4, COALESCE(MAX(id), 0) FROM trail",
            )?
            .execute((line.at.as_millisecond(), line.who, line.act.code(), line.about))?;
        if line.act == AuditAct::Clock {
            self.latest.set(Some(line.at));
        }
        Ok(())
    }

    /// The last time that somebody told.
    pub(super) fn clock_word(&self) -> Result<Option<ClockWord>, StoreError> {
        let found: Option<(i64, i64)> = self
            .transaction
            .query_row(
                "SELECT at, trail FROM audit WHERE act = 'clock' ORDER BY id DESC LIMIT 1",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        found
            .map(|(at, after)| {
                let at = Timestamp::from_millisecond(at)
                    .map_err(|_| StoreError::Damaged("audit.at holds no instant".to_owned()))?;
                Ok(ClockWord { at, after })
            })
            .transpose()
    }
}
