//! P2: tickets a second, each reserved and issued in a commit of its own, with resident, trail, event and outbox.
//!
//! Rounds of the desk and of SQLite alone take turns, so that a busy moment of the machine meets both.

use std::time::Duration;

use kiosk::desk::Desk;
use kiosk::domain::class::ClassLetter;
use kiosk::domain::device::Printer;
use kiosk::domain::ticket::{Channel, PrintSurety};
use kiosk::domain::wish::{Answer, Wish};
use kiosk::engine::clock::{Clock, OsChance};
use kiosk::wiring;
use serde_json::json;

use super::site::{CLASSES, Place, Platform};
use super::spread::{Spread, short};
use super::sqlite_alone::Alone;
use super::table::Line;
use super::{Bench, Outcome, made_up};

const ROUNDS: usize = 20;

pub(crate) fn measure(bench: &Bench) -> Outcome<Vec<Line>> {
    let place = Place::new()?;
    let config = place.configure("", &Platform::None)?;
    let clock = Clock::start();
    let mut desk = wiring::open_desk(&config, Box::new(OsChance), clock)?;
    let mut alone = Alone::open(&place.path("alone.db"))?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        for index in round * bench.extent.tickets / ROUNDS..(round + 1) * bench.extent.tickets / ROUNDS {
            ours.push(ticket(&mut desk, index, clock)?);
        }
        for _ in 0..bench.extent.tickets / ROUNDS {
            theirs.push(alone.commit()? + alone.commit()?);
        }
    }
    let (ours, theirs) = (rate(&ours)?, rate(&theirs)?);
    let ratio = ours.a_second / theirs.a_second;
    Ok(vec![Line {
        number: "P2",
        what: "tickets a second, reserved and issued durably".to_owned(),
        ours: format!("{}/s, {}", short(ours.a_second), ours.spread.text()),
        reference: format!("SQLite alone, two commits of two rows: {}/s", short(theirs.a_second)),
        ratio: Some(ratio),
        mark: "≥ 0.6",
        met: Some(ratio >= 0.6),
        figures: json!({
            "tickets_a_second": ours.a_second,
            "ticket": ours.spread.json(),
            "reference_a_second": theirs.a_second,
            "reference": theirs.spread.json(),
        }),
    }])
}

/// One ticket of a resident with a card.
fn ticket(desk: &mut Desk, index: usize, clock: Clock) -> Outcome<Duration> {
    let letter = CLASSES.get(index % CLASSES.len()).copied().and_then(ClassLetter::new).ok_or("no class")?;
    let resident = Some(made_up::resident(index)?);
    let wish = Wish { class: letter, resident, channel: Channel::Card, priorities: Vec::new() };
    let begun = clock.mono();
    let Answer::New(ticket) = desk.reserve(&wish, Printer::Dispenser, clock.now())? else {
        return Err("the desk gave no number".into());
    };
    desk.issue(ticket.id, PrintSurety::Confirmed, clock.now())?;
    Ok(clock.mono() - begun)
}

struct Rate {
    a_second: f64,
    spread: Spread,
}

fn rate(times: &[Duration]) -> Outcome<Rate> {
    let whole: Duration = times.iter().sum();
    Ok(Rate { a_second: times.len() as f64 / whole.as_secs_f64(), spread: Spread::of(times.to_vec())? })
}
