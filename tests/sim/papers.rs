//! A paper as a person reads it: which number, which code, and whether all of it is there.

use std::fmt;

use kiosk::peripherals::HOTLINE;
use kiosk_escpos::simulator::{Fate, Item, PrintedPaper, Run};

/// A number this many times as large as the text is the ticket's.
const NUMBER_SIZE: u8 = 5;

/// What stands on a paper.
#[derive(Debug)]
pub struct Sheet {
    /// Large numbers, from top to bottom.
    pub numbers: Vec<String>,
    /// What its codes hold.
    pub codes: Vec<String>,
    /// Number, code and last line are there, in this order.
    pub whole: bool,
    /// It was crossed out.
    pub crossed_out: bool,
    /// It says that it is printed once more.
    pub reprint: bool,
    /// Where it is.
    pub fate: Fate,
}

impl Sheet {
    /// Whether somebody may hold it and take it for a ticket. Without a presenter a cut paper is in their hands.
    pub fn is_out_whole(&self, presenter: bool) -> bool {
        let out = match self.fate {
            Fate::Shown | Fate::Taken | Fate::PushedOut => true,
            Fate::Cut => !presenter,
            Fate::InPrinter | Fate::TakenBack | Fate::TornOut => false,
        };
        out && self.whole && !self.crossed_out
    }
}

impl fmt::Display for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [(self.whole, " whole"), (self.crossed_out, " crossed out"), (self.reprint, " again")];
        let parts: String = parts.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect();
        write!(f, "paper {}{parts}: {:?}", self.numbers.join("+"), self.fate)
    }
}

/// Reads a paper.
pub fn read_sheet(paper: &PrintedPaper) -> Sheet {
    let (mut numbers, mut codes, mut whole) = (Vec::new(), Vec::new(), false);
    for item in &paper.items {
        match item {
            Item::Line { runs, .. } => {
                let large = runs.iter().find_map(|run| match run {
                    Run::Text { text, size, .. } if size.height() >= NUMBER_SIZE => {
                        Some(text.trim().to_owned())
                    }
                    _ => None,
                });
                numbers.extend(large);
                let line: String =
                    runs.iter().map(|run| if let Run::Text { text, .. } = run { text } else { "" }).collect();
                whole |= line.trim_end().ends_with(HOTLINE) && !numbers.is_empty() && !codes.is_empty();
            }
            Item::Qr { data, .. } => codes.push(String::from_utf8_lossy(data).into_owned()),
            Item::Picture { .. } | Item::Feed(_) => {}
        }
    }
    let lines = paper.text();
    Sheet {
        numbers,
        codes,
        whole,
        crossed_out: lines.iter().any(|line| line.contains("XXXX")),
        reprint: lines.iter().any(|line| line.contains("补打")),
        fate: paper.fate,
    }
}
