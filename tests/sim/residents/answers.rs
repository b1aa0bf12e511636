//! What a person does before each page who means well.

use kiosk::engine::scene::{Scene, Shown};
use kiosk::visit::Act;
use kiosk::visit::view::{Page, ReaderFace};

use super::{Hand, Residents, Visitor, Way};

impl Residents {
    /// What a person does who means well.
    pub(super) fn answer(&mut self, scene: &Scene, visitor: &mut Visitor) -> Vec<Hand> {
        use Hand::Touch;
        if scene.countdown.is_some() {
            return vec![self.dice.pick(&[Hand::Anywhere, Touch(Act::Stay)])];
        }
        let page = match &scene.page {
            Shown::Home(_) if visitor.wants == 0 => return self.leave(visitor),
            Shown::Home(_) if visitor.way == Way::Card && !visitor.laid => return vec![self.lay(visitor)],
            Shown::Home(_) => return vec![Touch(Act::TakeNumber)],
            Shown::Help => return vec![Touch(Act::Back)],
            // No engine runs then.
            Shown::OutOfService(_) => return Vec::new(),
            // Nobody holds the corner in these days.
            Shown::Service(_) => return Vec::new(),
            Shown::Visit(page) => page,
        };
        match page {
            Page::PlaceCard { reader, without_card } => self.place_card(*reader, *without_card, visitor),
            Page::Keypad { shown, wrong, .. } => self.keypad(shown.count(), wrong.is_some(), visitor),
            Page::ChooseClass { classes, .. } => {
                let wanted = classes.iter().find(|class| class.letter == visitor.class && !class.full);
                let other = || classes.iter().find(|class| !class.full);
                let mut hands = Vec::new();
                if visitor.laid && self.dice.happens(0.6) {
                    visitor.laid = false;
                    hands.push(Hand::Lift);
                }
                match wanted.or_else(other) {
                    Some(class) => hands.push(Touch(Act::Choose(class.letter))),
                    None => {
                        visitor.wants = 0;
                        hands.push(Touch(Act::Home));
                    }
                }
                hands
            }
            Page::Priority { .. } => {
                let declares = std::mem::take(&mut visitor.declares);
                declares
                    .into_iter()
                    .map(|priority| Touch(Act::Declare(priority)))
                    .chain([Touch(Act::Next)])
                    .collect()
            }
            Page::Confirm(_) => vec![Touch(self.dice.pick(&[
                Act::Confirm,
                Act::Confirm,
                Act::Confirm,
                Act::Confirm,
                Act::Confirm,
                Act::Back,
                Act::Cancel,
            ]))],
            Page::Printing { .. } => Vec::new(),
            Page::TakeTicket { .. } => self.take(visitor),
            Page::NotPrinted { .. } => {
                let acts = [
                    Act::Retry,
                    Act::Retry,
                    Act::OtherPrinter,
                    Act::OtherPrinter,
                    Act::Paperless,
                    Act::Cancel,
                    Act::Home,
                ];
                vec![Touch(self.dice.pick(&acts))]
            }
            Page::LiveTicket { .. } => {
                visitor.wants = visitor.wants.saturating_sub(1);
                vec![Touch(self.dice.pick(&[Act::Reprint, Act::Reprint, Act::Done, Act::OtherClass]))]
            }
            Page::Closed { .. } | Page::Trouble => {
                visitor.wants = 0;
                vec![Touch(Act::Done)]
            }
            Page::ClassFull { .. } => vec![Touch(self.dice.pick(&[Act::OtherClass, Act::Done]))],
        }
    }

    fn lay(&mut self, visitor: &mut Visitor) -> Hand {
        visitor.laid = true;
        Hand::Lay(Box::new(self.people[visitor.person].card))
    }

    fn place_card(&mut self, reader: ReaderFace, without_card: bool, visitor: &mut Visitor) -> Vec<Hand> {
        use Hand::Touch;
        match (visitor.way, reader) {
            (Way::Nothing, _) if without_card => vec![Touch(Act::WithoutCard)],
            (Way::Card, ReaderFace::Reading) if self.dice.happens(visitor.unsteady) => {
                visitor.laid = false;
                vec![Hand::Lift]
            }
            (Way::Card, ReaderFace::Reading) => Vec::new(),
            (Way::Card, ReaderFace::Waiting | ReaderFace::Occupied) if !visitor.laid => {
                vec![self.lay(visitor)]
            }
            (Way::Card, ReaderFace::Waiting) => Vec::new(),
            (Way::Card, ReaderFace::Failed(_) | ReaderFace::Occupied) if self.dice.happens(0.7) => {
                visitor.laid = false;
                vec![Hand::Lift]
            }
            (Way::Nothing | Way::Card, _) => {
                visitor.way = Way::Typed;
                vec![Touch(Act::TypeNumber)]
            }
            (Way::Typed, _) => vec![Touch(Act::TypeNumber)],
        }
    }

    fn keypad(&mut self, count: usize, wrong: bool, visitor: &mut Visitor) -> Vec<Hand> {
        use Hand::Touch;
        match count {
            // The keypad has no letters for a foreigner's number of 2017.
            0 if self.people[visitor.person].number.len() < 18 => {
                visitor.way = Way::Nothing;
                vec![Touch(Act::Back)]
            }
            18 if !wrong => {
                let mut acts = vec![Touch(Act::Typed)];
                if self.dice.happens(0.3) {
                    acts.splice(0..0, [Touch(Act::Reveal(true)), Touch(Act::Reveal(false))]);
                }
                acts
            }
            0 => {
                let slips = self.dice.happens(visitor.unsteady);
                let mut keys: Vec<char> = self.people[visitor.person].number.chars().collect();
                if slips {
                    let at = self.dice.number(6, 16) as usize;
                    keys.swap(at, at - 1);
                }
                keys.into_iter().map(|key| Touch(Act::Key(key))).collect()
            }
            _ => vec![Touch(Act::Clear)],
        }
    }

    fn take(&mut self, visitor: &mut Visitor) -> Vec<Hand> {
        visitor.wants = visitor.wants.saturating_sub(1);
        visitor.class = self.dice.pick(&self.classes);
        let mut hands = Vec::new();
        if !self.dice.happens(visitor.unsteady) {
            hands.push(Hand::TakePaper);
        }
        if visitor.laid && self.dice.happens(0.8) {
            visitor.laid = false;
            hands.push(Hand::Lift);
        }
        if visitor.wants == 0 && self.dice.happens(0.3) {
            hands.extend(self.leave(visitor));
        } else {
            hands.push(Hand::Touch(Act::Done));
        }
        hands
    }
}
