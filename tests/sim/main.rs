//! Whole days of a hall from one seed: residents, devices, network, power and clocks go wrong as they like, and the
//! promises of the product are checked after every step.
//!
//! * `cargo test --test sim` plays some fixed seeds.
//! * `SIM_SEED=7 cargo test --test sim one_day -- --nocapture` prints that day.
//! * `SIM_DAYS=1000 cargo test --test sim many_days -- --nocapture` plays fresh seeds and names those that fail;
//!   `SIM_FROM=7` begins at a seed of one's choice.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a simulation that can't go on says where")]

mod diary;
mod dice;
mod evening;
mod hall;
mod mishaps;
mod papers;
mod people;
mod platform;
mod printer;
mod promises;
mod reader;
mod residents;
mod terminal;
mod time;
mod uplink;
mod wire;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use promises::Broken;
use world::World;

/// A day that was played.
struct Day {
    lines: Vec<String>,
    digest: u64,
    end: Result<(), Broken>,
}

fn play(seed: u64) -> Day {
    diary::listen();
    drop(diary::heard());
    let mut world = World::new(seed);
    let end = catch_unwind(AssertUnwindSafe(|| world.play().and_then(|()| world.evening())));
    let end = end.unwrap_or_else(|cause| {
        let text = cause.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| cause.downcast_ref::<&str>().copied()).unwrap_or("for no reason told");
        Err(Broken::new("the program panics", text))
    });
    Day { lines: world.diary.lines().to_vec(), digest: world.diary.digest(), end }
}

/// Plays `count` seeds from `first` on; those that broke a promise.
fn play_all(first: u64, count: u64) -> Vec<(u64, Broken)> {
    let next = AtomicU64::new(first);
    let broken = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(4);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + count {
                        break;
                    }
                    if let Err(promise) = play(seed).end {
                        println!("seed {seed}: {}", promise.0);
                        broken.lock().unwrap().push((seed, promise));
                    }
                }
            });
        }
    });
    let mut broken = broken.into_inner().unwrap();
    broken.sort_by_key(|(seed, _)| *seed);
    broken
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is to be a number")))
}

fn assert_kept(broken: &[(u64, Broken)]) {
    if let Some((seed, promise)) = broken.first() {
        let lines = play(*seed).lines;
        let last = lines.len().saturating_sub(40);
        panic!(
            "{} days broke a promise; the first, seed {seed}: {}\n{}\nSIM_SEED={seed} cargo test --test sim one_day \
             -- --nocapture prints the whole day",
            broken.len(),
            promise.0,
            lines[last..].join("\n"),
        );
    }
}

#[test]
fn fixed_days_keep_every_promise() {
    assert_kept(&play_all(1, 20));
}

#[test]
fn the_same_seed_is_the_same_day() {
    for seed in [3, 4] {
        let (first, second) = (play(seed), play(seed));
        let differs = first.lines.iter().zip(&second.lines).find(|(first, second)| first != second);
        assert_eq!(differs, None, "seed {seed}");
        assert_eq!((first.lines.len(), first.digest), (second.lines.len(), second.digest));
        assert!(first.lines.len() > 500, "a day in which hardly anything happens");
        assert_ne!(first.digest, play(seed + 100).digest);
    }
}

#[test]
fn one_day() {
    let Some(seed) = number("SIM_SEED") else { return };
    let day = play(seed);
    for line in &day.lines {
        println!("{line}");
    }
    assert_eq!(day.end, Ok(()), "seed {seed}, digest {:016x}", day.digest);
}

#[test]
fn many_days() {
    let Some(days) = number("SIM_DAYS") else { return };
    let mut fresh = [0; 4];
    getrandom::fill(&mut fresh).unwrap();
    let first = number("SIM_FROM").unwrap_or_else(|| u32::from_le_bytes(fresh).into());
    println!("{days} days from seed {first} on");
    assert_kept(&play_all(first, days));
}
