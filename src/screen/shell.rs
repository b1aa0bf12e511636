//! What every page shares: header, dock, steps, who it is about, and what lies over it.

use kiosk_ui::{App, NoticeKind, Shell, Words};
use slint::ComponentHandle;

use super::Tell;
use super::legible::legible;
use super::wording::{Say, hour};
use crate::engine::scene::{Banner, Scene, Shown};
use crate::engine::{Input, MannerAct};
use crate::service;
use crate::visit::Act;
use crate::visit::view::Page;

/// Hears the dock and the dialogs.
pub(super) fn listen(app: &App, tell: &Tell) {
    let shell = app.global::<Shell>();
    let on = |input: fn() -> Input| {
        let tell = tell.clone();
        move || tell(input())
    };
    shell.on_back(on(|| Input::Act(Act::Back)));
    shell.on_home(on(|| Input::Act(Act::Home)));
    shell.on_leave(on(|| Input::Act(Act::Home)));
    shell.on_stay(on(|| Input::Act(Act::Stay)));
    shell.on_help(on(|| Input::Act(Act::Help)));
    shell.on_touched(on(|| Input::Touched));
    shell.on_switch_language(on(|| Input::Manner(MannerAct::Language)));
    shell.on_toggle_elder(on(|| Input::Manner(MannerAct::Elder)));
    shell.on_toggle_contrast(on(|| Input::Manner(MannerAct::Contrast)));
    shell.on_repeat(on(|| Input::Repeat));
    shell.on_service_menu(on(|| Input::Service(service::Act::Open)));
    shell.on_ask_confirmed(on(|| Input::Service(service::Act::Agree)));
    shell.on_ask_cancelled(on(|| Input::Service(service::Act::Disagree)));
}

/// Fills what every page shares. Each property is set only to what it is, so that nothing is drawn for nothing.
pub(super) fn show(app: &App, say: &Say<'_>, site_name: &str, scene: &Scene) {
    let shell = app.global::<Shell>();
    let words = app.global::<Words>();
    if words.get_language() != scene.manner.language.as_str() {
        words.set_language(scene.manner.language.as_str().into());
    }
    shell.set_site_name(site_name.into());
    shell.set_elder(scene.manner.elder);
    shell.set_contrast(scene.manner.contrast);
    shell.set_clock(hour(scene.clock.time()).into());
    shell.set_date(say.date(scene.clock.date()));
    shell.set_can_back(scene.can_back);
    shell.set_can_home(scene.can_home);
    shell.set_can_repeat(scene.can_repeat);
    shell.set_can_change_modes(scene.can_change_manner);
    let step = scene.progress.map_or(0, |(now, _)| i32::try_from(now).unwrap_or(0));
    shell.set_step_now(step);
    let (name, number) = match &scene.person {
        Some(person) => (person.name.as_deref().unwrap_or_default(), person.id.as_str()),
        None => ("", ""),
    };
    shell.set_person_name(legible(name).into());
    shell.set_person_number(number.into());
    // The home page and the choice of class call it out in their own notices.
    let told = matches!(scene.page, Shown::Home(_) | Shown::Visit(Page::ChooseClass { notice: Some(_), .. }));
    shell.set_card_left(scene.card_left && !told);
    if let Some((left, total)) = scene.countdown {
        shell.set_idle_left(i32::try_from(left).unwrap_or(0));
        shell.set_idle_total(i32::try_from(total).unwrap_or(1));
    }
    shell.set_idle_shown(scene.countdown.is_some());
    let (kind, key) = notice(scene);
    shell.set_notice_kind(kind);
    shell.set_notice_text(if key.is_empty() { "".into() } else { say.say(key) });
}

/// The notice of the home page: a forgotten card before anything that is out of order.
fn notice(scene: &Scene) -> (NoticeKind, &'static str) {
    if scene.card_left {
        return (NoticeKind::Warn, "notice.card-left");
    }
    match scene.banner {
        None => (NoticeKind::None, ""),
        Some(Banner::StoreTrouble) => (NoticeKind::Error, "home.notice.store"),
        Some(Banner::ClockBehind) => (NoticeKind::Warn, "home.notice.clock"),
        Some(Banner::Printer(_, _, None)) => (NoticeKind::Warn, "home.notice.printer"),
        Some(Banner::Printer(_, _, Some(_))) => (NoticeKind::Warn, "home.notice.printer.other"),
        Some(Banner::Reader) => (NoticeKind::Info, "home.notice.reader"),
        Some(Banner::PaperLeft) => (NoticeKind::Info, "home.notice.paper-left"),
    }
}
