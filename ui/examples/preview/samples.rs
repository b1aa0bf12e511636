//! Sample data of the previewer. No person in it exists.
use std::collections::HashMap;
use std::rc::Rc;

use super::*;

/// Every picture that can be drawn: a page, sometimes in several states.
pub const SCENES: &[&str] = &[
    "home",
    "home_notice",
    "home_more",
    "card",
    "card_reading",
    "card_failed",
    "card_missing",
    "keypad",
    "keypad_begun",
    "class",
    "class_few",
    "class_many",
    "priority",
    "priority_seen",
    "confirm",
    "confirm_busy",
    "confirm_next",
    "printing",
    "ticket",
    "ticket_plain",
    "ticket_paperless",
    "not_printed",
    "live",
    "closed",
    "help",
    "fault",
    "idle",
    "ask",
    "card_left",
];

/// Both language files.
#[derive(Clone)]
pub struct Language(Rc<HashMap<(String, String), String>>);

impl Language {
    pub fn load() -> Result<Self, Box<dyn std::error::Error>> {
        let mut words = HashMap::new();
        for language in ["zh", "en"] {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../assets/lang/{language}.toml"));
            let table: toml::Table = std::fs::read_to_string(path)?.parse()?;
            for (key, value) in table {
                let value = value.as_str().ok_or("a word that is not a string")?;
                words.insert((language.to_owned(), key), value.to_owned());
            }
        }
        Ok(Self(Rc::new(words)))
    }

    pub fn say(&self, language: &str, key: &str) -> String {
        let found = self.0.get(&(language.to_owned(), key.to_owned()));
        found.cloned().unwrap_or_else(|| format!("⟨{key}⟩"))
    }

    fn with(&self, language: &str, key: &str, values: &[&str]) -> SharedString {
        let mut said = self.say(language, key);
        for (place, value) in values.iter().enumerate() {
            said = said.replace(&format!("{{{place}}}"), value);
        }
        said.into()
    }
}

