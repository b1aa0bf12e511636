//! Windows (窗口) of the hall and the classes that they serve.

use super::class::ClassLetter;

/// A window as the site configures it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its number at the wall, 1…999, unique in the site.
    pub number: u16,
    /// What residents read: 综合窗口.
    pub name: String,
    /// What it serves.
    pub serves: Serves,
}

/// The classes of a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Serves {
    /// All of the site's classes (综合窗口), `["*"]` in the configuration.
    All,
    /// Just these.
    Only(Vec<ClassLetter>),
}

impl Window {
    /// Whether a ticket of `class` may be called here.
    #[must_use]
    pub fn serves(&self, class: ClassLetter) -> bool {
        match &self.serves {
            Serves::All => true,
            Serves::Only(classes) => classes.contains(&class),
        }
    }
}
