//! 维护菜单: which of its three kinds of page is up, and what is touched on them.

use std::sync::Arc;

use kiosk_ui::{
    App, NoticeKind, Page, ServiceListAdapter, ServicePadAdapter, ServiceRow, ServiceShell, Shell,
};
use slint::{ComponentHandle, SharedString};

use super::wording::{Say, hour, put};
use super::{Tell, service_facts};
use crate::domain::device::{Device, HealthState};
use crate::domain::ids::TicketId;
use crate::domain::pin::Pin;
use crate::engine::Input;
use crate::engine::scene::Shown;
use crate::service::view::{self, Asked, DeviceLine, PinState, Said, TicketLine, View};
use crate::service::{Act, Digit, Place, TypedTime};
use crate::words::Words;

/// The devices that rows name.
const DEVICES: [Device; 4] =
    [Device::IdReader, Device::TicketDispenser, Device::ReceiptPrinter, Device::Speaker];

pub(super) fn listen(app: &App, words: &Arc<Words>, tell: &Tell) {
    let on = |act: Act| {
        let tell = tell.clone();
        move || tell(Input::Service(act))
    };
    let shell = app.global::<ServiceShell>();
    shell.on_back(on(Act::Back));
    shell.on_leave(on(Act::Leave));
    let pad = app.global::<ServicePadAdapter>();
    pad.on_backspace(on(Act::Backspace));
    pad.on_clear(on(Act::Clear));
    pad.on_submit(on(Act::Submit));
    let key = tell.clone();
    pad.on_key(move |value| {
        if let Some(value) = value.chars().next() {
            key(Input::Service(Act::Digit(Digit(value))));
        }
    });
    let list = app.global::<ServiceListAdapter>();
    let choose = tell.clone();
    list.on_choose(move |key| {
        if let Some(act) = row_act(&key) {
            choose(Input::Service(act));
        }
    });
    let (weak, words) = (app.as_weak(), Arc::clone(words));
    list.on_place(move |sheet, sheets| {
        let language = weak.upgrade().map(|app| app.global::<kiosk_ui::Words>().get_language());
        let language = language.unwrap_or_default();
        words.fill(&language, "service.sheet.place", &[&sheet.to_string(), &sheets.to_string()]).into()
    });
    service_facts::listen(app, tell);
}

/// What a touch on the row of that key means.
fn row_act(key: &str) -> Option<Act> {
    let (kind, name) = key.split_once('/')?;
    match kind {
        "place" => Place::from_code(name).map(Act::Go),
        "device" => DEVICES.into_iter().find(|device| device.key() == name).map(Act::Look),
        "ticket" => TicketId::parse(name).map(Act::Take),
        _ => None,
    }
}

/// Nothing of the menu stays on pages that are not shown.
pub(super) fn clear(app: &App) {
    let pad = app.global::<ServicePadAdapter>();
    put(pad.get_cells(), vec![SharedString::default(); Pin::SHORTEST], |cells| pad.set_cells(cells));
    pad.set_count(0);
    let list = app.global::<ServiceListAdapter>();
    put(list.get_rows(), Vec::new(), |rows| list.set_rows(rows));
    service_facts::clear(app);
}

/// A list that comes into view begins at its first sheet.
pub(super) fn enter(app: &App, page: &Shown) {
    let name = match page {
        Shown::Service(view) => view.page.name(),
        _ => "",
    };
    let list = app.global::<ServiceListAdapter>();
    // The list that a page was come to from is found where it was left.
    let from_below = matches!(page, Shown::Service(view) if service_facts::is_one_of_a_list(&view.page));
    if !from_below && list.get_name() != name {
        list.set_name(name.into());
        list.set_sheet(0);
    }
}

pub(super) fn show(app: &App, say: &Say<'_>, view: &View) -> Page {
    let shell = app.global::<ServiceShell>();
    shell.set_terminal(say.fill("service.terminal", &[&view.terminal]));
    shell.set_version(say.fill("service.version", &[env!("CARGO_PKG_VERSION")]));
    let (kind, text) = match &view.said {
        None => (NoticeKind::None, "".into()),
        Some(said) => (if said.is_good() { NoticeKind::Good } else { NoticeKind::Error }, told(say, said)),
    };
    shell.set_notice_kind(kind);
    shell.set_notice_text(text);
    let top = matches!(view.page, view::Page::NoPin | view::Page::Pin { .. } | view::Page::Menu { .. });
    shell.set_can_back(!top);
    shell.set_busy(matches!(view.page, view::Page::IssuedTicket { busy: true, .. }));
    ask(app, say, view.asked.as_ref());
    match &view.page {
        view::Page::Pin { typed, ready, state } => pin(app, say, *typed, *ready, *state),
        view::Page::TypeTime { digits, wrong } => time(app, say, digits, *wrong),
        view::Page::Menu { doubtful } => menu(app, say, *doubtful),
        view::Page::Devices(devices) => {
            let rows = devices.iter().map(|device| device_row(say, device)).collect();
            list(app, say, "service.devices", rows)
        }
        view::Page::DoubtfulTickets(tickets) => {
            let rows = tickets.iter().map(|ticket| ticket_row(say, ticket)).collect();
            list(app, say, "service.doubtful", rows)
        }
        view::Page::IssuedTickets(tickets) => {
            let rows = tickets.iter().map(|ticket| ticket_row(say, ticket)).collect();
            list(app, say, "service.issued", rows)
        }
        page => service_facts::show(app, say, page, &view.terminal),
    }
}

