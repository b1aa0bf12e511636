//! The terminal itself can't do what was asked, or can't serve at all, and where to go instead.

use kiosk_ui::{App, FaultAdapter, Page};
use slint::ComponentHandle;

use super::wording::Say;
use crate::engine::scene::Outage;

/// A number could not be kept.
pub(super) fn show(app: &App, say: &Say<'_>) -> Page {
    fill(app, say, "trouble.title", "fault.store.text", "")
}

/// Nothing can be kept: a way on for residents, and a word for whoever looks after the terminal.
pub(super) fn show_outage(app: &App, say: &Say<'_>, outage: Outage) -> Page {
    fill(app, say, "outage.title", "outage.text", &format!("outage.staff.{}", outage.code()))
}

fn fill(app: &App, say: &Say<'_>, title: &str, text: &str, staff: &str) -> Page {
    let adapter = app.global::<FaultAdapter>();
    adapter.set_title(say.say(title));
    adapter.set_text(say.say(text));
    adapter.set_do_text(say.say("fault.do.text"));
    adapter.set_staff_text(if staff.is_empty() { "".into() } else { say.say(staff) });
    adapter.set_hotline(say.say("hotline"));
    Page::Fault
}
