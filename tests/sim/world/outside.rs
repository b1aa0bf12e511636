//! What comes from outside: mishaps, hands, and in the evening somebody who repairs everything.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kiosk::engine::Input;
use kiosk_escpos::Paper;
use kiosk_escpos::simulator::Knob;
use kiosk_id_reader::simulator::Fault;

use super::World;
use crate::mishaps::Mishap;
use crate::platform::Line;
use crate::promises::Broken;
use crate::residents::Hand;

impl World {
    pub(super) fn strike(&mut self, mishap: &Mishap) -> Result<(), Broken> {
        let now = self.times.now;
        self.note("mishap", &format!("{mishap:?}"));
        match mishap {
            Mishap::Printer(knob) => {
                self.promises.disturb(now);
                self.printer.turn(*knob, now);
                self.look()?;
            }
            Mishap::ReaderBreaks(kind, times) => {
                self.reader.reader.break_with(Fault::always(kind.clone()).times(*times))
            }
            Mishap::ReaderMends => self.reader.reader.mend(),
            Mishap::ReaderPlug(plugged) => self.reader.plug(*plugged),
            Mishap::Line(line) => self.platform.line = *line,
            Mishap::Kill => self.kill()?,
            Mishap::TornCommit => self.tear = true,
            Mishap::Stop => {
                if let Some(terminal) = &mut self.terminal {
                    terminal.stopping = true;
                    terminal.post(Input::Tick, now);
                }
            }
            Mishap::StoreFails(write) => self.fail_store(*write)?,
            Mishap::StoreMends => self.mend_store()?,
            Mishap::PowerCut => {
                self.kill()?;
                self.printer.turn(Knob::Power(false), now);
                self.printer.turn(Knob::Power(true), now);
                self.reader.reader.restart();
            }
            Mishap::ClockDies => self.times.set_wall(Timestamp::UNIX_EPOCH + SignedDuration::from_secs(12)),
            Mishap::ClockSet(by) => self.times.set_wall(self.times.wall() + *by),
            Mishap::ClockRight => self.times.set_wall(self.times.truth()),
        }
        Ok(())
    }

    pub(super) fn people(&mut self) -> Result<(), Broken> {
        let now = self.times.now;
        if self.residents.due().is_none_or(|at| at > now) {
            return Ok(());
        }
        let scene = self.terminal.as_ref().and_then(|terminal| terminal.scene.as_ref());
        for hand in self.residents.act(scene, now) {
            self.hand(hand)?;
        }
        Ok(())
    }

    /// A hand does something.
    pub fn hand(&mut self, hand: Hand) -> Result<(), Broken> {
        let now = self.times.now;
        let what = match &hand {
            Hand::Lay(_) => "lays a card".to_owned(),
            // Which key is nobody's business.
            Hand::Touch(kiosk::visit::Act::Key(_)) => "touches a key".to_owned(),
            other => format!("{other:?}"),
        };
        self.note("resident", &what);
        let input = match hand {
            Hand::Touch(act) => Input::Act(act),
            Hand::Anywhere => Input::Touched,
            Hand::Manner(act) => Input::Manner(act),
            Hand::Lay(card) => {
                self.reader.reader.put(*card);
                return Ok(());
            }
            Hand::Lift => {
                self.reader.reader.lift();
                return Ok(());
            }
            Hand::TakePaper => {
                self.printer.turn(Knob::Take, now);
                return self.look();
            }
            Hand::Leave => return Ok(()),
        };
        let at = now + self.dice.ms(0, 4);
        if let Some(terminal) = &mut self.terminal {
            terminal.post(input, at);
        }
        Ok(())
    }

    /// Everything is repaired, and nobody breaks anything any more.
    pub fn heal(&mut self) -> Result<(), Broken> {
        self.mishaps.end();
        self.tear = false;
        self.mend_store()?;
        self.note("evening", "everything is repaired");
        self.platform.line = Line::Good;
        self.times.set_wall(self.times.truth());
        self.reader.reader.mend();
        self.reader.reader.lift();
        for plugged in [false, true] {
            self.reader.plug(plugged);
        }
        for knob in [
            Knob::Plugged(true),
            Knob::Power(true),
            Knob::CutterStuck(false),
            Knob::CoverOpen(true),
            Knob::CoverOpen(false),
            Knob::Silent(false),
            Knob::SilentWhileMoving(false),
            Knob::MouthStuck(false),
            Knob::Take,
            Knob::Babble(false),
            Knob::Slow(Duration::ZERO),
            Knob::Paper(Paper::Ok),
            Knob::TakeAfter(Some(Duration::from_secs(2))),
        ] {
            self.printer.turn(knob, self.times.now);
            let until = self.times.now + Duration::from_millis(900);
            self.run_until(until)?;
        }
        let until = self.times.now + Duration::from_secs(200);
        self.run_until(until)
    }
}
