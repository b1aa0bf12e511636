//! Any reason to be called earlier?

use kiosk_ui::{App, Page, PriorityAdapter, PriorityOption};
use slint::ComponentHandle;

use super::Tell;
use super::wording::{Say, put};
use crate::domain::priority::Priority;
use crate::engine::Input;
use crate::visit::Act;
use crate::visit::view::PriorityChoice;

/// The row that takes all others back.
const NONE: &str = "none";

pub(super) fn listen(app: &App, tell: &Tell) {
    let adapter = app.global::<PriorityAdapter>();
    let toggle = tell.clone();
    adapter.on_toggle(move |key| {
        if key == NONE {
            toggle(Input::Act(Act::DeclareNone));
        } else if let Some(priority) = Priority::from_code(&key) {
            toggle(Input::Act(Act::Declare(priority)));
        }
    });
    let next = tell.clone();
    adapter.on_next(move || next(Input::Act(Act::Next)));
}

pub(super) fn show(app: &App, say: &Say<'_>, options: &[PriorityChoice]) -> Page {
    let adapter = app.global::<PriorityAdapter>();
    let row = |key: &str, icon: &str, chosen: bool| PriorityOption {
        key: key.into(),
        title: say.say(&format!("priority.{key}")),
        hint: say.say(&format!("priority.{key}.hint")),
        icon: icon.into(),
        chosen,
    };
    let declared = options.iter().filter(|option| !option.seen);
    let mut list: Vec<_> = declared
        .clone()
        .map(|option| row(option.priority.code(), icon(option.priority), option.chosen))
        .collect();
    list.push(row(NONE, "user", !declared.clone().any(|option| option.chosen)));
    put(adapter.get_options(), list, |options| adapter.set_options(options));
    let seen = options.iter().any(|option| option.seen && option.chosen);
    adapter.set_seen_text(if seen { say.say("priority.seen-elder") } else { "".into() });
    adapter.set_next_enabled(true);
    Page::Priority
}

/// No reasons: what somebody declared is nobody else's.
pub(super) fn clear(app: &App) {
    let adapter = app.global::<PriorityAdapter>();
    put(adapter.get_options(), Vec::new(), |options| adapter.set_options(options));
    adapter.set_seen_text("".into());
}

fn icon(priority: Priority) -> &'static str {
    match priority {
        Priority::Elder => "old",
        Priority::Soldier => "shield-star",
        Priority::Disabled => "disabled",
        Priority::Pregnant => "baby-carriage",
    }
}
