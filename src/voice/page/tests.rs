//! What pages say, word for word where it matters, and what they never say.

use jiff::civil::date;

use super::*;
use crate::domain::class::ClassLetter;
use crate::domain::device::CardTrouble;
use crate::domain::priority::Priority;
use crate::engine::scene::Manner;
use crate::visit::view::PersonView;

fn words() -> Words {
    Words::shipped("zh").unwrap()
}

fn scene(page: Shown) -> Scene {
    Scene {
        page,
        progress: None,
        person: Some(PersonView { name: Some("张*".into()), id: "510*************28".into() }),
        can_back: true,
        can_home: true,
        can_change_manner: true,
        can_repeat: true,
        countdown: None,
        card_left: false,
        manner: Manner { language: "zh".into(), elder: false, contrast: false },
        clock: date(2026, 11, 24).at(12, 24, 0, 0),
        banner: None,
    }
}

fn visit(page: Page) -> Scene {
    scene(Shown::Visit(page))
}

fn text(sentences: &[Sentence]) -> String {
    sentences.iter().map(Sentence::text).collect::<Vec<_>>().join(" ")
}

fn ticket() -> TicketView {
    TicketView {
        number: "A023".into(),
        class: "社会保障".into(),
        windows: vec![1, 3],
        people_ahead: 2,
        qr: None,
        taken_at: date(2026, 11, 24).at(10, 24, 0, 0),
    }
}

#[test]
fn a_ticket_is_told_with_where_and_when() {
    let page = visit(Page::TakeTicket { ticket: ticket(), from: Some(Printer::Dispenser), seconds_left: 20 });
    let speech = speech(&words(), &page);
    assert_eq!(
        text(&speech.whole),
        "号票已经打好，请从下面的出票口取走。 您的号码是，A 零 二 三。 叫到您的时候，请到一或三号窗口。 前面还有两个人。 请带好身份证和随身物品。"
    );
    assert_eq!(speech.tone, Some(Tone::Good));
}

#[test]
fn seconds_that_run_down_are_another_scene_and_the_same_speech() {
    let at = |seconds_left| {
        speech(&words(), &visit(Page::TakeTicket { ticket: ticket(), from: None, seconds_left }))
    };
    assert_eq!(at(20), at(3));
}

#[test]
fn a_closed_hall_says_when_to_come() {
    for (next, zh, en) in [
        (
            date(2026, 11, 24).at(13, 0, 0, 0),
            "今天下午一点开始服务，请到时再来。",
            "We open today at one p m. Please come back then.",
        ),
        (
            date(2026, 11, 25).at(9, 0, 0, 0),
            "明天上午九点开始服务，请到时再来。",
            "We open tomorrow at nine a m. Please come back then.",
        ),
        (
            date(2026, 11, 30).at(9, 5, 0, 0),
            "十一月三十号，星期一，上午九点零五分开始服务，请到时再来。",
            "We open on Monday, November thirty, at nine zero five a m. Please come back then.",
        ),
    ] {
        let mut page = visit(Page::Closed { next: Some(next) });
        assert_eq!(speech(&words(), &page).whole[1].text(), zh);
        page.manner.language = "en".into();
        assert_eq!(speech(&words(), &page).whole[1].text(), en);
    }
}

#[test]
fn a_reader_in_trouble_is_told_apart_from_the_page() {
    let at = |reader| speech(&words(), &visit(Page::PlaceCard { reader, without_card: true }));
    assert!(at(ReaderFace::Waiting).aside.is_empty());
    let failed = at(ReaderFace::Failed(CardTrouble::Unreadable));
    assert_eq!(text(&failed.aside), "没有读出来，请拿起来再放一次。");
    assert_eq!((failed.aside_tone, failed.page), (Some(Tone::Fault), "place_card"));
    assert!(at(ReaderFace::Reading).whole.is_empty());
}

#[test]
fn a_card_left_lying_is_called_out_once() {
    let mut page =
        visit(Page::TakeTicket { ticket: ticket(), from: Some(Printer::Dispenser), seconds_left: 20 });
    page.card_left = true;
    assert_eq!(text(&speech(&words(), &page).aside), "请收好读卡器上的身份证。");
    let class = ClassChoice {
        letter: ClassLetter::new('A').unwrap(),
        name: "社会保障".into(),
        waiting: 0,
        full: false,
    };
    let notice = Some(Notice::TakeCardBack);
    let mut page = visit(Page::ChooseClass { classes: vec![class], notice });
    page.card_left = true;
    assert_eq!(text(&speech(&words(), &page).aside), "身份证已经读好，请先收好。");
}

#[test]
fn nothing_is_said_that_others_may_not_hear() {
    let summary = Summary {
        name: Some("张*".into()),
        id: Some("510*************28".into()),
        letter: ClassLetter::new('A').unwrap(),
        class: "社会保障".into(),
        priorities: vec![Priority::Disabled, Priority::Elder],
        windows: vec![1],
        people_ahead: 0,
    };
    let said = text(&speech(&words(), &visit(Page::Confirm(summary))).whole);
    assert!(said.contains("社会保障") && said.contains("已经记下"), "{said}");
    for secret in ["张", "510", "28", "残疾", "六十五"] {
        assert!(!said.contains(secret), "{said}");
    }
    let seen = |priority, seen| PriorityChoice { priority, chosen: true, seen };
    let options = vec![seen(Priority::Elder, true), seen(Priority::Soldier, false)];
    let said = text(&speech(&words(), &visit(Page::Priority { options })).whole);
    assert!(said.contains("军人") && !said.contains("六十五"), "{said}");
}

#[test]
fn elder_mode_says_more() {
    let home = Home {
        more: false,
        door: DoorState::Open { until: None },
        windows: 1,
        waiting: 0,
        without_card: true,
        reader: true,
    };
    let mut page = scene(Shown::Home(home));
    let usual = speech(&words(), &page).whole.len();
    page.manner.elder = true;
    assert!(speech(&words(), &page).whole.len() > usual);
}

#[test]
fn the_countdown_covers_the_page() {
    let mut page = visit(Page::Trouble);
    page.countdown = Some((15, 15));
    let speech = speech(&words(), &page);
    assert_eq!(speech.page, "idle");
    assert!(text(&speech.whole).starts_with("您还在吗？"));
}
