//! 您已经取过号了.

use kiosk_ui::{App, LiveTicketAdapter, Page};
use slint::ComponentHandle;

use super::Tell;
use super::wording::{Say, hour};
use crate::engine::Input;
use crate::visit::Act;
use crate::visit::view::TicketView;

pub(super) fn listen(app: &App, tell: &Tell) {
    let adapter = app.global::<LiveTicketAdapter>();
    let on = |act: Act| {
        let tell = tell.clone();
        move || tell(Input::Act(act))
    };
    adapter.on_keep(on(Act::Done));
    adapter.on_reprint(on(Act::Reprint));
    adapter.on_other(on(Act::OtherClass));
}

/// No ticket.
pub(super) fn clear(app: &App) {
    let adapter = app.global::<LiveTicketAdapter>();
    adapter.set_number("".into());
    adapter.set_class_text("".into());
    adapter.set_ahead_text("".into());
    adapter.set_since_text("".into());
}

pub(super) fn show(app: &App, say: &Say<'_>, ticket: &TicketView, can_reprint: bool) -> Page {
    let adapter = app.global::<LiveTicketAdapter>();
    adapter.set_number(ticket.number.as_str().into());
    adapter.set_class_text(say.place(&ticket.class, &ticket.windows));
    adapter.set_ahead_text(say.ahead(ticket.people_ahead));
    adapter.set_since_text(say.fill("live.since", &[&hour(ticket.taken_at.time())]));
    adapter.set_can_reprint(can_reprint);
    adapter.set_reprint_reason(if can_reprint { "".into() } else { say.say("live.no-printer") });
    adapter.set_can_other(true);
    Page::LiveTicket
}
