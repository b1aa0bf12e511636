//! 首页: what did you come for?

use kiosk_ui::{App, HomeAdapter, HomeTile, Page};
use slint::ComponentHandle;

use super::Tell;
use super::wording::{Say, hour, put};
use crate::domain::hours::DoorState;
use crate::engine::Input;
use crate::engine::scene::Home;
use crate::visit::Act;

/// A tile: its key, its icon, and whether the service behind it is built.
type Tile = (&'static str, &'static str, bool);

/// The services, in the order in which they stand.
const SERVICES: [Tile; 7] = [
    ("ticket", "ticket", true),
    ("certificate", "certificate", false),
    ("guide", "book-2", false),
    ("cases", "progress-check", false),
    ("requests", "calendar-user", false),
    ("rate", "message-star", false),
    ("hall", "building-community", false),
];
/// What elder mode shows at once; the other services stand behind 更多服务.
const ELDER: [&str; 3] = ["ticket", "certificate", "requests"];

pub(super) fn listen(app: &App, tell: &Tell) {
    let tell = tell.clone();
    app.global::<HomeAdapter>().on_choose(move |key| match key.as_str() {
        "ticket" => tell(Input::Act(Act::TakeNumber)),
        "help" => tell(Input::Act(Act::Help)),
        "more" => tell(Input::Act(Act::MoreServices)),
        // The other tiles are disabled, so no touch comes from them.
        _ => {}
    });
}

pub(super) fn show(app: &App, say: &Say<'_>, home: &Home) -> Page {
    let adapter = app.global::<HomeAdapter>();
    let open = matches!(home.door, DoorState::Open { .. });
    let tile = |(key, icon, built): Tile| {
        let hint = match key {
            "ticket" if say.elder => "home.hint.ticket.elder".to_owned(),
            "ticket" if !home.without_card => "home.hint.ticket.card-only".to_owned(),
            key => format!("home.hint.{key}"),
        };
        // A closed hall's tile stays touchable: its page says when to come.
        let reason = if !built { say.say("home.reason.not-open-yet") } else { "".into() };
        HomeTile {
            key: key.into(),
            title_key: format!("home.tile.{key}").into(),
            hint: if built && !open { say.say("home.reason.out-of-hours") } else { say.say(&hint) },
            icon: icon.into(),
            enabled: built,
            reason,
        }
    };
    let plain = |key: &str, icon: &str| HomeTile {
        key: key.into(),
        title_key: format!("home.tile.{key}").into(),
        icon: icon.into(),
        enabled: true,
        ..HomeTile::default()
    };
    let of = |wanted: bool| SERVICES.into_iter().filter(move |(key, ..)| ELDER.contains(key) == wanted);
    let tiles: Vec<_> = match (say.elder, home.more) {
        (false, _) => SERVICES.into_iter().map(tile).collect(),
        (true, true) => of(false).map(tile).collect(),
        (true, false) => {
            let more = [plain("help", "heart-handshake"), plain("more", "layout-grid")];
            of(true).map(tile).chain(more).collect()
        }
    };
    adapter.set_more_shown(say.elder && home.more);
    put(adapter.get_tiles(), tiles, |tiles| adapter.set_tiles(tiles));
    let (title, text) = match home.door {
        DoorState::Open { until: Some(until) } => {
            ("home.open", say.fill("home.open.until", &[&hour(until.time())]))
        }
        DoorState::Open { until: None } => ("home.open", say.say("home.open.all-day")),
        DoorState::Closed { next: Some(next) } => {
            ("home.shut", say.fill("home.shut.until", &[&hour(next.time())]))
        }
        DoorState::Closed { next: None } => ("home.shut", "".into()),
    };
    adapter.set_open_title(say.say(title));
    adapter.set_open_text(text);
    adapter.set_windows_title(say.fill("home.windows", &[&home.windows.to_string()]));
    adapter.set_windows_text(say.say("home.windows.text"));
    adapter.set_waiting_title(say.waiting(home.waiting, "home.waiting", "home.waiting.none"));
    adapter.set_waiting_text(say.say("home.waiting.text"));
    Page::Home
}
