//! The identity number, typed.

use kiosk_ui::{App, KeypadAdapter, Page};
use slint::{ComponentHandle, SharedString};

use super::Tell;
use super::wording::{Say, put};
use crate::domain::id_number::{IdNumber, WrongIdNumber};
use crate::engine::Input;
use crate::visit::{Act, Typed};

pub(super) fn listen(app: &App, tell: &Tell) {
    let adapter = app.global::<KeypadAdapter>();
    let on = |act: Act| {
        let tell = tell.clone();
        move || tell(Input::Act(act))
    };
    adapter.on_backspace(on(Act::Backspace));
    adapter.on_clear(on(Act::Clear));
    adapter.on_done(on(Act::Typed));
    let key = tell.clone();
    adapter.on_key(move |value| {
        if let Some(value) = value.chars().next() {
            key(Input::Act(Act::Key(value)));
        }
    });
    let reveal = tell.clone();
    adapter.on_reveal(move |shown| reveal(Input::Act(Act::Reveal(shown))));
}

/// Nothing typed.
pub(super) fn clear(app: &App) {
    let adapter = app.global::<KeypadAdapter>();
    let empty = vec![SharedString::default(); IdNumber::LENGTH];
    put(adapter.get_cells(), empty, |cells| adapter.set_cells(cells));
    adapter.set_count(0);
    adapter.set_count_text("".into());
    adapter.set_error("".into());
}

pub(super) fn show(
    app: &App,
    say: &Say<'_>,
    shown: &Typed,
    wrong: Option<WrongIdNumber>,
    complete: bool,
) -> Page {
    let adapter = app.global::<KeypadAdapter>();
    let count = shown.reveal().chars().count();
    let mut typed = shown.reveal().chars();
    let cells = (0..IdNumber::LENGTH).map(|_| typed.next().map(SharedString::from).unwrap_or_default());
    put(adapter.get_cells(), cells.collect(), |cells| adapter.set_cells(cells));
    adapter.set_count(i32::try_from(count).unwrap_or(0));
    adapter.set_count_text(say.fill("keypad.count", &[&count.to_string()]));
    adapter.set_error(match wrong {
        None => "".into(),
        Some(WrongIdNumber::Length) => {
            let missing = IdNumber::LENGTH.saturating_sub(count);
            say.fill("keypad.incomplete", &[&missing.to_string()])
        }
        Some(WrongIdNumber::Character | WrongIdNumber::BirthDate | WrongIdNumber::Check) => {
            say.say("keypad.wrong")
        }
    });
    adapter.set_x_enabled(count + 1 == IdNumber::LENGTH);
    adapter.set_done_enabled(complete && wrong.is_none());
    Page::Keypad
}
