//! 请人帮忙: a person instead of a machine.

use kiosk_ui::{App, HelpAdapter, Page};
use slint::ComponentHandle;

use super::Tell;
use super::wording::Say;
use crate::engine::Input;
use crate::visit::Act;

pub(super) fn listen(app: &App, tell: &Tell) {
    let tell = tell.clone();
    app.global::<HelpAdapter>().on_done(move || tell(Input::Act(Act::Done)));
}

pub(super) fn show(app: &App, say: &Say<'_>) -> Page {
    let adapter = app.global::<HelpAdapter>();
    adapter.set_where_text(say.say("help.where.text"));
    adapter.set_hotline(say.say("hotline"));
    Page::Help
}
