//! Words of the language shown, with what is filled into them.

use jiff::civil::{Date, DateTime, Time};
use slint::{Model, ModelRc, SharedString, VecModel};

use crate::domain::priority::Priority;
use crate::words::Words;

/// Speaks the language of one scene.
pub(super) struct Say<'s> {
    pub(super) words: &'s Words,
    pub(super) language: &'s str,
    pub(super) elder: bool,
}

impl Say<'_> {
    pub(super) fn say(&self, key: &str) -> SharedString {
        self.words.text(self.language, key).into()
    }

    pub(super) fn fill(&self, key: &str, with: &[&str]) -> SharedString {
        self.words.fill(self.language, key, with).into()
    }

    /// The shorter text of elder mode where there is one.
    pub(super) fn say_for_mode(&self, key: &str) -> SharedString {
        let short = format!("{key}.elder");
        if self.elder && self.words.has(&short) { self.say(&short) } else { self.say(key) }
    }

    /// The same with what is filled in.
    pub(super) fn fill_for_mode(&self, key: &str, with: &[&str]) -> SharedString {
        let short = format!("{key}.elder");
        if self.elder && self.words.has(&short) { self.fill(&short, with) } else { self.fill(key, with) }
    }

    /// 1、2、3; a row of them that is longer than that, 1–12.
    pub(super) fn numbers(&self, numbers: &[u16]) -> String {
        let rows = numbers.chunk_by(|one, next| one.checked_add(1) == Some(*next));
        let told = rows.flat_map(|row| match row {
            [first, _, _, .., last] => vec![format!("{first}–{last}")],
            few => few.iter().map(u16::to_string).collect(),
        });
        told.collect::<Vec<_>>().join(self.words.text(self.language, "list-joint"))
    }

    /// 社会保障, 请到 1、2、3 号窗口; just the class where no window serves it.
    pub(super) fn place(&self, class: &str, windows: &[u16]) -> SharedString {
        if windows.is_empty() {
            class.into()
        } else {
            self.fill("take.where", &[class, &self.numbers(windows)])
        }
    }

    pub(super) fn ahead(&self, people: u32) -> SharedString {
        if people == 0 {
            self.say("take.ahead.none")
        } else {
            self.fill("take.ahead", &[&people.to_string()])
        }
    }

    pub(super) fn waiting(&self, people: u32, some: &str, none: &str) -> SharedString {
        if people == 0 { self.say(none) } else { self.fill(some, &[&people.to_string()]) }
    }

    /// In a few words, as on the ticket: several of them may stand in one line.
    pub(super) fn priority(&self, priority: Priority) -> SharedString {
        self.say(&format!("paper.priority.{}", priority.code()))
    }

    pub(super) fn date(&self, day: Date) -> SharedString {
        let month = self.say(&format!("month.{}", day.month()));
        let weekday = self.say(&format!("weekday.{}", day.weekday().to_monday_one_offset()));
        self.fill("date", &[&month, &day.day().to_string(), &weekday])
    }

    /// The date with its year: whoever looks for a wrong clock has to see it.
    pub(super) fn day(&self, day: Date) -> SharedString {
        self.fill("date.with-year", &[&day.year().to_string(), &self.date(day)])
    }

    /// When the hall opens next, seen from now.
    pub(super) fn opening(&self, now: DateTime, next: Option<DateTime>) -> SharedString {
        match next {
            None => self.say("closed.when.unknown"),
            Some(next) if next.date() == now.date() => self.fill("closed.when.today", &[&hour(next.time())]),
            Some(next) => self.fill("closed.when.next", &[&self.date(next.date()), &hour(next.time())]),
        }
    }
}

/// 09:00.
pub(super) fn hour(time: Time) -> String {
    time.strftime("%H:%M").to_string()
}

/// Rows for a page.
pub(super) fn rows<T: Clone + 'static>(rows: impl IntoIterator<Item = T>) -> ModelRc<T> {
    ModelRc::new(VecModel::from_iter(rows))
}

/// Changes the rows of a page where they differ and leaves the rest as it is: another model would take every row
/// away from under the finger, and the focus with it. `None` where the page has no model of ours yet.
fn change<T: Clone + PartialEq + 'static>(shown: &ModelRc<T>, wanted: &[T]) -> Option<()> {
    let model = shown.as_any().downcast_ref::<VecModel<T>>()?;
    for (place, row) in wanted.iter().enumerate() {
        match model.row_data(place) {
            Some(old) if old == *row => {}
            Some(_) => model.set_row_data(place, row.clone()),
            None => model.push(row.clone()),
        }
    }
    while model.row_count() > wanted.len() {
        model.remove(model.row_count() - 1);
    }
    Some(())
}

/// Shows `wanted` in the model that the page has, or gives it one.
pub(super) fn put<T: Clone + PartialEq + 'static>(
    shown: ModelRc<T>,
    wanted: Vec<T>,
    set: impl FnOnce(ModelRc<T>),
) {
    if change(&shown, &wanted).is_none() {
        set(rows(wanted));
    }
}
