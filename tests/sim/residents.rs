//! What people do before the terminal: most come, take a number and go; some hesitate, slip, touch twice, try what
//! was not meant for them, walk away in the middle, forget their card, and come again.

mod answers;

use std::collections::VecDeque;
use std::time::Duration;

use kiosk::domain::class::ClassLetter;
use kiosk::domain::priority::Priority;
use kiosk::engine::MannerAct;
use kiosk::engine::scene::Scene;
use kiosk::visit::Act;

use crate::dice::Dice;
use crate::people::{Person, wrong_card};

/// What a hand does.
#[derive(Clone, Debug)]
pub enum Hand {
    /// On the screen.
    Touch(Act),
    /// Anywhere on it.
    Anywhere,
    /// Language and modes.
    Manner(MannerAct),
    /// Lays a card on the reader, in place of any other.
    Lay(Box<[u8; 256]>),
    /// Takes the card away.
    Lift,
    /// Takes the paper from the mouth.
    TakePaper,
    /// Goes.
    Leave,
}

/// How somebody makes themselves known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Card,
    Typed,
    Nothing,
}

/// Somebody before the terminal.
#[derive(Debug)]
struct Visitor {
    person: usize,
    way: Way,
    /// How they are: 0 never slips, 1 is not to be relied on.
    unsteady: f64,
    slow: u64,
    class: ClassLetter,
    declares: Vec<Priority>,
    laid: bool,
    /// Tickets still wanted.
    wants: u64,
    looks: u64,
    patience: u64,
}

/// All of them, and who stands there now.
#[derive(Debug)]
pub struct Residents {
    /// The village.
    pub people: Vec<Person>,
    arrivals: VecDeque<Duration>,
    here: Option<Visitor>,
    look_at: Duration,
    plan: VecDeque<(Duration, Hand)>,
    /// A card lies there whose owner has gone: somebody takes it away then.
    forgotten: Option<Duration>,
    classes: Vec<ClassLetter>,
    unsteady: f64,
    dice: Dice,
}

impl Residents {
    /// Some sixty visits from `from` on.
    pub fn new(seed: u64, classes: Vec<ClassLetter>, from: Duration) -> Self {
        let mut dice = Dice::new(seed, "residents");
        let people = Person::village(&mut dice);
        let unsteady = dice.pick(&[0.0, 0.05, 0.15, 0.3]);
        let mut at = from;
        let gap = dice.pick(&[2_000, 60_000, 120_000]);
        let arrivals = (0..dice.number(45, 70)).map(|_| {
            at += dice.ms(500, gap);
            at
        });
        let arrivals = arrivals.collect();
        Self {
            people,
            arrivals,
            here: None,
            look_at: Duration::ZERO,
            plan: VecDeque::new(),
            forgotten: None,
            classes,
            unsteady,
            dice,
        }
    }

    /// Whether nobody is there and nobody will come.
    pub fn all_gone(&self) -> bool {
        self.arrivals.is_empty() && self.here.is_none() && self.forgotten.is_none()
    }

    /// When somebody does something next.
    pub fn due(&self) -> Option<Duration> {
        let next = match &self.here {
            Some(_) => Some(self.plan.front().map_or(self.look_at, |(at, _)| (*at).min(self.look_at))),
            None => self.arrivals.front().copied(),
        };
        next.into_iter().chain(self.forgotten).min()
    }

    /// What is done now. `scene` is what the screen shows, if it shows anything.
    pub fn act(&mut self, scene: Option<&Scene>, now: Duration) -> Vec<Hand> {
        let mut hands = Vec::new();
        if self.forgotten.take_if(|at| *at <= now).is_some() {
            hands.push(Hand::Lift);
        }
        if self.here.is_none() && self.arrivals.pop_front_if(|at| *at <= now).is_some() {
            self.arrive(now);
            hands.extend(self.forgotten.take().filter(|_| self.dice.happens(0.5)).map(|_| Hand::Lift));
        }
        while let Some((_, hand)) = self.plan.pop_front_if(|(at, _)| *at <= now) {
            hands.push(hand);
        }
        if self.here.is_some() && self.look_at <= now && self.plan.is_empty() {
            self.look(scene, now);
        }
        if hands.iter().any(|hand| matches!(hand, Hand::Leave)) {
            self.here = None;
            self.plan.clear();
        }
        hands
    }

