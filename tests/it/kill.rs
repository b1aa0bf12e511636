//! kill -9 at a random instant, started again, all promises looked at: over and over.
//!
//! A round: residents take numbers without pause, the printer prints, the uplink sends, and at an instant that the
//! seed draws the terminal is killed; now and then platform and devices go with it. Then it is started again and the
//! books are compared: rows, papers, and what the platform has.
//!
//! * `cargo test --test it kill` plays 20 rounds.
//! * `KILL_ROUNDS=1000 cargo test --test it kill -- --nocapture` plays so many and prints the figures, which also go to
//!   `target/kill.json`; `KILL_SEED=7` begins at a seed of one's choice, `KILL_HALLS=2` plays in so many halls at once.
//!
//! A round that broke a promise names its seed and keeps the hall's folder. Processes run in real time: the same seed
//! is the same plan, not the same microsecond.

mod figures;
mod hall;
mod plan;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use kiosk::engine::clock::Clock;

use self::figures::Figures;
use self::hall::Hall;
use self::plan::Plan;

/// Rounds on one store at most; the next ones begin with a new one.
const ROUNDS_A_HALL: u64 = 25;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name)
        .map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

/// Plays rounds in a hall of their own; the first promise that was broken.
fn play(first: u64, rounds: u64, figures: &Mutex<Figures>) -> Result<(), String> {
    let mut hall = Hall::open(first);
    for seed in first..first + rounds {
        let plan = Plan::of(seed);
        let played = hall.round(&plan).map_err(|promise| format!("seed {seed}: {promise}"));
        let noted = match played {
            Ok(noted) => noted,
            Err(promise) => {
                hall.keep(seed, &plan);
                return Err(promise);
            }
        };
        figures.lock().unwrap().add(noted);
    }
    let last = first + rounds - 1;
    let totals = match hall.evening() {
        Ok(totals) => totals,
        Err(promise) => {
            hall.keep(last, &Plan::of(last));
            return Err(format!("after seed {last}: {promise}"));
        }
    };
    figures.lock().unwrap().sum_up(&totals);
    Ok(())
}

#[test]
fn killed_at_any_instant_it_keeps_every_promise() {
    let (rounds, first) = (number("KILL_ROUNDS", 20), number("KILL_SEED", 1));
    let halls = number("KILL_HALLS", 2);
    let rounds_a_hall = rounds.div_ceil(halls).min(ROUNDS_A_HALL);
    let clock = Clock::start();
    let (figures, broken) = (Mutex::new(Figures::default()), Mutex::new(Vec::new()));
    let next = AtomicU64::new(first);
    std::thread::scope(|scope| {
        for _ in 0..halls {
            scope.spawn(|| {
                loop {
                    let from = next.fetch_add(rounds_a_hall, Ordering::Relaxed);
                    if from >= first + rounds {
                        return;
                    }
                    let count = rounds_a_hall.min(first + rounds - from);
                    if let Err(promise) = play(from, count, &figures) {
                        println!("{promise}");
                        broken.lock().unwrap().push(promise);
                    }
                }
            });
        }
    });
    let (figures, broken) = (figures.into_inner().unwrap(), broken.into_inner().unwrap());
    let report = figures.report(first, clock.mono(), &broken);
    println!("{report}");
    std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/target/kill.json"), format!("{report}\n")).unwrap();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(figures.issued > 0, "a hall in which nobody got a number: {report}");
}
