//! 号票没有打出来, and the ways on.

use kiosk_ui::{App, NotPrintedAdapter, Page, WayOn};
use slint::ComponentHandle;

use super::Tell;
use super::wording::{Say, put};
use crate::domain::device::{PaperTrouble, Printer};
use crate::engine::Input;
use crate::visit::{Act, view};

pub(super) fn listen(app: &App, tell: &Tell) {
    let tell = tell.clone();
    app.global::<NotPrintedAdapter>().on_choose(move |key| {
        let act = match key.as_str() {
            "again" | "retry" => Act::Retry,
            "other" => Act::OtherPrinter,
            "paperless" => Act::Paperless,
            _ => Act::Cancel,
        };
        tell(Input::Act(act));
    });
}

pub(super) fn show(app: &App, say: &Say<'_>, page: &view::Page) -> Page {
    let view::Page::NotPrinted { number, printer, trouble, doubtful, reprint, other } = page else {
        return Page::NotPrinted;
    };
    let adapter = app.global::<NotPrintedAdapter>();
    let cause = say.fill(&format!("not-printed.cause.{}", trouble.code()), &[&say.say(name(*printer))]);
    let what = match number {
        None => say.fill("not-printed.no-number", &[&cause]),
        Some(number) => {
            let key = match (*reprint, *doubtful) {
                (true, _) => "not-printed.still-valid",
                (false, true) => "not-printed.doubtful",
                (false, false) => "not-printed.void",
            };
            say.fill_for_mode(key, &[&cause, number])
        }
    };
    // What is in doubt takes more words; these leave no room for others.
    let comfort = if *doubtful && number.is_some() { "".into() } else { say.say("not-printed.not-you") };
    adapter.set_what_happened(format!("{what}\n{comfort}").trim_end().into());
    adapter.set_notice_strong(say.say("not-printed.notice"));
    adapter.set_notice_text(say.say("not-printed.notice.kept"));
    // The order never changes under a finger, whatever the printer says meanwhile.
    let again = if *trouble == PaperTrouble::PaperOut { "again" } else { "retry" };
    let way = |key: &str, primary: bool| WayOn {
        key: key.into(),
        title: say.say(&format!("not-printed.{key}")),
        hint: say.say(&format!("not-printed.{key}.hint")),
        icon: icon(key).into(),
        primary,
    };
    let mut ways = vec![way("paperless", other.is_none()), way(again, false), way("give-up", false)];
    if let Some(other) = other {
        let name = say.say(name(*other));
        let title = say.fill("not-printed.other", &[&name]);
        let hint = say.fill("not-printed.other.hint", &[&name]);
        ways.insert(0, WayOn { key: "other".into(), title, hint, icon: icon("other").into(), primary: true });
    }
    put(adapter.get_options(), ways, |ways| adapter.set_options(ways));
    Page::NotPrinted
}

/// No number.
pub(super) fn clear(app: &App) {
    app.global::<NotPrintedAdapter>().set_what_happened("".into());
}

/// What residents call it.
fn name(printer: Printer) -> &'static str {
    match printer {
        Printer::Dispenser => "printer.ticket_dispenser",
        Printer::Receipt => "printer.receipt_printer",
    }
}

fn icon(way: &str) -> &'static str {
    match way {
        "other" => "printer",
        "paperless" => "device-mobile",
        "give-up" => "x",
        _ => "refresh",
    }
}