/// What every scene starts from.
pub fn fill(app: &App, words: &Language, language: &str, elder: bool) {
    let say = |key: &str| words.with(language, key, &[]);
    let zh = language == "zh";
    let shell = app.global::<Shell>();
    shell.set_site_name(text(if elder {
        "普安镇便民服务中心"
    } else {
        "剑阁县普安镇便民服务中心"
    }));
    shell.set_clock(text("10:24"));
    shell.set_date(words.with(
        language,
        "date",
        &[&words.say(language, "month.11"), "24", &words.say(language, "weekday.2")],
    ));
    shell.set_can_back(true);
    shell.set_can_home(true);
    shell.set_can_repeat(true);
    shell.set_step_now(0);
    shell.set_person_name(text("张*"));
    shell.set_person_number(text("510*************28"));
    shell.set_notice_kind(NoticeKind::None);
    shell.set_card_left(false);
    shell.set_idle_shown(false);
    shell.set_ask_shown(false);

    let home = app.global::<HomeAdapter>();
    let tile = |key: &str, icon: &str, open: bool, hint: &str| HomeTile {
        key: key.into(),
        title_key: format!("home.tile.{key}").into(),
        hint: say(hint),
        icon: icon.into(),
        enabled: open,
        reason: if open { "".into() } else { say("home.reason.not-open-yet") },
    };
    home.set_more_shown(false);
    home.set_tiles(if elder {
        rows([
            tile("ticket", "ticket", true, "home.hint.ticket.elder"),
            tile("certificate", "certificate", true, "home.hint.certificate"),
            tile("requests", "calendar-user", false, "home.hint.requests"),
            tile("help", "heart-handshake", true, "home.hint.certificate"),
            tile("more", "layout-grid", true, "home.hint.certificate"),
        ])
    } else {
        rows([
            tile("ticket", "ticket", true, "home.hint.ticket"),
            tile("certificate", "certificate", true, "home.hint.certificate"),
            tile("guide", "book-2", true, "home.hint.guide"),
            tile("cases", "progress-check", true, "home.hint.cases"),
            tile("requests", "calendar-user", false, "home.hint.requests"),
            tile("rate", "message-star", true, "home.hint.rate"),
            tile("hall", "building-community", false, "home.hint.hall"),
        ])
    });
    home.set_open_title(say("home.open"));
    home.set_open_text(words.with(language, "home.open.until", &["12:00"]));
    home.set_windows_title(words.with(language, "home.windows", &["3"]));
    home.set_windows_text(say("home.windows.text"));
    home.set_waiting_title(words.with(language, "home.waiting", &["6"]));
    home.set_waiting_text(say("home.waiting.text"));

    let card = app.global::<PlaceCardAdapter>();
    card.set_state(ReaderState::Waiting);
    card.set_message(say("reader.waiting"));

    let keypad = app.global::<KeypadAdapter>();
    keypad.set_cells(rows("510•••••••••••••28".chars().map(|c| text(c.to_string()))));
    keypad.set_count(18);
    keypad.set_count_text(words.with(language, "keypad.count", &["18"]));
    keypad.set_error(say("keypad.wrong"));
    keypad.set_done_enabled(false);

    let class = app.global::<ChooseClassAdapter>();
    class.set_sheet(0);
    class.set_classes(rows(classes(words, language).into_iter().take(8)));
    class.set_more_texts(rows([words.with(language, "class.more-left", &[if elder { "6" } else { "4" }])]));
    class.set_notice_kind(NoticeKind::Warn);
    class.set_notice_text(say(if elder { "class.notice.card-read.elder" } else { "class.notice.card-read" }));

    let priority = app.global::<PriorityAdapter>();
    let option = |key: &str, icon: &str, chosen: bool| PriorityOption {
        key: key.into(),
        title: say(&format!("priority.{key}")),
        hint: say(&format!("priority.{key}.hint")),
        icon: icon.into(),
        chosen,
    };
    priority.set_options(rows([
        option("soldier", "shield-star", false),
        option("disabled", "disabled", false),
        option("pregnant", "baby-carriage", true),
        option("none", "user", false),
    ]));
    priority.set_seen_text(text(""));

    let confirm = app.global::<ConfirmAdapter>();
    confirm.set_people(text("5"));
    confirm.set_people_unit(say("confirm.people-unit"));
    confirm.set_people_word(text(""));
    confirm.set_busy(false);
    let fact = |key: &str, value: SharedString| Fact { label: say(key), value };
    confirm.set_rows(rows([
        fact("confirm.row.name", text("张*")),
        fact("confirm.row.number", text("510*************28")),
        fact("confirm.row.class", text("A　社会保障")),
        fact("confirm.row.priority", say("priority.pregnant")),
        fact(
            "confirm.row.where",
            words.with(language, "confirm.windows", &[if zh { "1、2、3" } else { "1, 2, 3" }]),
        ),
    ]));

    let printing = app.global::<PrintingAdapter>();
    printing.set_stage(2);
    printing.set_hint(say("printing.hint"));

    let ticket = app.global::<TakeTicketAdapter>();
    ticket.set_number(text("A023"));
    ticket.set_where_text(words.with(
        language,
        "take.where",
        &["社会保障", if zh { "1、2、3" } else { "1, 2 or 3" }],
    ));
    ticket.set_ahead_text(words.with(language, "take.ahead", &["5"]));
    ticket.set_slot_text(say("take.slot"));
    ticket.set_belongings_text(say("take.belongings"));
    ticket.set_seconds_text(words.with(language, "take.seconds", &["8"]));
    ticket.set_paperless(false);
    ticket.set_has_qr(true);
    ticket.set_qr(qr("https://example.invalid/t/7f3a9c21d0"));

    let not = app.global::<NotPrintedAdapter>();
    not.set_what_happened(
        format!(
            "{}\n{}",
            words.with(
                language,
                "not-printed.void",
                &[&words.say(language, "not-printed.cause.paper_out"), "A023"]
            ),
            say("not-printed.not-you")
        )
        .into(),
    );
    not.set_notice_strong(say("not-printed.notice"));
    not.set_notice_text(say("not-printed.notice.kept"));
    let way = |key: &str, icon: &str, primary: bool| WayOn {
        key: key.into(),
        title: say(&format!("not-printed.{key}")),
        hint: say(&format!("not-printed.{key}.hint")),
        icon: icon.into(),
        primary,
    };
    not.set_options(rows([
        way("paperless", "device-mobile", true),
        way("again", "refresh", false),
        way("give-up", "x", false),
    ]));

    let live = app.global::<LiveTicketAdapter>();
    live.set_number(text("A023"));
    live.set_class_text(words.with(
        language,
        "take.where",
        &["社会保障", if zh { "1、2、3" } else { "1, 2 or 3" }],
    ));
    live.set_ahead_text(words.with(language, "take.ahead", &["3"]));
    live.set_since_text(words.with(language, "live.since", &["09:58"]));

    let closed = app.global::<ClosedAdapter>();
    closed.set_title(say("closed.title"));
    closed.set_when_text(words.with(language, "closed.when.today", &["13:00"]));
    closed.set_hours_text(text(if zh {
        "周一到周五\n09:00–12:00，13:00–17:00"
    } else {
        "Mon–Fri\n09:00–12:00, 13:00–17:00"
    }));
    closed.set_hotline(say("hotline"));

    let help = app.global::<HelpAdapter>();
    help.set_hotline(say("hotline"));
    help.set_where_text(say("help.where.text"));

    let fault = app.global::<FaultAdapter>();
    fault.set_title(say("trouble.title"));
    fault.set_text(say("fault.store.text"));
    fault.set_do_text(say("fault.do.text"));
    fault.set_hotline(say("hotline"));
}

