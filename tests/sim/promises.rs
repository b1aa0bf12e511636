//! What must hold after every step, told as what the hall would say of it.
//!
//! Rows are read by a connection of its own, so that nothing is believed that is not on disk; papers are read as a
//! person reads them, from what came out of the simulated printer.

mod rows;

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::time::Duration;

use kiosk::domain::ticket::TicketState;
use kiosk::engine::scene::{Banner, Scene, Shown};
use kiosk::visit::view::Page;
use kiosk_escpos::simulator::{Fate, PrintedPaper};
use rusqlite::{Connection, OpenFlags};

use self::rows::{Row, read_rows};
use crate::papers::{Sheet, read_sheet};
use crate::platform::Platform;
use crate::time::Times;

/// A promise that was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken(pub String);

impl Broken {
    /// Names the promise and what broke it.
    pub fn new(promise: &str, by: &str) -> Self {
        Self(format!("{promise}: {by}"))
    }
}

impl From<rusqlite::Error> for Broken {
    fn from(error: rusqlite::Error) -> Self {
        Self(format!("the store can't be read: {error}"))
    }
}

/// The longest that the page may say that a ticket is being printed.
const LONGEST_PRINT: Duration = Duration::from_secs(90);

/// So long after something went wrong with the printer nobody knows who took the paper out of its mouth.
const UNCLEAR: Duration = Duration::from_secs(6);

/// A wall clock so far below the store counts as behind: a step back of a minute is ordinary clock discipline.
const BEHIND_MS: i64 = 60_000;

/// Watches over a day.
pub struct Promises {
    store: Option<Connection>,
    version: i64,
    rows: BTreeMap<String, Row>,
    trail_seen: i64,
    last_day: String,
    sheets: Vec<Sheet>,
    /// How many things stood on each when it was read.
    items: Vec<usize>,
    papers_changed: bool,
    /// When something happened to printer or program that nobody could see through.
    disturbed: Option<Duration>,
    /// Papers that the machine took back, and when.
    taken_back: Vec<(Duration, String)>,
    /// Of these, those of which nobody can know that it was not a hand.
    unclear: HashSet<String>,
    presenter: bool,
    /// The printer says that it is done before it is.
    liar: bool,
    printing_since: Option<Duration>,
}

impl Promises {
    /// Watches a hall whose printer has that profile.
    pub fn new(presenter: bool, liar: bool) -> Self {
        Self {
            store: None,
            version: 0,
            rows: BTreeMap::new(),
            trail_seen: 0,
            last_day: String::new(),
            sheets: Vec::new(),
            items: Vec::new(),
            papers_changed: false,
            disturbed: None,
            taken_back: Vec::new(),
            unclear: HashSet::new(),
            presenter,
            liar,
            printing_since: None,
        }
    }

    /// The store stands here now.
    pub fn look_at(&mut self, folder: &Path) -> Result<(), Broken> {
        self.store =
            Some(Connection::open_with_flags(folder.join("kiosk.db"), OpenFlags::SQLITE_OPEN_READ_ONLY)?);
        self.version = -1;
        self.printing_since = None;
        Ok(())
    }

    /// Lets go of the store.
    pub fn look_away(&mut self) {
        self.store = None;
    }

    /// Whole papers out of the printer, with that code.
    fn whole_papers(&self, code: &str) -> usize {
        self.sheets.iter().filter(|sheet| self.out_whole(sheet) && sheet.codes == [code]).count()
    }

    /// Reads the rows where they have changed; whether they had.
    pub fn check_rows(&mut self, platform: &Platform, times: &Times) -> Result<bool, Broken> {
        let Some(store) = &self.store else { return Ok(false) };
        let version = store.query_row("PRAGMA data_version", [], |row| row.get(0))?;
        if version == self.version {
            return Ok(false);
        }
        self.version = version;
        let before = std::mem::replace(&mut self.rows, read_rows(store)?);
        self.follow_trail(times)?;
        self.no_row_twice()?;
        self.outbox_agrees(platform)?;
        for (code, row) in &self.rows {
            if let Some(print) = &row.print
                && before.get(code).is_none_or(|before| before.print.is_none())
            {
                self.is_in_somebodys_hand(code, row, print)?;
            }
            self.no_paper_of_a_void_ticket(code, row)?;
        }
        if let Some(lost) = before.keys().find(|code| !self.rows.contains_key(*code)) {
            return Err(Broken::new("a row is gone", lost));
        }
        Ok(true)
    }

