//! 请看一看, 对不对?

use kiosk_ui::{App, ConfirmAdapter, Fact, Page};
use slint::ComponentHandle;

use super::Tell;
use super::legible::legible;
use super::wording::{Say, put};
use crate::engine::Input;
use crate::visit::Act;
use crate::visit::view::Summary;

pub(super) fn listen(app: &App, tell: &Tell) {
    let adapter = app.global::<ConfirmAdapter>();
    let confirm = tell.clone();
    adapter.on_confirm(move || confirm(Input::Act(Act::Confirm)));
    let cancel = tell.clone();
    adapter.on_cancel(move || cancel(Input::Act(Act::Cancel)));
}

/// Nobody's wish.
pub(super) fn clear(app: &App) {
    let adapter = app.global::<ConfirmAdapter>();
    put(adapter.get_rows(), Vec::new(), |rows| adapter.set_rows(rows));
}

pub(super) fn show(app: &App, say: &Say<'_>, summary: &Summary) -> Page {
    let adapter = app.global::<ConfirmAdapter>();
    adapter.set_people(summary.people_ahead.to_string().into());
    adapter.set_people_unit(say.say("confirm.people-unit"));
    let nobody = summary.people_ahead == 0;
    adapter.set_people_word(if nobody { say.say("confirm.people-none") } else { "".into() });
    let fact = |key: &str, value: slint::SharedString| Fact { label: say.say(key), value };
    let mut facts = Vec::new();
    if let Some(name) = &summary.name {
        facts.push(fact("confirm.row.name", legible(name).into()));
    }
    let id = summary.id.as_deref().map_or_else(|| say.say("confirm.no-card"), Into::into);
    facts.push(fact("confirm.row.number", id));
    // Larger letters leave room for the name alone; the number on the ticket has its letter.
    let class =
        if say.elder { summary.class.clone() } else { format!("{}　{}", summary.letter, summary.class) };
    facts.push(fact("confirm.row.class", class.into()));
    let reasons: Vec<_> =
        summary.priorities.iter().map(|priority| say.priority(*priority).to_string()).collect();
    let reasons = if reasons.is_empty() {
        say.say("confirm.no-priority")
    } else {
        reasons.join(&say.say("list-joint")).into()
    };
    facts.push(fact("confirm.row.priority", reasons));
    if !summary.windows.is_empty() {
        let windows = say.fill("confirm.windows", &[&say.numbers(&summary.windows)]);
        facts.push(fact("confirm.row.where", windows));
    }
    put(adapter.get_rows(), facts, |rows| adapter.set_rows(rows));
    adapter.set_busy(false);
    Page::Confirm
}
