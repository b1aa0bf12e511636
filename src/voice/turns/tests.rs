//! Turns in virtual time.

use jiff::civil::date;

use super::*;
use crate::domain::device::{CardTrouble, Printer};
use crate::domain::hours::{Holidays, OpeningHours};
use crate::engine::scene::{Home, Manner, Shown};
use crate::visit::view::{Page, ReaderFace, TicketView};

fn home() -> Scene {
    Scene {
        page: Shown::Home(Home {
            more: false,
            door: DoorState::Open { until: None },
            windows: 1,
            waiting: 0,
            without_card: true,
            reader: true,
        }),
        progress: None,
        person: None,
        can_back: false,
        can_home: false,
        can_change_manner: true,
        can_repeat: true,
        countdown: None,
        card_left: false,
        manner: Manner { language: "zh".into(), elder: false, contrast: false },
        clock: date(2026, 11, 24).at(10, 24, 0, 0),
        banner: None,
    }
}

fn place_card(reader: ReaderFace) -> Scene {
    Scene { page: Shown::Visit(Page::PlaceCard { reader, without_card: true }), ..home() }
}

fn take(seconds_left: u64) -> Scene {
    let ticket = TicketView {
        number: "A023".into(),
        class: "社会保障".into(),
        windows: vec![1],
        people_ahead: 0,
        qr: None,
        taken_at: date(2026, 11, 24).at(10, 24, 0, 0),
    };
    Scene {
        page: Shown::Visit(Page::TakeTicket { ticket, from: Some(Printer::Dispenser), seconds_left }),
        ..home()
    }
}

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// What was heard: `hush` left out where nothing spoke.
struct Hall {
    turns: Turns,
    now: Duration,
    heard: Vec<String>,
}

impl Hall {
    fn open() -> Self {
        let loudness = Loudness { volume: 70, quiet: None, quiet_volume: 20 };
        let words = Arc::new(Words::shipped("zh").unwrap());
        let mut hall = Self { turns: Turns::new(words, loudness), now: ms(1_000), heard: Vec::new() };
        hall.show(&home());
        hall
    }

    fn note(&mut self, wishes: Vec<Wish>, spoke: bool) {
        for wish in wishes {
            match wish {
                Wish::Hush if spoke => self.heard.push("hush".into()),
                Wish::Hush => {}
                Wish::Tone(tone, _) => self.heard.push(format!("{tone:?}")),
                Wish::Say(utterance) => {
                    let keys: Vec<_> = utterance.sentences.iter().map(Sentence::key).collect();
                    let slow = if utterance.slow { " slow" } else { "" };
                    self.heard.push(format!("{}{slow} {}", utterance.language, keys.join(" ")));
                }
            }
        }
    }

    fn show(&mut self, scene: &Scene) {
        let spoke = self.turns.speaking;
        let wishes = self.turns.scene(scene, self.now);
        self.note(wishes, spoke);
    }

    fn hand(&mut self, sound: Sound) {
        let spoke = self.turns.speaking;
        let wishes = self.turns.sound(sound, self.now);
        self.note(wishes, spoke);
    }

    /// Lets time pass, and with it whatever is due.
    fn wait(&mut self, milliseconds: u64) {
        let until = self.now + ms(milliseconds);
        while let Some(due) = self.turns.due().filter(|due| *due <= until) {
            self.now = self.now.max(due);
            let wishes = self.turns.tick(self.now);
            self.note(wishes, true);
        }
        self.now = until;
    }

    /// Everything that was begun has been said.
    fn said(&mut self) {
        self.turns.silent();
    }

    fn heard(&mut self) -> Vec<String> {
        std::mem::take(&mut self.heard)
    }
}

const CARD: &str = "zh say.card say.card.type say.card.without";