/// What the question above all else is.
fn ask(app: &App, say: &Say<'_>, asked: Option<&Asked>) {
    let shell = app.global::<Shell>();
    if let Some(asked) = asked {
        let (title, text, danger) = match asked {
            Asked::Reinstate(number) => {
                (say.fill("service.ask.reinstate", &[number]), "service.ask.reinstate.text", false)
            }
            Asked::Void(number) => (say.fill("service.ask.void", &[number]), "service.ask.void.text", true),
            Asked::Time(at) => {
                let filled = say.fill("service.ask.time", &[&say.day(at.date()), &hour(at.time())]);
                (filled, "service.ask.time.text", true)
            }
        };
        shell.set_ask_title(title);
        shell.set_ask_text(say.say(text));
        shell.set_ask_danger(danger);
    }
    shell.set_ask_shown(asked.is_some());
}

fn told(say: &Say<'_>, said: &Said) -> SharedString {
    match said {
        Said::Reinstated(number) => say.fill("service.said.reinstated", &[number]),
        Said::HasAnother(number) => say.fill("service.said.has-another", &[number]),
        Said::Voided(number) => say.fill("service.said.voided", &[number]),
        Said::SettledMeanwhile => say.say("service.said.settled-meanwhile"),
        Said::Reprinted(number) => say.fill("service.said.reprinted", &[number]),
        Said::NotReprinted(trouble) => {
            say.fill("service.said.not-reprinted", &[&say.state(HealthState::Trouble(*trouble))])
        }
        Said::TimeTaken => say.say("service.said.time-taken"),
        Said::TooEarly => say.say("service.said.too-early"),
        Said::PlatformKnows => say.say("service.said.platform-knows"),
        Said::StoreFailed => say.say("service.said.store-failed"),
    }
}

/// The PIN as dots: six places at first, then as many as were typed, which tells nobody how long the right one is.
fn pin(app: &App, say: &Say<'_>, typed: usize, ready: bool, state: PinState) -> Page {
    let shell = app.global::<ServiceShell>();
    shell.set_question(say.say("service.pin.question"));
    shell.set_hint("".into());
    let (kind, text) = match state {
        PinState::Fresh => (NoticeKind::None, "".into()),
        PinState::Checking => (NoticeKind::Info, say.say("service.pin.checking")),
        PinState::Wrong { left } => (NoticeKind::Warn, say.fill("service.pin.wrong", &[&left.to_string()])),
        PinState::Paused { seconds } => {
            let left = if seconds < 60 {
                say.fill("service.pin.seconds", &[&seconds.to_string()])
            } else {
                let (minutes, rest) = (seconds / 60, seconds % 60);
                say.fill("service.pin.minutes", &[&minutes.to_string(), &rest.to_string()])
            };
            (NoticeKind::Warn, say.fill("service.pin.paused", &[&left]))
        }
    };
    let cells = (0..typed.max(Pin::SHORTEST)).map(|place| if place < typed { "•".into() } else { "".into() });
    let shut = matches!(state, PinState::Paused { .. } | PinState::Checking);
    let spoken = say.fill("service.pin.spoken", &[&typed.to_string()]);
    pad(app, cells.collect(), Pad { count: typed, time: false, kind, text, shut, ready, spoken })
}

fn time(app: &App, say: &Say<'_>, digits: &str, wrong: bool) -> Page {
    let shell = app.global::<ServiceShell>();
    shell.set_question(say.say("service.time.question"));
    shell.set_hint(say.say("service.time.hint"));
    let mut typed = digits.chars();
    let cells = (0..TypedTime::LENGTH).map(|_| typed.next().map(SharedString::from).unwrap_or_default());
    let (kind, text) = if wrong {
        (NoticeKind::Error, say.say("service.time.wrong"))
    } else {
        (NoticeKind::None, "".into())
    };
    let count = digits.len();
    let ready = count == TypedTime::LENGTH && !wrong;
    let spoken = say.fill("service.time.spoken", &[digits]);
    pad(app, cells.collect(), Pad { count, time: true, kind, text, shut: false, ready, spoken })
}

struct Pad {
    count: usize,
    time: bool,
    kind: NoticeKind,
    text: SharedString,
    shut: bool,
    ready: bool,
    spoken: SharedString,
}

