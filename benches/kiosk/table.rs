//! The table that is printed, and the same as JSON.

use std::fmt;
use std::path::Path;

use serde_json::{Value, json};

/// One row.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// `P1`.
    pub(crate) number: &'static str,
    /// What was measured.
    pub(crate) what: String,
    /// Our figure.
    pub(crate) ours: String,
    /// The reference's figure in this run; empty where there was none.
    pub(crate) reference: String,
    /// Ours to the reference's.
    pub(crate) ratio: Option<f64>,
    /// What is to be reached.
    pub(crate) mark: &'static str,
    /// Whether it was; `None` where the mark asks for something that was not there.
    pub(crate) met: Option<bool>,
    /// All figures, units in their names.
    pub(crate) figures: Value,
}

/// All rows of a run.
#[derive(Debug)]
pub(crate) struct Table {
    quick: bool,
    lines: Vec<Line>,
    failed: Vec<(&'static str, String)>,
}

const HEAD: [&str; 7] = ["", "what", "measured", "reference, same run", "ratio", "mark", "met"];

impl Table {
    pub(crate) fn new(quick: bool) -> Self {
        Self { quick, lines: Vec::new(), failed: Vec::new() }
    }

    pub(crate) fn add(&mut self, lines: Vec<Line>) {
        self.lines.extend(lines);
    }

    /// A measurement that came to nothing.
    pub(crate) fn fail(&mut self, number: &'static str, why: &str) {
        self.failed.push((number, why.to_owned()));
    }

    /// Whether every measurement came to an end.
    pub(crate) fn is_whole(&self) -> bool {
        self.failed.is_empty()
    }

    /// Writes it as JSON.
    pub(crate) fn save(&self, file: &Path) -> std::io::Result<()> {
        let lines: Vec<_> = self
            .lines
            .iter()
            .map(|line| {
                json!({
                    "number": line.number,
                    "what": line.what,
                    "measured": line.ours,
                    "reference": line.reference,
                    "ratio": line.ratio,
                    "mark": line.mark,
                    "met": line.met,
                    "figures": line.figures,
                })
            })
            .collect();
        let failed: Vec<_> =
            self.failed.iter().map(|(number, why)| json!({"number": number, "why": why})).collect();
        let whole = json!({
            "version": env!("CARGO_PKG_VERSION"),
            "quick": self.quick,
            "machine": machine(),
            "measured": lines,
            "failed": failed,
        });
        std::fs::write(file, format!("{whole:#}\n"))
    }
}

impl fmt::Display for Table {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<[String; 7]> = std::iter::once(HEAD.map(str::to_owned))
            .chain(self.lines.iter().map(|line| {
                let ratio = line.ratio.map_or_else(String::new, super::spread::short);
                let met = line.met.map_or("–", |met| if met { "yes" } else { "NO" });
                [
                    line.number.to_owned(),
                    line.what.clone(),
                    line.ours.clone(),
                    line.reference.clone(),
                    ratio,
                    line.mark.to_owned(),
                    met.to_owned(),
                ]
            }))
            .collect();
        let widths: [usize; 7] = std::array::from_fn(|column| {
            rows.iter().filter_map(|row| row.get(column)).map(|cell| wide(cell)).max().unwrap_or(0)
        });
        for row in &rows {
            let cells: Vec<_> = row
                .iter()
                .zip(widths)
                .map(|(cell, width)| format!("{cell}{}", " ".repeat(width - wide(cell))))
                .collect();
            writeln!(to, "{}", cells.join("  ").trim_end())?;
        }
        for (number, why) in &self.failed {
            writeln!(to, "{number}: not measured: {why}")?;
        }
        if self.quick {
            writeln!(to, "A quick run: it shows that everything can be measured, and no figure to rely on.")?;
        }
        Ok(())
    }
}

fn wide(text: &str) -> usize {
    text.chars().count()
}

/// Processor, cores and load, so that figures are not compared across machines unawares.
fn machine() -> Value {
    let read = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    json!({
        "architecture": std::env::consts::ARCH,
        "processor": model.trim_start_matches([' ', '\t', ':']),
        "cores": std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
        "load": read("/proc/loadavg").trim(),
    })
}
