//! 号票已打印, 请取走; or the number to remember.

use kiosk_ui::{App, Page, TakeTicketAdapter};
use slint::ComponentHandle;

use super::wording::Say;
use super::{Tell, qr};
use crate::domain::device::Printer;
use crate::engine::Input;
use crate::visit::Act;
use crate::visit::view::TicketView;

pub(super) fn listen(app: &App, tell: &Tell) {
    let tell = tell.clone();
    app.global::<TakeTicketAdapter>().on_done(move || tell(Input::Act(Act::Done)));
}

/// No ticket.
pub(super) fn clear(app: &App) {
    let adapter = app.global::<TakeTicketAdapter>();
    adapter.set_number("".into());
    adapter.set_where_text("".into());
    adapter.set_ahead_text("".into());
    adapter.set_has_qr(false);
    adapter.set_qr(slint::Image::default());
}

pub(super) fn show(
    app: &App,
    say: &Say<'_>,
    ticket: &TicketView,
    from: Option<Printer>,
    seconds_left: u64,
    with_card: bool,
) -> Page {
    let adapter = app.global::<TakeTicketAdapter>();
    let same = adapter.get_number() == ticket.number.as_str();
    adapter.set_number(ticket.number.as_str().into());
    adapter.set_where_text(say.place(&ticket.class, &ticket.windows));
    adapter.set_ahead_text(say.ahead(ticket.people_ahead));
    adapter.set_paperless(from.is_none());
    adapter.set_slot_text(say.say(match from {
        Some(Printer::Receipt) => "take.slot.receipt_printer",
        Some(Printer::Dispenser) | None => "take.slot",
    }));
    adapter.set_belongings_text(say.say(if with_card {
        "take.belongings"
    } else {
        "take.belongings.no-card"
    }));
    adapter.set_seconds_text(say.fill("take.seconds", &[&seconds_left.to_string()]));
    // A new picture would be drawn each second; the number's own is made once.
    if !same || !adapter.get_has_qr() {
        let picture = ticket.qr.as_deref().and_then(qr::picture);
        adapter.set_has_qr(picture.is_some());
        adapter.set_qr(picture.unwrap_or_default());
    }
    Page::TakeTicket
}