fn pad(app: &App, cells: Vec<SharedString>, shown: Pad) -> Page {
    let adapter = app.global::<ServicePadAdapter>();
    put(adapter.get_cells(), cells, |cells| adapter.set_cells(cells));
    adapter.set_count(i32::try_from(shown.count).unwrap_or(0));
    adapter.set_time(shown.time);
    adapter.set_kind(shown.kind);
    adapter.set_text(shown.text);
    adapter.set_shut(shown.shut);
    adapter.set_ready(shown.ready);
    adapter.set_spoken(shown.spoken);
    Page::ServicePad
}

fn list(app: &App, say: &Say<'_>, key: &str, rows: Vec<ServiceRow>) -> Page {
    let shell = app.global::<ServiceShell>();
    shell.set_question(say.say(&format!("{key}.question")));
    shell.set_hint(if rows.is_empty() { "".into() } else { say.say(&format!("{key}.hint")) });
    let adapter = app.global::<ServiceListAdapter>();
    adapter.set_empty(say.say(&format!("{key}.none")));
    put(adapter.get_rows(), rows, |rows| adapter.set_rows(rows));
    Page::ServiceList
}

fn menu(app: &App, say: &Say<'_>, doubtful: usize) -> Page {
    let row = |place: Place| {
        let waits = place == Place::Doubtful && doubtful > 0;
        ServiceRow {
            key: format!("place/{}", place.code()).into(),
            icon: icon(place).into(),
            title: say.say(&format!("service.place.{}", place.code())),
            // As on every page, elder mode drops the second lines of what is chosen.
            line: if say.elder {
                "".into()
            } else {
                say.say(&format!("service.place.{}.hint", place.code()))
            },
            badge: if waits {
                say.fill("service.menu.doubtful", &[&doubtful.to_string()])
            } else {
                "".into()
            },
            kind: if waits { NoticeKind::Warn } else { NoticeKind::None },
            enabled: true,
        }
    };
    let not_yet = ServiceRow {
        key: "place/pairing".into(),
        icon: "key".into(),
        title: say.say("service.place.pairing"),
        line: say.say("service.not-yet"),
        badge: "".into(),
        kind: NoticeKind::None,
        enabled: false,
    };
    let rows = Place::ALL.into_iter().map(row).chain([not_yet]).collect();
    let shell = app.global::<ServiceShell>();
    shell.set_question(say.say("service.menu.question"));
    shell.set_hint("".into());
    let adapter = app.global::<ServiceListAdapter>();
    adapter.set_empty("".into());
    put(adapter.get_rows(), rows, |rows| adapter.set_rows(rows));
    Page::ServiceList
}

fn icon(place: Place) -> &'static str {
    match place {
        Place::Devices => "plug",
        Place::Doubtful => "receipt-off",
        Place::Issued => "printer",
        Place::Clock => "clock",
        Place::Outbox => "cloud-upload",
        Place::About => "info-circle",
    }
}

fn device_row(say: &Say<'_>, line: &DeviceLine) -> ServiceRow {
    ServiceRow {
        key: format!("device/{}", line.device.key()).into(),
        icon: match line.device {
            Device::IdReader => "id",
            Device::TicketDispenser => "ticket",
            Device::ReceiptPrinter => "printer",
            Device::Speaker => "volume",
        }
        .into(),
        title: say.say(&format!("service.device.{}", line.device.key())),
        line: "".into(),
        badge: say.state(line.state),
        kind: state_kind(line.state),
        enabled: true,
    }
}

fn ticket_row(say: &Say<'_>, ticket: &TicketLine) -> ServiceRow {
    let at = hour(ticket.taken_at.time());
    ServiceRow {
        key: format!("ticket/{}", ticket.id).into(),
        icon: "ticket".into(),
        title: ticket.number.as_str().into(),
        line: say.fill("service.line", &[&at, &ticket.class]),
        badge: ticket.why.as_deref().map(|why| say.why(why)).unwrap_or_default(),
        kind: if ticket.why.is_some() { NoticeKind::Warn } else { NoticeKind::None },
        enabled: true,
    }
}

/// How good that state is.
pub(super) fn state_kind(state: HealthState) -> NoticeKind {
    match state {
        HealthState::Ready => NoticeKind::Good,
        HealthState::Low | HealthState::Starting => NoticeKind::Warn,
        HealthState::Trouble(_) | HealthState::Broken | HealthState::Lost => NoticeKind::Error,
    }
}

impl Say<'_> {
    /// A device's state.
    pub(super) fn state(&self, state: HealthState) -> SharedString {
        match state {
            HealthState::Trouble(trouble) => self.say(&format!("service.state.trouble.{}", trouble.code())),
            other => self.say(&format!("service.state.{}", other.code())),
        }
    }

    /// Why a ticket's paper is in doubt.
    pub(super) fn why(&self, why: &str) -> SharedString {
        let key = format!("service.doubtful.why.{why}");
        self.say(if self.words.has(&key) { &key } else { "service.doubtful.why.other" })
    }
}
