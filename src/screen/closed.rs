//! No numbers now, and when to come.

use jiff::civil::DateTime;
use kiosk_ui::{App, ClosedAdapter, Page};
use slint::ComponentHandle;

use super::Tell;
use super::wording::Say;
use crate::engine::Input;
use crate::visit::Act;

pub(super) fn listen(app: &App, tell: &Tell) {
    let tell = tell.clone();
    app.global::<ClosedAdapter>().on_done(move || tell(Input::Act(Act::Done)));
}

pub(super) fn show(app: &App, say: &Say<'_>, now: DateTime, next: Option<DateTime>) -> Page {
    fill(app, say, say.say("closed.title"), say.opening(now, next))
}

pub(super) fn show_full(app: &App, say: &Say<'_>, class: &str) -> Page {
    let title = format!("{class}\n{}", say.say("closed.title.full"));
    fill(app, say, title.trim_start().into(), say.say("closed.when.full"))
}

fn fill(app: &App, say: &Say<'_>, title: slint::SharedString, when: slint::SharedString) -> Page {
    let adapter = app.global::<ClosedAdapter>();
    adapter.set_title(title);
    adapter.set_when_text(when);
    adapter.set_hours_text("".into());
    adapter.set_hotline(say.say("hotline"));
    Page::Closed
}