#[test]
fn a_page_speaks_once_and_another_one_silences_it() {
    let mut hall = Hall::open();
    hall.hand(Sound::Click);
    hall.show(&place_card(ReaderFace::Waiting));
    hall.wait(60_000);
    assert_eq!(hall.heard(), ["Click", CARD]);
    let mut later = place_card(ReaderFace::Waiting);
    later.clock = later.clock.with().minute(25).build().unwrap();
    hall.show(&later);
    hall.wait(60_000);
    assert!(hall.heard().is_empty(), "the clock is no news");
    hall.show(&take(20));
    hall.wait(400);
    let heard = hall.heard();
    assert_eq!(heard[..2], ["hush", "Good"]);
    assert!(heard[2].starts_with("zh say.take say.take.number"), "{heard:?}");
    for left in (1..20).rev() {
        hall.wait(1_000);
        hall.show(&take(left));
    }
    assert!(hall.heard().is_empty());
}

#[test]
fn a_page_that_passes_by_is_not_spoken() {
    let mut hall = Hall::open();
    hall.show(&place_card(ReaderFace::Reading));
    hall.wait(900);
    hall.show(&take(20));
    hall.wait(10);
    assert_eq!(hall.heard(), ["Good"]);
    // One that lasts is.
    hall.show(&place_card(ReaderFace::Reading));
    hall.wait(1_300);
    assert_eq!(hall.heard(), ["zh say.reader.reading"]);
}

#[test]
fn a_touch_ends_it_and_repeat_says_it_again() {
    let mut hall = Hall::open();
    hall.show(&place_card(ReaderFace::Waiting));
    hall.wait(400);
    hall.hand(Sound::Hush);
    hall.wait(60_000);
    assert_eq!(hall.heard(), [CARD, "hush"]);
    for _ in 0..2 {
        hall.hand(Sound::Hush);
        hall.hand(Sound::Click);
        hall.hand(Sound::Repeat);
        hall.wait(400);
        hall.said();
        assert_eq!(hall.heard(), ["Click", CARD]);
    }
}

#[test]
fn only_what_happened_is_said_of_a_page_that_stays() {
    let mut hall = Hall::open();
    hall.show(&place_card(ReaderFace::Waiting));
    hall.wait(400);
    hall.show(&place_card(ReaderFace::Reading));
    hall.wait(300);
    hall.show(&place_card(ReaderFace::Failed(CardTrouble::Unreadable)));
    hall.wait(400);
    assert_eq!(hall.heard(), [CARD, "hush", "Fault", "zh say.reader.unreadable"]);
    hall.said();
    // Laid anew and failed anew: told anew.
    hall.show(&place_card(ReaderFace::Reading));
    hall.show(&place_card(ReaderFace::Failed(CardTrouble::Unreadable)));
    hall.wait(400);
    assert_eq!(hall.heard(), ["Fault", "zh say.reader.unreadable"]);
    hall.said();
    hall.show(&place_card(ReaderFace::Waiting));
    hall.wait(5_000);
    assert!(hall.heard().is_empty(), "that it is over is seen");
}

#[test]
fn home_speaks_to_somebody_and_not_to_an_empty_hall() {
    let mut hall = Hall::open();
    hall.wait(60_000);
    assert!(hall.heard().is_empty(), "nobody is there at the start");
    hall.hand(Sound::Hush);
    hall.wait(1_000);
    assert_eq!(hall.heard(), ["zh say.home say.home.ticket"], "whoever touches it and chooses nothing");
    hall.said();
    hall.hand(Sound::Hush);
    hall.wait(10_000);
    assert!(hall.heard().is_empty(), "once");
    hall.show(&place_card(ReaderFace::Waiting));
    hall.wait(75_000);
    hall.heard();
    hall.show(&home());
    hall.wait(10_000);
    assert_eq!(hall.heard(), ["hush"], "they left");
    hall.show(&place_card(ReaderFace::Waiting));
    hall.wait(400);
    hall.said();
    hall.hand(Sound::Hush);
    hall.hand(Sound::Click);
    hall.show(&home());
    hall.wait(1_000);
    assert_eq!(hall.heard()[2..], ["zh say.home say.home.ticket"], "they asked for it");
}

