//! What the terminal costs: speed, bytes and memory, each beside its reference in the same run.
//!
//! `cargo bench --bench kiosk -- [--quick] [--json FILE] [P1 P4 …]` prints one table and writes the same as JSON,
//! by default to `target/benchmarks.json`. `--quick` runs each once and small, to see that it works. Nothing here
//! is a test: a slow machine changes figures, never the exit code, which tells only that a measurement failed.
//! What the figures mean and what falls short stands in `docs/benchmarks.md`.

mod bare;
mod card;
mod display;
mod drain;
mod extent;
mod first_byte;
mod made_up;
mod mado;
mod process;
mod ready;
mod redraw;
#[expect(dead_code, reason = "each page is drawn once, its further states are for the tests")]
#[path = "../../tests/scenes/mod.rs"]
mod scenes;
mod site;
mod spread;
mod sqlite_alone;
mod table;
mod ticket_bytes;
mod tickets;
mod whole_year;
mod xvfb;

use std::path::PathBuf;
use std::process::ExitCode;

use display::Display;
use extent::Extent;
use table::{Line, Table};

/// What a measurement gives, or why there is none.
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// What every measurement is handed.
struct Bench {
    extent: Extent,
    display: Display,
}

type Measure = fn(&Bench) -> Outcome<Vec<Line>>;

/// All of them, in the order of the table.
const ALL: [(&str, Measure); 9] = [
    ("P1", first_byte::measure),
    ("P2", tickets::measure),
    ("P3", ticket_bytes::measure),
    ("P4", redraw::measure),
    ("P5", process::measure_start),
    ("P6", process::measure_memory),
    ("P8", drain::measure),
    ("P11", process::measure_size),
    ("P12", card::measure),
];

struct Arguments {
    quick: bool,
    json: PathBuf,
    only: Vec<String>,
}

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some(bare::ARGUMENT) {
        return bare::run();
    }
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether every measurement came to an end.
fn run() -> Outcome<bool> {
    let arguments = arguments()?;
    let extent = if arguments.quick { Extent::QUICK } else { Extent::FULL };
    let bench = Bench { extent, display: Display::install()? };
    let mut table = Table::new(arguments.quick);
    for (name, measure) in ALL {
        if !arguments.only.is_empty() && !arguments.only.iter().any(|only| only == name) {
            continue;
        }
        eprintln!("{name} …");
        match measure(&bench) {
            Ok(lines) => table.add(lines),
            Err(error) => table.fail(name, &error.to_string()),
        }
    }
    print!("{table}");
    table.save(&arguments.json)?;
    println!("\n{}", arguments.json.display());
    Ok(table.is_whole())
}

fn arguments() -> Outcome<Arguments> {
    let json = site::target_folder()?.join("benchmarks.json");
    let mut arguments = Arguments { quick: false, json, only: Vec::new() };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            // Cargo says so to every benchmark.
            "--bench" => {}
            "--quick" => arguments.quick = true,
            "--json" => arguments.json = words.next().ok_or("--json needs a file")?.into(),
            name if ALL.iter().any(|(known, _)| *known == name) => arguments.only.push(word),
            other => {
                let known: Vec<_> = ALL.iter().map(|(name, _)| *name).collect();
                return Err(format!(
                    "expected --quick, --json FILE or of {}, found {other}",
                    known.join(" ")
                )
                .into());
            }
        }
    }
    Ok(arguments)
}
