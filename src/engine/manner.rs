//! Language and modes of one visit, and whether there is a visit to end.

use super::idle::Patience;
use super::scene::Manner;
use super::touch::Wish;
use super::{Engine, MannerAct, Out, Sound};
use crate::domain::time::Now;

impl Manner {
    /// The terminal's own: how each visit begins.
    pub fn own(languages: &[String]) -> Self {
        Self { language: languages.first().cloned().unwrap_or_default(), elder: false, contrast: false }
    }

    /// One touch on a switch.
    pub fn change(&mut self, act: MannerAct, languages: &[String]) {
        match act {
            MannerAct::Language => {
                let here = languages.iter().position(|language| *language == self.language).unwrap_or(0);
                if let Some(next) = languages.iter().cycle().nth(here + 1) {
                    self.language.clone_from(next);
                }
            }
            MannerAct::Elder => self.elder = !self.elder,
            MannerAct::Contrast => self.contrast = !self.contrast,
        }
    }
}

impl Engine {
    /// One touch on a switch.
    pub(super) fn change_manner(&mut self, act: MannerAct, now: Now, out: &mut Vec<Out>) {
        self.idle.touched(now.mono);
        if self.is_second_touch(Wish::Manner(act), now) {
            return;
        }
        self.manner.change(act, &self.settings.languages);
        if act == MannerAct::Elder {
            self.more = false;
        }
        out.push(Out::Sound(Sound::Click));
    }

    /// How long the terminal waits for a sign of somebody.
    pub(super) fn patience(&self) -> Patience {
        if self.manner.elder { Patience::ELDER } else { Patience::USUAL }
    }

    /// Whether there is anything to wipe once nobody is there.
    pub(super) fn somebody(&self) -> bool {
        let waits = self.visit.as_ref().is_some_and(|visit| !visit.may_idle()) || self.service.is_busy();
        let changed = self.manner != Manner::own(&self.settings.languages);
        !waits && (self.visit.is_some() || self.service.is_open() || self.help || self.more || changed)
    }
}
