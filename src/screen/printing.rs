//! 正在打印号票.

use kiosk_ui::{App, Page, PrintingAdapter};
use slint::ComponentHandle;

use super::wording::Say;
use crate::domain::device::Printer;

/// The number is kept, the paper on its way: what has really happened when this page comes up.
const ON_ITS_WAY: i32 = 2;

pub(super) fn show(app: &App, say: &Say<'_>, printer: Printer) -> Page {
    let adapter = app.global::<PrintingAdapter>();
    adapter.set_stage(ON_ITS_WAY);
    adapter.set_hint(say.say(match printer {
        Printer::Dispenser => "printing.hint",
        Printer::Receipt => "printing.hint.receipt_printer",
    }));
    Page::Printing
}
