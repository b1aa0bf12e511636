//! 请把身份证放在读卡区.

use kiosk_ui::{App, Page, PlaceCardAdapter, ReaderState};
use slint::ComponentHandle;

use super::Tell;
use super::wording::Say;
use crate::engine::Input;
use crate::visit::Act;
use crate::visit::view::ReaderFace;

pub(super) fn listen(app: &App, tell: &Tell) {
    let adapter = app.global::<PlaceCardAdapter>();
    let type_number = tell.clone();
    adapter.on_type_number(move || type_number(Input::Act(Act::TypeNumber)));
    let without = tell.clone();
    adapter.on_without_card(move || without(Input::Act(Act::WithoutCard)));
}

pub(super) fn show(app: &App, say: &Say<'_>, reader: ReaderFace, without_card: bool) -> Page {
    let adapter = app.global::<PlaceCardAdapter>();
    let (state, message) = match reader {
        ReaderFace::Waiting => (ReaderState::Waiting, say.say("reader.waiting")),
        ReaderFace::Reading => (ReaderState::Reading, say.say("reader.reading")),
        ReaderFace::Failed(trouble) => {
            (ReaderState::Failed, say.say(&format!("reader.trouble.{}", trouble.code())))
        }
        ReaderFace::Occupied => (ReaderState::Failed, say.say("reader.occupied")),
        ReaderFace::Missing => (ReaderState::Missing, say.say("reader.missing")),
    };
    adapter.set_state(state);
    adapter.set_message(message);
    adapter.set_can_type(true);
    adapter.set_can_code(false);
    adapter.set_can_go_without(without_card);
    Page::PlaceCard
}