    fn arrive(&mut self, now: Duration) {
        let person = self.dice.number(0, self.people.len() as u64 - 1) as usize;
        let declares = Priority::ALL.into_iter().filter(|_| self.dice.happens(0.15)).collect();
        let way = self.dice.pick(&[Way::Card, Way::Card, Way::Card, Way::Typed, Way::Nothing]);
        self.here = Some(Visitor {
            person,
            way,
            unsteady: self.unsteady * self.dice.fraction() * 2.0,
            slow: self.dice.pick(&[600, 1_500, 1_500, 4_000, 25_000]),
            class: self.dice.pick(&self.classes),
            declares,
            laid: false,
            wants: self.dice.pick(&[1, 1, 1, 2]),
            looks: 0,
            patience: self.dice.number(25, 60),
        });
        self.look_at = now + self.dice.ms(200, 3_000);
    }

    fn look(&mut self, scene: Option<&Scene>, now: Duration) {
        let Some(mut visitor) = self.here.take() else { return };
        visitor.looks += 1;
        self.look_at = now + self.dice.ms(150, visitor.slow.max(400));
        let mut at = now;
        let mut plan = Vec::new();
        let tired = visitor.looks > visitor.patience || self.dice.happens(visitor.unsteady / 20.0);
        match scene {
            _ if tired => plan.extend(self.leave(&mut visitor)),
            // A black screen: they wait a little.
            None => {}
            Some(_) if self.dice.happens(visitor.unsteady / 3.0) => plan.push(self.slip(&mut visitor)),
            Some(scene) => plan.extend(self.answer(scene, &mut visitor)),
        }
        for hand in plan {
            at += if self.plan.is_empty() { Duration::ZERO } else { self.dice.ms(90, 400) };
            let twice = matches!(hand, Hand::Touch(_)) && self.dice.happens(visitor.unsteady);
            self.plan.push_back((at, hand.clone()));
            if twice {
                at += self.dice.ms(10, 500);
                self.plan.push_back((at, hand));
            }
        }
        self.look_at = self.look_at.max(at + Duration::from_millis(1));
        self.here = Some(visitor);
    }

    /// Anything at all.
    fn slip(&mut self, visitor: &mut Visitor) -> Hand {
        let letter = self.dice.pick(&self.classes);
        let acts = [
            Act::TakeNumber,
            Act::Back,
            Act::Home,
            Act::Help,
            Act::TypeNumber,
            Act::WithoutCard,
            Act::Key('7'),
            Act::Key('X'),
            Act::Backspace,
            Act::Clear,
            Act::Reveal(true),
            Act::Reveal(false),
            Act::Typed,
            Act::Choose(letter),
            Act::Declare(Priority::Elder),
            Act::Declare(Priority::Soldier),
            Act::DeclareNone,
            Act::MoreServices,
            Act::Next,
            Act::Confirm,
            Act::Cancel,
            Act::Retry,
            Act::Paperless,
            Act::Reprint,
            Act::OtherClass,
            Act::Done,
            Act::Stay,
        ];
        match self.dice.number(0, 9) {
            0 => Hand::Manner(self.dice.pick(&[MannerAct::Language, MannerAct::Elder, MannerAct::Contrast])),
            1 => Hand::Anywhere,
            2 => {
                visitor.laid = false;
                Hand::Lift
            }
            3 => Hand::Lay(Box::new(wrong_card(&self.people[visitor.person], &mut self.dice))),
            4 => {
                // A card of somebody else, held out by a helping hand.
                let other = self.dice.number(0, self.people.len() as u64 - 1) as usize;
                Hand::Lay(Box::new(self.people[other].card))
            }
            _ => Hand::Touch(self.dice.pick(&acts)),
        }
    }

    fn leave(&mut self, visitor: &mut Visitor) -> Vec<Hand> {
        let mut hands = Vec::new();
        if visitor.laid {
            if self.dice.happens(visitor.unsteady) {
                self.forgotten = Some(self.look_at + self.dice.ms(1_000, 240_000));
            } else {
                hands.push(Hand::Lift);
            }
        }
        hands.push(Hand::Leave);
        hands
    }
}
