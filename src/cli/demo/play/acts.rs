//! The morning itself: residents one after the other, a roll that ends, a network that goes away.

use kiosk_escpos::Paper;
use kiosk_escpos::simulator::Knob;

use super::morning::{Morning, Played};
use crate::cli::demo::people::Sample;
use crate::domain::class::ClassLetter;
use crate::domain::device::Printer;
use crate::domain::priority::Priority;
use crate::engine::scene::{Banner, Shown};
use crate::engine::{Input, MannerAct};
use crate::visit::Act;
use crate::visit::view::Page;

impl Morning<'_> {
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
        self.paper(Printer::Dispenser, "ticket")?;
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
        self.paper(Printer::Dispenser, "reprint")?;
        self.touch(Act::Done, "home")
    }

    fn roll_ends(&mut self) -> Played {
        say("the roll ends in the middle of a ticket");
        self.until_ready()?;
        self.stage.devices.turn(Printer::Dispenser, Knob::PaperOutAfter(3));
        self.touch(Act::TakeNumber, "place_card")?;
        self.touch(Act::WithoutCard, "choose_class")?;
        self.touch(Act::Choose(letter('A')?), "priority")?;
        self.touch(Act::Next, "confirm")?;
        self.touch(Act::Confirm, "printing")?;
        self.page("not_printed")?;
        self.tally.lost += 1;
        self.photo("not-printed")?;
        self.touch(Act::OtherPrinter, "printing")?;
        self.ticket_in_hand()?;
        self.photo("take-ticket-receipt-printer")?;
        self.paper(Printer::Receipt, "ticket-58mm")?;
        self.touch(Act::Done, "home")?;
        self.wait("the notice on the home page", |scene| matches!(scene.banner, Some(Banner::Printer(..))))?;
        self.photo("home-notice")?;
        say("the receipt printer's roll has ended too: a number to remember");
        self.stage.devices.turn(Printer::Receipt, Knob::Paper(Paper::Out));
        self.until("a receipt printer without paper", |report| {
            report.devices.get(Printer::Receipt.code()).is_some_and(|device| device.state == "trouble")
        })?;
        self.touch(Act::TakeNumber, "place_card")?;
        self.touch(Act::WithoutCard, "choose_class")?;
        self.touch(Act::Choose(letter('A')?), "priority")?;
        self.touch(Act::Next, "confirm")?;
        self.touch(Act::Confirm, "not_printed")?;
        self.touch(Act::Paperless, "take_ticket")?;
        self.note_number()?;
        self.photo("take-ticket-paperless")?;
        self.touch(Act::Done, "home")?;
        say("a clerk puts in new rolls");
        for printer in Printer::ALL {
            self.stage.devices.turn(printer, Knob::CoverOpen(true));
            self.stage.devices.turn(printer, Knob::Paper(Paper::Ok));
            self.stage.devices.turn(printer, Knob::CoverOpen(false));
        }
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
        self.until("an empty outbox after the network had come back", |report| report.outbox.waiting == 0)
    }

    fn closing(&mut self) -> Played {
        self.until("an empty outbox", |report| report.outbox.waiting == 0)?;
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
}

fn letter(letter: char) -> Result<ClassLetter, String> {
    ClassLetter::new(letter).ok_or_else(|| format!("{letter} is no class"))
}

fn say(what: &str) {
    println!("  {what}");
}