    /// Reads the papers of the printer that may have changed; says those that did.
    pub fn read_papers(&mut self, papers: &[PrintedPaper], now: Duration) -> Vec<String> {
        let settled = |sheet: &Sheet| is_settled(sheet.fate, self.presenter);
        let first = self.sheets.iter().position(|sheet| !settled(sheet)).unwrap_or(self.sheets.len());
        let stands = |((sheet, items), paper): ((&Sheet, &usize), &PrintedPaper)| {
            sheet.fate == paper.fate && *items == paper.items.len()
        };
        let (known, there) = (&self.sheets[first..], &papers[first..]);
        let same = known.iter().zip(&self.items[first..]).zip(there).all(stands);
        if known.len() == there.len() && same {
            return Vec::new();
        }
        self.items.truncate(first);
        self.items.extend(there.iter().map(|paper| paper.items.len()));
        self.papers_changed = true;
        let before: Vec<_> = self.sheets.drain(first..).map(|sheet| (sheet.fate, sheet.whole)).collect();
        self.sheets.extend(there.iter().map(read_sheet));
        let changed = self.sheets[first..].iter().enumerate();
        let moved = changed.filter(|(place, sheet)| before.get(*place) != Some(&(sheet.fate, sheet.whole)));
        let moved: Vec<_> = moved.map(|(_, sheet)| sheet).collect();
        for sheet in moved.iter().filter(|sheet| sheet.fate == Fate::TakenBack) {
            self.taken_back.extend(sheet.codes.iter().map(|code| (now, code.clone())));
            if self.liar || self.disturbed.is_some_and(|at| now - at < UNCLEAR) {
                self.unclear.extend(sheet.codes.iter().cloned());
            }
        }
        moved.iter().map(|sheet| sheet.to_string()).collect()
    }

    /// Printer or program were disturbed: of paper that leaves the mouth about now nobody knows who took it.
    pub fn disturb(&mut self, now: Duration) {
        self.disturbed = Some(now);
        let lately = self.taken_back.iter().rev().take_while(|(at, _)| now - *at < UNCLEAR);
        self.unclear.extend(lately.map(|(_, code)| code.clone()));
    }

    /// Each paper against its row, where either has changed.
    pub fn check_papers(&mut self, rows_changed: bool) -> Result<(), Broken> {
        if !std::mem::take(&mut self.papers_changed) && !rows_changed {
            return Ok(());
        }
        let mut given: HashSet<(&str, &str)> = HashSet::new();
        for sheet in self.sheets.iter().filter(|sheet| self.out_whole(sheet)) {
            let open =
                |code: &String| self.rows.get(code).is_some_and(|row| row.state == TicketState::Unconfirmed);
            // A printer that says it has cleared what it has not: both tickets are set aside, and a clerk sees the paper.
            if self.liar && sheet.codes.len() > 1 && sheet.codes.iter().all(open) {
                continue;
            }
            let [code] = sheet.codes.as_slice() else {
                return Err(Broken::new("two tickets on one paper", &sheet.numbers.join(" and ")));
            };
            let Some(row) = self.rows.get(code) else {
                return Err(Broken::new("a paper without a row", &sheet.numbers.join(" ")));
            };
            let half_above = self.liar && sheet.numbers.last() == Some(&row.number);
            if sheet.numbers != [row.number.clone()] && !half_above {
                return Err(Broken::new("a paper with another number than its row", &row.number));
            }
            if !sheet.reprint && !given.insert((&row.day, &row.number)) {
                return Err(Broken::new("a number on two papers in one day", &row.number));
            }
            self.no_paper_of_a_void_ticket(code, row)?;
        }
        Ok(())
    }

    /// What goes to paper: a reserved ticket, or an issued one once more.
    pub fn check_order(&self, code: &str, reprint: bool) -> Result<(), Broken> {
        let expected = if reprint { TicketState::Issued } else { TicketState::Reserved };
        match self.rows.get(code) {
            Some(row) if row.state == expected => Ok(()),
            Some(row) => Err(Broken::new(
                "a ticket goes to paper that is no more",
                &format!("{} {:?}", row.number, row.state),
            )),
            None => Err(Broken::new("a ticket goes to paper before it is on disk", code)),
        }
    }