fn classes(words: &Language, language: &str) -> Vec<ServiceClass> {
    let all = [
        ("A", "社会保障", "umbrella", "3"),
        ("B", "医疗保障", "first-aid-kit", "1"),
        ("C", "民政救助", "heart-handshake", ""),
        ("D", "户籍居住", "home-heart", "2"),
        ("E", "农业农村", "plant-2", ""),
        ("F", "退役军人", "shield-star", "full"),
        ("G", "卫生健康", "heartbeat", ""),
        ("H", "其他事项", "dots-circle-horizontal", ""),
        ("J", "不动产登记", "home-heart", "4"),
        ("K", "税费与发票", "file-certificate", ""),
        ("L", "残联事务", "disabled", ""),
    ];
    all.into_iter()
        .map(|(letter, name, icon, waiting)| ServiceClass {
            letter: letter.into(),
            name: name.into(),
            icon: icon.into(),
            waiting: if waiting.is_empty() {
                words.with(language, "class.waiting.none", &[])
            } else {
                words.with(language, "class.waiting", &[waiting])
            },
            enabled: waiting != "full",
            reason: words.with(language, "class.full", &[]),
        })
        .collect()
}

/// One page in one state.
pub fn scene(app: &App, words: &Language, language: &str, elder: bool, scene: &str) {
    let say = |key: &str| words.with(language, key, &[]);
    let shell = app.global::<Shell>();
    let (page, state) = scene.split_once('_').unwrap_or((scene, ""));
    let (page, step) = match page {
        "home" => (Page::Home, 0),
        "card" => (Page::PlaceCard, 1),
        "keypad" => (Page::Keypad, 1),
        "class" | "idle" | "ask" => (Page::ChooseClass, 2),
        "priority" => (Page::Priority, 3),
        "confirm" => (Page::Confirm, 4),
        "printing" => (Page::Printing, 5),
        "ticket" => (Page::TakeTicket, 6),
        "not" => (Page::NotPrinted, 5),
        "live" => (Page::LiveTicket, 2),
        "closed" => (Page::Closed, 0),
        "help" => (Page::Help, 0),
        _ => (Page::Fault, 0),
    };
    shell.set_page(page);
    shell.set_step_now(step);
    if matches!(page, Page::Home | Page::Fault | Page::Printing) {
        shell.set_can_back(false);
        shell.set_can_home(false);
    }
    if matches!(page, Page::TakeTicket | Page::NotPrinted) {
        shell.set_can_back(false);
    }
    match (page, state) {
        (Page::Home, "notice") => {
            shell.set_notice_kind(NoticeKind::Warn);
            shell.set_notice_text(say("home.notice.printer"));
        }
        (Page::Home, "more") => {
            let home = app.global::<HomeAdapter>();
            home.set_more_shown(true);
            let tile = |key: &str, icon: &str| HomeTile {
                key: key.into(),
                title_key: format!("home.tile.{key}").into(),
                hint: "".into(),
                icon: icon.into(),
                enabled: false,
                reason: say("home.reason.not-open-yet"),
            };
            home.set_tiles(rows([
                tile("guide", "book-2"),
                tile("cases", "progress-check"),
                tile("rate", "message-star"),
                tile("hall", "building-community"),
            ]));
            shell.set_can_back(true);
        }
        (Page::PlaceCard, "left") => shell.set_card_left(true),
        (Page::PlaceCard, "reading" | "failed" | "missing") => {
            let card = app.global::<PlaceCardAdapter>();
            let key = format!("reader.{state}");
            card.set_state(match state {
                "reading" => ReaderState::Reading,
                "failed" => ReaderState::Failed,
                _ => ReaderState::Missing,
            });
            card.set_message(say(if state == "failed" { "reader.trouble.implausible" } else { &key }));
        }
        (Page::Keypad, "begun") => {
            let keypad = app.global::<KeypadAdapter>();
            let typed = "510••••";
            keypad.set_cells(rows(
                (0..18).map(|place| text(typed.chars().nth(place).map(String::from).unwrap_or_default())),
            ));
            keypad.set_count(7);
            keypad.set_count_text(words.with(language, "keypad.count", &["7"]));
            keypad.set_error(text(""));
        }
        (Page::ChooseClass, "few") => {
            app.global::<ChooseClassAdapter>()
                .set_classes(rows(classes(words, language).into_iter().take(3)));
        }
        (Page::ChooseClass, "many") => {
            app.global::<ChooseClassAdapter>().set_classes(rows(classes(words, language)));
        }
        (Page::Priority, "seen") => {
            app.global::<PriorityAdapter>().set_seen_text(say("priority.seen-elder"));
        }
        (Page::Confirm, "busy") => app.global::<ConfirmAdapter>().set_busy(true),
        (Page::Confirm, "next") => app.global::<ConfirmAdapter>().set_people_word(say("confirm.people-none")),
        (Page::TakeTicket, "paperless") => app.global::<TakeTicketAdapter>().set_paperless(true),
        (Page::TakeTicket, "plain") => app.global::<TakeTicketAdapter>().set_has_qr(false),
        _ => {}
    }
    if scene == "idle" {
        shell.set_idle_shown(true);
        shell.set_idle_total(if elder { 30 } else { 15 });
        shell.set_idle_left(if elder { 17 } else { 9 });
    }
    if scene == "ask" {
        shell.set_ask_shown(true);
        shell.set_ask_title(say("not-printed.give-up"));
        shell.set_ask_text(say("not-printed.give-up.hint"));
    }
}
