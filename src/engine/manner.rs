//! Language and modes of one visit, and whether there is a visit to end.

use super::idle::Patience;
use super::scene::Manner;
use super::touch::Wish;
use super::{Engine, MannerAct, Out, Sound};
use crate::domain::time::Now;

impl Manner {
    /// The terminal's own: how each visit begins.
    pub(super) fn own(languages: &[String]) -> Self {
        Self { language: languages.first().cloned().unwrap_or_default(), elder: false, contrast: false }
    }
}

impl Engine {
    /// One touch on a switch.
    pub(super) fn change_manner(&mut self, act: MannerAct, now: Now, out: &mut Vec<Out>) {
        self.idle.touched(now.mono);
        if self.is_second_touch(Wish::Manner(act), now) {
            return;
        }
        match act {
            MannerAct::Language => {
                let languages = &self.settings.languages;
                let here =
                    languages.iter().position(|language| *language == self.manner.language).unwrap_or(0);
                if let Some(next) = languages.iter().cycle().nth(here + 1) {
                    self.manner.language.clone_from(next);
                }
            }
            MannerAct::Elder => {
                self.manner.elder = !self.manner.elder;
                self.more = false;
            }
            MannerAct::Contrast => self.manner.contrast = !self.manner.contrast,
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
