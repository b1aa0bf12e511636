//! The terminal itself can't do what was asked, and where to go instead.

use kiosk_ui::{App, FaultAdapter, Page};
use slint::ComponentHandle;

use super::wording::Say;

pub(super) fn show(app: &App, say: &Say<'_>) -> Page {
    let adapter = app.global::<FaultAdapter>();
    adapter.set_title(say.say("trouble.title"));
    adapter.set_text(say.say("fault.store.text"));
    adapter.set_do_text(say.say("fault.do.text"));
    adapter.set_hotline(say.say("hotline"));
    Page::Fault
}
