//! The program's side of a turn: news of devices and platform in, the engine's wishes out.

use std::time::Duration;

use kiosk::domain::device::Printer;
use kiosk::engine::{Input, Out, PlatformNews};
use kiosk::peripherals::{PrinterNews, ReaderNews};

use super::World;
use super::disk::Disk;
use crate::people::leak;
use crate::promises::Broken;

impl World {
    pub(super) fn devices(&mut self) {
        let now = self.times.now;
        let Some(terminal) = &mut self.terminal else {
            self.printer.unheard(now);
            self.reader.unheard(now);
            return;
        };
        match &mut terminal.dispenser {
            Some(driver) => {
                for news in driver.work(&mut self.printer, now) {
                    let at = now + self.dice.ms(0, 2);
                    terminal.post(Input::Printer(Printer::Dispenser, news), at);
                }
            }
            None => self.printer.unheard(now),
        }
        match &mut terminal.reader {
            Some(driver) => {
                for news in driver.work(&mut self.reader, now) {
                    let at = now + self.dice.ms(0, 2);
                    terminal.post(Input::Reader(news), at);
                }
            }
            None => self.reader.unheard(now),
        }
    }

    pub(super) fn uplink(&mut self) -> Result<(), Broken> {
        let Some(terminal) = &mut self.terminal else { return Ok(()) };
        let Some(uplink) = &mut terminal.uplink else { return Ok(()) };
        let told = uplink
            .work(&mut self.platform, &self.times)
            .map_err(|error| Broken::new("the outbox can't be read", &error.to_string()))?;
        for news in told.news {
            terminal.post(Input::Platform(news), self.times.now);
        }
        if told.verdicts.is_empty() {
            return Ok(());
        }
        self.note("platform", &format!("settles {}", told.verdicts.len()));
        let (sender, receiver) = std::sync::mpsc::channel();
        self.tell(Input::Settle(told.verdicts, sender))?;
        match receiver.try_recv() {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) if self.store_fails => {
                if let Some(uplink) = self.terminal.as_mut().and_then(|terminal| terminal.uplink.as_mut()) {
                    uplink.store_failed(self.times.now);
                }
                Ok(())
            }
            // It was killed in the midst of writing them.
            Err(_) if self.terminal.is_none() => Ok(()),
            Ok(Err(error)) => Err(Broken::new("verdicts are not kept", &error.to_string())),
            Err(_) => Err(Broken::new("the engine does not answer", "settle")),
        }
    }

    /// The engine's mail, its wishes, and time alone.
    pub(super) fn engine(&mut self) -> Result<(), Broken> {
        let now = self.times.now;
        while let Some(terminal) = &mut self.terminal {
            let Some((_, out)) = terminal.outs.pop_front_if(|(at, _)| *at <= now) else { break };
            self.carry_out(out)?;
        }
        while let Some(terminal) = &mut self.terminal {
            let Some((_, input)) = terminal.mail.pop_front_if(|(at, _)| *at <= now) else { break };
            self.tell(input)?;
        }
        match &self.terminal {
            Some(terminal) if terminal.tick_at <= now => self.tell(Input::Tick)?,
            _ => {}
        }
        match &self.terminal {
            Some(terminal) if terminal.stopping && !terminal.engine.is_printing() => self.stop(),
            _ => Ok(()),
        }
    }

    fn tell(&mut self, input: Input) -> Result<(), Broken> {
        let now = self.times.now;
        self.sign_of_somebody(&input)?;
        let Some(terminal) = &mut self.terminal else { return Ok(()) };
        terminal.time_told |= matches!(input, Input::Platform(PlatformNews::Time { .. }));
        let seen = self.times.seen(terminal.started);
        let before = self.tear.then(|| Disk::of(self.folder.path()));
        let outs = terminal.engine.handle(input, seen);
        let rest = terminal.engine.rest(seen).clamp(Duration::from_millis(1), Duration::from_secs(60));
        terminal.tick_at = now + rest;
        if let Some(before) = before
            && self.torn(&before)?
        {
            return Ok(());
        }
        for out in outs {
            if let Some(what) = leak(format!("{out:?}").as_bytes(), &self.residents.people) {
                return Err(Broken::new("a person stands whole in what the engine says", what));
            }
            let terminal = self.terminal.as_mut().unwrap();
            if let Out::Show(scene) = &out {
                self.promises.check_screen(scene, &self.times, terminal.time_told)?;
            }
            let at = terminal.outs.back().map_or(now, |(last, _)| (*last).max(now)) + self.dice.ms(0, 2);
            terminal.outs.push_back((at, out));
        }
        self.hear()?;
        self.look()?;
        self.all_wiped()
    }

    pub(super) fn carry_out(&mut self, out: Out) -> Result<(), Broken> {
        let now = self.times.now;
        match out {
            Out::Show(scene) => {
                let terminal = self.terminal.as_mut().unwrap();
                let page = scene.page.name();
                terminal.scene = Some(*scene);
                if page != self.page {
                    self.page = page;
                    self.note("screen", page);
                }
            }
            Out::Print(_, job, paper) => {
                self.note(
                    "engine",
                    &format!("prints {}{}", paper.number, if paper.reprint { " again" } else { "" }),
                );
                self.promises.check_order(&paper.qr, paper.reprint)?;
                let terminal = self.terminal.as_mut().unwrap();
                terminal.jobs.push(job.0);
                let Some(dispenser) = &mut terminal.dispenser else {
                    return Err(Broken::new("a ticket goes to a printer that is not there", &paper.number));
                };
                dispenser.print(job, &paper, &self.words, now);
                self.mishaps.at_print(now);
            }
            // No technician comes in these days.
            Out::TestPrint(..) | Out::CheckPin(..) | Out::Sound(_) => {}
            Out::Wake => {
                if let Some(uplink) = &mut self.terminal.as_mut().unwrap().uplink {
                    uplink.wake(now);
                }
            }
        }
        Ok(())
    }

    fn sign_of_somebody(&mut self, input: &Input) -> Result<(), Broken> {
        let what = match input {
            Input::Reader(ReaderNews::Card(_)) => "a card".to_owned(),
            Input::Reader(news) => format!("{news:?}"),
            Input::Printer(_, news) => format!("{news:?}"),
            Input::Platform(news) => format!("{news:?}"),
            _ => String::new(),
        };
        if let Input::Printer(_, PrinterNews::Done { job, .. }) = input {
            let jobs = &mut self.terminal.as_mut().unwrap().jobs;
            let Some(place) = jobs.iter().position(|ordered| *ordered == job.0) else {
                return Err(Broken::new("a job ended twice", &what));
            };
            jobs.remove(place);
        }
        match input {
            Input::Reader(ReaderNews::Health(_) | ReaderNews::Lifted) => self.note("reader", &what),
            Input::Reader(_) => {
                self.last_sign = self.times.now;
                self.note("reader", &what);
            }
            Input::Printer(_, news) => {
                if matches!(news, PrinterNews::Done { .. }) {
                    self.last_sign = self.times.now;
                }
                self.note("printer", &what);
            }
            Input::Platform(_) => self.note("platform", &what),
            Input::Touched | Input::Act(_) | Input::Manner(_) => self.last_sign = self.times.now,
            Input::Service(_) | Input::PinChecked(..) | Input::SetPin(..) => {}
            Input::Tick
            | Input::Repeat
            | Input::Speaker(_)
            | Input::Settle(..)
            | Input::SendAgain(..)
            | Input::Status(_) => {}
        }
        Ok(())
    }
}