    /// The screen at this instant.
    pub fn check_screen(&mut self, scene: &Scene, times: &Times, platform_told: bool) -> Result<(), Broken> {
        let printing = matches!(scene.page, Shown::Visit(Page::Printing { .. }));
        self.printing_since = printing.then(|| self.printing_since.unwrap_or(times.now));
        if self.printing_since.is_some_and(|since| times.now - since > LONGEST_PRINT) {
            return Err(Broken::new("the page says for too long that it prints", "90 s"));
        }
        let home = matches!(scene.page, Shown::Home(_));
        if home && scene.person.is_some() {
            return Err(Broken::new("somebody is still known on the home page", ""));
        }
        let behind =
            self.latest_ms().is_some_and(|latest| times.wall().as_millisecond() + BEHIND_MS < latest);
        let says_so = matches!(scene.banner, Some(Banner::ClockBehind | Banner::StoreTrouble));
        if behind && !platform_told && !says_so {
            return Err(Broken::new("the clock is behind and the terminal does not say so", ""));
        }
        Ok(())
    }

    /// After everything was repaired and the network healed: all told, nothing lies about.
    pub fn check_evening(&self, platform: &Platform) -> Result<(), Broken> {
        let Some(store) = &self.store else { return Ok(()) };
        if self.events_wait()? {
            return Err(Broken::new("the outbox does not drain", ""));
        }
        let told: usize =
            store.query_row("SELECT COUNT(*) FROM outbox WHERE state = 'accepted'", [], |row| row.get(0))?;
        if told != platform.accepted.len() {
            let both = format!("{told} told, {} taken", platform.accepted.len());
            return Err(Broken::new("the platform has other events than the outbox", &both));
        }
        let dead: usize =
            store.query_row("SELECT COUNT(*) FROM outbox WHERE state = 'dead'", [], |row| row.get(0))?;
        if dead != platform.rejected.len() {
            return Err(Broken::new("a dead letter that nobody refused", &format!("{dead}")));
        }
        for (code, row) in self.rows.iter().filter(|(_, row)| row.state == TicketState::Cancelled) {
            let taken =
                |sheet: &&Sheet| sheet.codes == [code.clone()] && sheet.fate == Fate::Taken && sheet.whole;
            if !self.unclear.contains(code) && self.sheets.iter().any(|sheet| taken(&sheet)) {
                return Err(Broken::new("a ticket was cancelled that is in somebody's hand", &row.number));
            }
        }
        let issued = self.rows.iter().filter(|(_, row)| row.state == TicketState::Issued);
        for (code, row) in issued.filter(|(code, _)| !self.unclear.contains(*code)) {
            let of_it: Vec<_> = self.sheets.iter().filter(|sheet| sheet.codes.contains(code)).collect();
            let paperless = row.print.as_deref() == Some("paperless");
            if !paperless && !of_it.is_empty() && of_it.iter().all(|sheet| sheet.fate == Fate::TakenBack) {
                return Err(Broken::new("a ticket waits whose paper the machine took back", &row.number));
            }
        }
        Ok(())
    }

    /// Whether the platform is still to be told something.
    pub fn events_wait(&self) -> Result<bool, Broken> {
        let Some(store) = &self.store else { return Ok(false) };
        let sql = "SELECT EXISTS (SELECT 1 FROM outbox WHERE state = 'waiting')";
        Ok(store.query_row(sql, [], |row| row.get(0))?)
    }

    fn latest_ms(&self) -> Option<i64> {
        let store = self.store.as_ref()?;
        store.query_row("SELECT at FROM trail ORDER BY id DESC LIMIT 1", [], |row| row.get(0)).ok()
    }

    fn out_whole(&self, sheet: &Sheet) -> bool {
        sheet.is_out_whole(self.presenter)
    }

    fn is_in_somebodys_hand(&self, code: &str, row: &Row, print: &str) -> Result<(), Broken> {
        let sure = match print {
            "paperless" => true,
            // Nobody sees through a printer that lies, but then the ticket says that it is not sure.
            "likely" if self.liar => true,
            _ => self.whole_papers(code) == 1,
        };
        if sure {
            Ok(())
        } else {
            Err(Broken::new("an issued ticket is on no paper", &format!("{} {print}", row.number)))
        }
    }

    fn no_paper_of_a_void_ticket(&self, code: &str, row: &Row) -> Result<(), Broken> {
        if row.state == TicketState::Void && !row.closed && self.whole_papers(code) > 0 {
            return Err(Broken::new("a whole paper of a void ticket", &row.number));
        }
        Ok(())
    }
}

/// Whether nothing can happen to a paper any more.
fn is_settled(fate: Fate, presenter: bool) -> bool {
    match fate {
        Fate::Taken | Fate::TakenBack | Fate::PushedOut | Fate::TornOut => true,
        Fate::Cut => !presenter,
        Fate::InPrinter | Fate::Shown => false,
    }
}
