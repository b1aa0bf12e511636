//! Reasons for which a resident is called earlier (优先).

/// One reason; a resident may have several, the largest credit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// 65 years or older, seen from the card (老年人).
    Elder,
    /// Soldier, veteran, or family of one (军人、退役军人、军属).
    Soldier,
    /// Disabled person (残疾人).
    Disabled,
    /// Pregnant, or with an infant (孕妇或带婴儿).
    Pregnant,
}

impl Priority {
    /// All reasons, in the order in which pages show them.
    pub const ALL: [Self; 4] = [Self::Elder, Self::Soldier, Self::Disabled, Self::Pregnant];

    /// The word in configuration, store and events.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Elder => "elder",
            Self::Soldier => "soldier",
            Self::Disabled => "disabled",
            Self::Pregnant => "pregnant",
        }
    }

    /// The reason of that word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| priority.code() == code)
    }

    /// Age in years from which a resident counts as [`Priority::Elder`].
    pub const ELDER_AGE: i16 = 65;
}
