//! What a morning is played with: touches, waits, pictures, and the tally of what came of it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use super::album::Album;
use crate::cli::demo::people::Sample;
use crate::cli::demo::stage::Stage;
use crate::domain::device::Printer;
use crate::engine::clock::Clock;
use crate::engine::scene::Scene;
use crate::engine::status::Report;
use crate::engine::thread::Mailbox;
use crate::engine::{Input, MannerAct};
use crate::sandbox::faults::Faults;
use crate::screen::headless::Headless;
use crate::visit::Act;

/// The longest that anything in the demo may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// A resident looks at a page before touching it; shorter would be a second touch of the same wish.
const LOOK: Duration = Duration::from_millis(300);

/// What is said of a morning that was cut short by a signal.
const ENDED: &str = "ended before the morning was over";

/// What the morning came to.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Numbers that residents hold.
    pub(super) held: Vec<String>,
    /// Numbers that were lost with their paper.
    pub(super) lost: usize,
    /// Times that a number was printed once more.
    pub(super) reprints: usize,
    /// Identity numbers and names that were used, to look for in logs and files.
    pub(super) people: Vec<Sample>,
    /// Events that waited while the network was away.
    pub(super) waited: u64,
    /// The terminal's last word of itself.
    pub(super) report: Report,
}

/// The morning.
pub(super) struct Morning<'m> {
    pub(super) stage: &'m Stage,
    pub(super) mailbox: &'m Mailbox,
    screen: &'m Headless,
    scenes: Receiver<Box<Scene>>,
    pub(super) scene: Option<Box<Scene>>,
    album: Album,
    pub(super) chance: fastrand::Rng,
    pub(super) tally: Tally,
    ended: &'m AtomicBool,
}

pub(super) type Played = Result<(), String>;

impl<'m> Morning<'m> {
    pub(super) fn new(
        stage: &'m Stage,
        mailbox: &'m Mailbox,
        screen: &'m Headless,
        scenes: Receiver<Box<Scene>>,
        album: Album,
        seed: u64,
        ended: &'m AtomicBool,
    ) -> Self {
        let chance = fastrand::Rng::with_seed(seed);
        Self { stage, mailbox, screen, scenes, scene: None, album, chance, tally: Tally::default(), ended }
    }

    pub(super) fn end(self) -> (Album, Tally) {
        (self.album, self.tally)
    }

    /// Waits until the devices that residents need say that they are ready. A machine may well have no loudspeaker.
    pub(super) fn until_ready(&mut self) -> Played {
        self.until("every device ready", Report::devices_work)
    }

    /// Waits until the terminal says of itself what is waited for.
    pub(super) fn until(&mut self, what: &str, like: impl Fn(&Report) -> bool) -> Played {
        let clock = Clock::start();
        loop {
            let report = self.report()?;
            if like(&report) {
                return Ok(());
            }
            if self.ended.load(Ordering::Acquire) {
                return Err(ENDED.to_owned());
            }
            if clock.mono() > PATIENCE {
                return Err(format!("waited in vain for {what}: {report:?}"));
            }
            self.look();
        }
    }

    pub(super) fn report(&self) -> Result<Report, String> {
        let (sender, receiver) = std::sync::mpsc::channel();
        self.mailbox.put(Input::Status(sender));
        receiver.recv_timeout(PATIENCE).map_err(|_| "the engine does not answer".to_owned())
    }

    pub(super) fn faults(&self, json: &str) -> Played {
        self.stage.sandbox.set_faults(Faults::from_json(json.as_bytes())?);
        Ok(())
    }

    pub(super) fn manner(&mut self, act: MannerAct, until: impl Fn(&Scene) -> bool) -> Played {
        // Sooner, the same button would be a second touch of the same wish.
        self.look();
        self.mailbox.put(Input::Manner(act));
        self.wait("the page in another manner", until)
    }

    /// Touches after a look, and waits for the page that it leads to.
    pub(super) fn touch(&mut self, act: Act, page: &str) -> Played {
        self.act(act, page, |scene| scene.page.name() == page)
    }

    pub(super) fn act(&mut self, act: Act, what: &str, until: impl Fn(&Scene) -> bool) -> Played {
        self.look();
        self.mailbox.put(Input::Act(act));
        self.wait(what, until)
    }

    pub(super) fn page(&mut self, page: &str) -> Played {
        self.wait(page, |scene| scene.page.name() == page)
    }

    pub(super) fn wait(&mut self, what: &str, until: impl Fn(&Scene) -> bool) -> Played {
        let clock = Clock::start();
        while !self.scene.as_deref().is_some_and(&until) {
            match self.scenes.recv_timeout(LOOK) {
                Ok(scene) => {
                    self.screen.show(&scene);
                    self.scene = Some(scene);
                }
                Err(_) if self.ended.load(Ordering::Acquire) => return Err(ENDED.to_owned()),
                Err(RecvTimeoutError::Timeout) if clock.mono() < PATIENCE => {}
                Err(_) => {
                    let page = self.scene.as_deref().map_or("none", |scene| scene.page.name());
                    return Err(format!("waited in vain for {what}; the page is {page}"));
                }
            }
        }
        Ok(())
    }

    /// A resident looks before touching.
    pub(super) fn look(&self) {
        std::thread::sleep(LOOK);
    }

    pub(super) fn photo(&mut self, name: &str) -> Played {
        self.album.screen(self.screen, name).map_err(|error| format!("a picture can't be written: {error}"))
    }

    /// What came out of that printer last.
    pub(super) fn paper(&mut self, printer: Printer, name: &str) -> Played {
        let papers = self.stage.devices.papers(printer);
        let paper = papers.last().ok_or("no paper came out")?;
        self.album.paper(paper, printer, name).map_err(|error| format!("a picture can't be written: {error}"))
    }
}
