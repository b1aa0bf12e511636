//! What the simulated printer says of itself, asked in real time or by itself.

use std::time::Duration;

use super::parse::{self, Heard, Next};
use super::{Lie, SimulatedPrinter};
use crate::command;
use crate::profile::{Ask, Discard};
use crate::status::Paper;

impl SimulatedPrinter {
    /// Executes a real-time command whose last byte has just come.
    pub(super) fn real_time(&mut self, now: Duration) {
        let recent: Vec<u8> = self.recent.iter().copied().collect();
        let early = self.early || self.lie == Some(Lie::Printed);
        if early && recent.ends_with(&command::QUEUED_PAPER) {
            self.answer(vec![0], now);
        }
        if self.lie == Some(Lie::Printed)
            && let [0x1D, 0x28, 0x48, 6, 0, 0x30, 0x30, a, b, c, d] = *recent
        {
            self.answer(vec![0x37, 0x22, a, b, c, d, 0], now);
        }
        if let [.., 0x10, 0x04, n] = *recent {
            let ask = self.profile.status.ask.iter().find(|ask| ask.number() == n).copied();
            self.drop_question();
            match ask {
                Some(ask) => self.tell(ask, now),
                None => self.machine.faults.push(format!("DLE EOT {n} is not in the profile")),
            }
        } else if recent.ends_with(&command::CLEAR_BUFFERS) {
            if self.profile.discard == Discard::ClearBuffers {
                self.queue.clear();
                self.machine.forget_line();
                self.busy_until = self.busy_until.min(now);
                self.machine.cutter_failed = self.cutter_stuck;
                self.answer(vec![0x37, 0x25, 0x00], now);
            } else {
                self.machine.faults.push("DLE DC4 8 is not in the profile".to_owned());
            }
        }
    }

    /// A real-time question takes no room in the buffer, unless it stands within another command's data.
    fn drop_question(&mut self) {
        let mut rest = self.queue.clone();
        let mut chinese = self.machine.is_chinese();
        while rest.len() > 3 {
            let Next::Heard(heard, length) = parse::next(&rest, chinese) else { return };
            match heard {
                Heard::Chinese(on) => chinese = on,
                Heard::Initialize => chinese = !self.profile.text.chinese_mode,
                _ => {}
            }
            rest.drain(..length);
        }
        if rest.front() == Some(&0x10) && rest.len() == 3 {
            self.queue.truncate(self.queue.len() - 3);
        }
    }

    fn tell(&mut self, ask: Ask, now: Duration) {
        let moving = self.busy_until > now;
        if moving && self.silent_moving {
            return;
        }
        let Told { out, low, cover, jam, cutter, stopped } = self.told_state();
        let flags =
            |bits: &[(bool, u8)]| bits.iter().filter(|(on, _)| *on).fold(0, |byte, (_, bit)| byte | bit);
        let bytes = match ask {
            Ask::Printer => vec![0x12 | flags(&[(stopped, 0x08)])],
            Ask::Offline => {
                vec![0x12 | flags(&[(cover, 0x04), (out, 0x20), (jam || cutter, 0x40)])]
            }
            Ask::Error => vec![0x12 | flags(&[(cutter, 0x08), (jam, 0x04)])],
            Ask::Paper => vec![0x12 | flags(&[(low, 0x0C), (out, 0x60)])],
            Ask::Full => vec![
                0x10,
                0x0F,
                flags(&[(out, 0x01), (low, 0x04), (self.shown_at.is_some_and(|at| at <= now), 0x20)]),
                flags(&[(cover, 0x03), (moving, 0x08)]),
                flags(&[(jam, 0x40)]),
                flags(&[(cutter, 0x01)]),
            ],
        };
        self.answer(bytes, now);
    }

    /// Automatic status, where it is switched on and has changed.
    pub(super) fn tell_changes(&mut self, now: Duration) {
        if !self.machine.automatic || !self.power {
            return;
        }
        let bit = |on: bool, bit: u8| if on { bit } else { 0 };
        let Told { out, low, cover, jam, cutter, stopped } = self.told_state();
        let status = [
            0x10 | bit(stopped, 0x08) | bit(cover, 0x20),
            bit(cutter, 0x08) | bit(jam, 0x04),
            bit(low, 0x03) | bit(out, 0x0C),
            0,
        ];
        if self.told != Some(status) {
            self.told = Some(status);
            self.answer(status.to_vec(), now);
        }
    }

    fn told_state(&self) -> Told {
        match self.lie {
            Some(Lie::Fine | Lie::Printed) => Told::default(),
            Some(Lie::Empty) => Told { out: true, low: true, stopped: true, ..Told::default() },
            Some(Lie::Other) | None => Told {
                out: self.paper == Paper::Out,
                low: self.paper != Paper::Ok,
                cover: self.cover_open,
                jam: self.jam,
                cutter: self.machine.cutter_failed,
                stopped: self.stopped(),
            },
        }
    }
}

/// What it says of itself.
#[derive(Default)]
struct Told {
    out: bool,
    low: bool,
    cover: bool,
    jam: bool,
    cutter: bool,
    stopped: bool,
}
