//! 您今天要办什么事?

use kiosk_ui::{App, ChooseClassAdapter, NoticeKind, Page, ServiceClass};
use slint::ComponentHandle;

use super::Tell;
use super::wording::{Say, put};
use crate::domain::class::ClassLetter;
use crate::engine::Input;
use crate::visit::Act;
use crate::visit::view::{ClassChoice, Notice};

/// Icons by a word of the class's name; the first that fits. Classes are the site's own, so this can only guess.
const ICONS: [(&str, &str); 14] = [
    ("社会保", "umbrella"),
    ("社保", "umbrella"),
    ("医", "first-aid-kit"),
    ("民政", "heart-handshake"),
    ("户籍", "home-heart"),
    ("居住", "home-heart"),
    ("不动产", "home-heart"),
    ("农", "plant-2"),
    ("退役", "shield-star"),
    ("卫生", "heartbeat"),
    ("残", "disabled"),
    ("税", "file-certificate"),
    ("就业", "briefcase"),
    ("教育", "school"),
];

/// Where nothing fits.
const OTHER: &str = "dots-circle-horizontal";

/// Tiles of one sheet, as the page has it: in the usual manner and in elder mode.
const SHEET: [usize; 2] = [8, 6];

pub(super) fn listen(app: &App, tell: &Tell) {
    let tell = tell.clone();
    app.global::<ChooseClassAdapter>().on_choose(move |letter| {
        if let Ok(letter) = letter.parse::<ClassLetter>() {
            tell(Input::Act(Act::Choose(letter)));
        }
    });
}

/// The page comes up: its first sheet.
pub(super) fn enter(app: &App) {
    app.global::<ChooseClassAdapter>().set_sheet(0);
}

pub(super) fn show(app: &App, say: &Say<'_>, classes: &[ClassChoice], notice: Option<Notice>) -> Page {
    let adapter = app.global::<ChooseClassAdapter>();
    let tiles = classes.iter().map(|class| ServiceClass {
        letter: class.letter.to_string().into(),
        name: class.name.as_str().into(),
        icon: icon(&class.name).into(),
        waiting: say.waiting(class.waiting, "class.waiting", "class.waiting.none"),
        enabled: !class.full,
        reason: say.say("class.full"),
    });
    put(adapter.get_classes(), tiles.collect(), |classes| adapter.set_classes(classes));
    put(adapter.get_more_texts(), more(say, classes.len()), |texts| adapter.set_more_texts(texts));
    let (kind, text) = match notice {
        None => (NoticeKind::None, "".into()),
        Some(Notice::TakeCardBack) => (NoticeKind::Warn, say.say_for_mode("class.notice.card-read")),
        Some(Notice::CardExpired) => (NoticeKind::Warn, say.say("class.notice.card-expired")),
    };
    adapter.set_notice_kind(kind);
    adapter.set_notice_text(text);
    Page::ChooseClass
}

/// How many classes each sheet leaves for the next ones.
fn more(say: &Say<'_>, classes: usize) -> Vec<slint::SharedString> {
    // One place is taken by the tile that says so.
    let places = SHEET[usize::from(say.elder)] - 1;
    let rest = (places..classes).step_by(places).map(|shown| classes - shown);
    rest.map(|rest| say.fill("class.more-left", &[&rest.to_string()])).collect()
}

fn icon(name: &str) -> &'static str {
    ICONS.iter().find(|(word, _)| name.contains(word)).map_or(OTHER, |(_, icon)| icon)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_icon_is_drawn() {
        for (_, icon) in ICONS {
            assert!(kiosk_ui::pictures::exists(icon), "{icon}");
        }
        assert!(kiosk_ui::pictures::exists(OTHER));
        assert_eq!((icon("社会保障"), icon("其他事项")), ("umbrella", OTHER));
    }
}
