//! The morning itself: residents one after the other, a roll that ends, a network that goes away.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use kiosk_escpos::Paper;
use kiosk_escpos::simulator::Knob;

use super::album::Album;
use crate::cli::demo::people::Sample;
use crate::cli::demo::stage::Stage;
use crate::domain::class::ClassLetter;
use crate::domain::device::HealthState;
use crate::domain::priority::Priority;
use crate::engine::clock::Clock;
use crate::engine::scene::{Banner, Scene, Shown};
use crate::engine::status::Report;
use crate::engine::thread::Mailbox;
use crate::engine::{Input, MannerAct};
use crate::sandbox::faults::Faults;
use crate::screen::headless::Headless;
use crate::visit::Act;
use crate::visit::view::Page;

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
    stage: &'m Stage,
    mailbox: &'m Mailbox,
    screen: &'m Headless,
    scenes: Receiver<Box<Scene>>,
    scene: Option<Box<Scene>>,
    album: Album,
    chance: fastrand::Rng,
    tally: Tally,
    ended: &'m AtomicBool,
}

type Played = Result<(), String>;

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

    /// Plays it to the end, or to what went wrong.
    pub(super) fn play(&mut self) -> Played {
        self.opening()?;
        self.first_resident()?;
        self.second_resident_types_in_english()?;
        self.first_resident_comes_again()?;
        self.roll_ends()?;
        self.network_goes_away()?;
        self.closing()
    }

    pub(super) fn end(self) -> (Album, Tally) {
        (self.album, self.tally)
    }

    fn opening(&mut self) -> Played {
        say("the hall opens");
        self.wait("a home page with every device ready", |scene| {
            matches!(scene.page, Shown::Home(_)) && scene.banner.is_none()
        })?;
        self.until_ready()?;
        self.photo("home")?;
        self.manner(MannerAct::Elder, |scene| scene.manner.elder)?;
        self.photo("home-elder")?;
        self.manner(MannerAct::Elder, |scene| !scene.manner.elder)?;
        self.manner(MannerAct::Contrast, |scene| scene.manner.contrast)?;
        self.photo("home-high-contrast")?;
        self.manner(MannerAct::Contrast, |scene| !scene.manner.contrast)
    }

    fn first_resident(&mut self) -> Played {
        say("a resident with a card");
        let person = Sample::new(&mut self.chance);
        self.tally.people.push(person.clone());
        self.touch(Act::TakeNumber, "place_card")?;
        self.photo("place-card")?;
        self.stage.devices.lay(&person)?;
        self.page("choose_class")?;
        self.photo("choose-class")?;
        self.stage.devices.lift()?;
        self.wait("the card taken away", |scene| !scene.card_left)?;
        self.touch(Act::Choose(letter('A')?), "priority")?;
        self.act(Act::Declare(Priority::Pregnant), "the reason chosen", |scene| {
            matches!(&scene.page, Shown::Visit(Page::Priority { options })
                if options.iter().any(|option| option.priority == Priority::Pregnant && option.chosen))
        })?;
        self.photo("priority")?;
        self.touch(Act::Next, "confirm")?;
        self.photo("confirm")?;
        self.touch(Act::Confirm, "printing")?;
        self.photo("printing")?;
        self.ticket_in_hand()?;
        self.photo("take-ticket")?;
        self.paper("ticket")?;
        self.touch(Act::Done, "home")
    }

    fn second_resident_types_in_english(&mut self) -> Played {
        say("a resident types the number, in English");
        let person = Sample::new(&mut self.chance);
        self.tally.people.push(person.clone());
        self.manner(MannerAct::Language, |scene| scene.manner.language == "en")?;
        self.photo("home-english")?;
        self.touch(Act::TakeNumber, "place_card")?;
        self.touch(Act::TypeNumber, "keypad")?;
        let (last, digits) =
            person.number.chars().next_back().zip(person.number.get(..17)).ok_or("a short number")?;
        // A slip of the finger first: the check character tells.
        let wrong = if last == '5' { '6' } else { '5' };
        for key in digits.chars().chain([wrong]) {
            self.mailbox.put(Input::Act(Act::Key(key)));
        }
        self.act(Act::Typed, "the slip seen", |scene| {
            matches!(&scene.page, Shown::Visit(Page::Keypad { wrong: Some(_), .. }))
        })?;
        self.photo("keypad-wrong")?;
        self.mailbox.put(Input::Act(Act::Backspace));
        self.mailbox.put(Input::Act(Act::Key(last)));
        self.touch(Act::Typed, "choose_class")?;
        let class = letter(*b"BCDE".get(self.chance.usize(0..4)).unwrap_or(&b'B') as char)?;
        self.touch(Act::Choose(class), "priority")?;
        self.touch(Act::Next, "confirm")?;
        self.photo("confirm-english")?;
        self.touch(Act::Confirm, "printing")?;
        self.ticket_in_hand()?;
        self.photo("take-ticket-english")?;
        self.touch(Act::Done, "home")
    }

    fn first_resident_comes_again(&mut self) -> Played {
        say("the first resident comes again and gets the same ticket");
        let person = self.tally.people.first().cloned().ok_or("nobody came before")?;
        self.stage.devices.lay(&person)?;
        self.page("choose_class")?;
        self.stage.devices.lift()?;
        self.touch(Act::Choose(letter('A')?), "priority")?;
        self.touch(Act::Next, "confirm")?;
        self.touch(Act::Confirm, "live_ticket")?;
        self.photo("live-ticket")?;
        self.until_ready()?;
        self.touch(Act::Reprint, "printing")?;
        self.page("take_ticket")?;
        self.tally.reprints += 1;
        self.paper("reprint")?;
        self.touch(Act::Done, "home")
    }

    fn roll_ends(&mut self) -> Played {
        say("the roll ends in the middle of a ticket");
        self.until_ready()?;
        self.stage.devices.turn(Knob::PaperOutAfter(3));
        self.touch(Act::TakeNumber, "place_card")?;
        self.touch(Act::WithoutCard, "choose_class")?;
        self.touch(Act::Choose(letter('A')?), "priority")?;
        self.touch(Act::Next, "confirm")?;
        self.touch(Act::Confirm, "printing")?;
        self.page("not_printed")?;
        self.tally.lost += 1;
        self.photo("not-printed")?;
        self.touch(Act::Paperless, "take_ticket")?;
        self.note_number()?;
        self.photo("take-ticket-paperless")?;
        self.touch(Act::Done, "home")?;
        self.wait("the notice on the home page", |scene| matches!(scene.banner, Some(Banner::Printer(..))))?;
        self.photo("home-notice")?;
        say("a clerk puts in a new roll");
        self.stage.devices.turn(Knob::CoverOpen(true));
        self.stage.devices.turn(Knob::Paper(Paper::Ok));
        self.stage.devices.turn(Knob::CoverOpen(false));
        self.until_ready()
    }

    fn network_goes_away(&mut self) -> Played {
        say("the network goes away; tickets go on");
        self.faults(r#"{"refuse": true}"#)?;
        for _ in 0..2 {
            let class = letter(*b"ACGH".get(self.chance.usize(0..4)).unwrap_or(&b'A') as char)?;
            self.quick_ticket(class)?;
        }
        self.tally.waited = self.report()?.outbox.waiting;
        say("the network comes back");
        self.faults("{}")?;
        let clock = Clock::start();
        while self.report()?.outbox.waiting > 0 {
            if clock.mono() > PATIENCE {
                return Err("the outbox was not emptied after the network had come back".to_owned());
            }
            self.look();
        }
        Ok(())
    }

    fn closing(&mut self) -> Played {
        let clock = Clock::start();
        while self.report()?.outbox.waiting > 0 && clock.mono() < PATIENCE {
            self.look();
        }
        self.tally.report = self.report()?;
        say("the hall closes for noon");
        Ok(())
    }

    fn quick_ticket(&mut self, class: ClassLetter) -> Played {
        self.until_ready()?;
        self.touch(Act::TakeNumber, "place_card")?;
        self.touch(Act::WithoutCard, "choose_class")?;
        self.touch(Act::Choose(class), "priority")?;
        self.touch(Act::Next, "confirm")?;
        self.touch(Act::Confirm, "printing")?;
        self.ticket_in_hand()?;
        self.touch(Act::Done, "home")
    }

    fn ticket_in_hand(&mut self) -> Played {
        self.page("take_ticket")?;
        self.note_number()
    }

    fn note_number(&mut self) -> Played {
        match self.scene.as_deref().map(|scene| &scene.page) {
            Some(Shown::Visit(Page::TakeTicket { ticket, .. })) => {
                self.tally.held.push(ticket.number.clone());
                Ok(())
            }
            _ => Err("no ticket on the page that shows one".to_owned()),
        }
    }

    /// Waits until reader and dispenser say that they are ready.
    fn until_ready(&mut self) -> Played {
        let clock = Clock::start();
        loop {
            let report = self.report()?;
            let ready = [HealthState::Ready.code(), HealthState::Low.code()];
            if report.devices.values().all(|device| ready.contains(&device.state.as_str())) {
                return Ok(());
            }
            if self.ended.load(Ordering::Acquire) {
                return Err(ENDED.to_owned());
            }
            if clock.mono() > PATIENCE {
                return Err(format!("a device did not become ready: {:?}", report.devices));
            }
            self.look();
        }
    }

    fn report(&self) -> Result<Report, String> {
        let (sender, receiver) = std::sync::mpsc::channel();
        self.mailbox.put(Input::Status(sender));
        receiver.recv_timeout(PATIENCE).map_err(|_| "the engine does not answer".to_owned())
    }

    fn faults(&self, json: &str) -> Played {
        self.stage.sandbox.set_faults(Faults::from_json(json.as_bytes())?);
        Ok(())
    }

    fn manner(&mut self, act: MannerAct, until: impl Fn(&Scene) -> bool) -> Played {
        // Sooner, the same button would be a second touch of the same wish.
        self.look();
        self.mailbox.put(Input::Manner(act));
        self.wait("the page in another manner", until)
    }

    /// Touches after a look, and waits for the page that it leads to.
    fn touch(&mut self, act: Act, page: &str) -> Played {
        self.act(act, page, |scene| scene.page.name() == page)
    }

    fn act(&mut self, act: Act, what: &str, until: impl Fn(&Scene) -> bool) -> Played {
        self.look();
        self.mailbox.put(Input::Act(act));
        self.wait(what, until)
    }

    fn page(&mut self, page: &str) -> Played {
        self.wait(page, |scene| scene.page.name() == page)
    }

    fn wait(&mut self, what: &str, until: impl Fn(&Scene) -> bool) -> Played {
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
    fn look(&self) {
        std::thread::sleep(LOOK);
    }

    fn photo(&mut self, name: &str) -> Played {
        self.album.screen(self.screen, name).map_err(|error| format!("a picture can't be written: {error}"))
    }

    fn paper(&mut self, name: &str) -> Played {
        let papers = self.stage.devices.papers();
        let paper = papers.last().ok_or("no paper came out")?;
        self.album.paper(paper, name).map_err(|error| format!("a picture can't be written: {error}"))
    }
}

fn letter(letter: char) -> Result<ClassLetter, String> {
    ClassLetter::new(letter).ok_or_else(|| format!("{letter} is no class"))
}

fn say(what: &str) {
    println!("  {what}");
}