#[test]
fn a_choice_on_the_home_page_is_quicker_than_its_speech() {
    let mut hall = Hall::open();
    hall.hand(Sound::Hush);
    hall.wait(120);
    hall.hand(Sound::Click);
    hall.show(&place_card(ReaderFace::Waiting));
    hall.wait(5_000);
    assert_eq!(hall.heard(), ["Click", CARD]);
}

#[test]
fn language_and_elder_mode_say_it_in_their_way() {
    let mut hall = Hall::open();
    hall.show(&place_card(ReaderFace::Waiting));
    hall.wait(400);
    let mut english = place_card(ReaderFace::Waiting);
    english.manner.language = "en".into();
    hall.show(&english);
    hall.wait(400);
    english.manner.elder = true;
    hall.show(&english);
    hall.wait(400);
    english.manner.contrast = true;
    hall.show(&english);
    hall.wait(5_000);
    let rest = "say.card say.card.type say.card.without";
    assert_eq!(
        hall.heard(),
        [CARD.to_owned(), "hush".into(), format!("en {rest}"), "hush".into(), format!("en slow {rest}")]
    );
}

#[test]
fn the_countdown_is_said_and_whoever_stays_hears_nothing_twice() {
    let mut hall = Hall::open();
    hall.show(&place_card(ReaderFace::Waiting));
    hall.wait(400);
    hall.said();
    hall.heard();
    let counting = |left| Scene { countdown: Some((left, 15)), ..place_card(ReaderFace::Waiting) };
    for left in (8..=15).rev() {
        hall.show(&counting(left));
        hall.wait(1_000);
    }
    assert_eq!(hall.heard(), ["zh say.idle say.idle.stay"]);
    hall.hand(Sound::Hush);
    hall.show(&place_card(ReaderFace::Waiting));
    hall.wait(10_000);
    assert_eq!(hall.heard(), ["hush"]);
}

#[test]
fn a_card_left_lying_is_beeped_for_but_never_into_a_sentence() {
    let mut hall = Hall::open();
    let left = Scene { card_left: true, ..take(20) };
    hall.show(&left);
    hall.wait(12_000);
    let heard = hall.heard();
    assert_eq!(heard[0], "Good");
    assert!(heard[1].starts_with("zh say.card-left say.take"), "{heard:?}");
    assert_eq!(heard.len(), 2, "not while it speaks");
    hall.said();
    hall.wait(11_000);
    assert_eq!(hall.heard(), ["CardLeft"; 3]);
    hall.show(&take(5));
    hall.wait(60_000);
    assert!(hall.heard().is_empty(), "it was taken");
}

#[test]
fn a_card_that_nobody_takes_does_not_beep_all_day() {
    let mut hall = Hall::open();
    hall.show(&Scene { card_left: true, ..home() });
    hall.wait(400);
    hall.said();
    hall.heard();
    hall.wait(10 * 60_000);
    let heard = hall.heard().len();
    assert!((60..70).contains(&heard), "{heard}");
}

#[test]
fn quiet_hours_are_quieter() {
    let quiet = OpeningHours::parse(&["mon-sun 12:00-14:00"]).unwrap();
    let quiet = Some(Opening { hours: quiet, holidays: Holidays::default() });
    let loudness = Loudness { volume: 100, quiet, quiet_volume: 50 };
    let day = date(2026, 11, 24);
    assert!((loudness.gain(day.at(11, 59, 0, 0)) - 1.0).abs() < 0.001);
    assert!((loudness.gain(day.at(12, 0, 0, 0)) - 0.25).abs() < 0.001);
    assert!((loudness.gain(day.at(14, 0, 0, 0)) - 1.0).abs() < 0.001);
    let silent = Loudness { volume: 0, quiet: None, quiet_volume: 20 };
    let mut turns = Turns::new(Arc::new(Words::shipped("zh").unwrap()), silent);
    turns.scene(&home(), ms(0));
    turns.sound(Sound::Repeat, ms(0));
    assert!(turns.tick(ms(10_000)).is_empty(), "what nobody hears is not made");
}
