//! A resident takes a number, at a window on a display: by card, by typing, without a card.

use serde_json::{Value, json};

use crate::devices::{OLD, YOUNG};
use crate::terminal::Scene;

#[test]
fn a_card_becomes_a_ticket_in_the_hand_and_one_event_at_the_platform() {
    let mut scene = Scene::set();
    scene.reader.lay(&scene.site, OLD);
    scene.terminal.page("choose_class");
    scene.terminal.hand.read("欧***");
    scene.terminal.hand.read("医疗保障");
    scene.reader.lift();
    scene.terminal.press("社会保障", "priority");
    // The age is seen from the card.
    scene.terminal.hand.read("您已满 65 岁");
    scene.terminal.press("下一步", "confirm");
    scene.terminal.hand.read("510*************29");
    scene.terminal.press("确认", "printing");
    assert_eq!(scene.terminal.ticket(), "A001");
    assert_eq!(scene.printer.times("A001"), 1, "the paper carries the number once");
    for masked in ["欧***", "510*************29"] {
        assert_eq!(scene.printer.times(masked), 1, "{masked}");
    }
    for whole in [OLD.name, OLD.number] {
        assert_eq!(scene.printer.times(whole), 0, "{whole} stands whole on paper");
    }

    let status = scene.terminal.outbox_empty();
    assert_eq!(status["queue"]["A"], json!({"waiting": 1, "called": 0, "serving": 0, "last": 1}));
    let issued = scene.platform.bodies("ticket.issued", 1);
    let resident = json!({"name": OLD.name, "id_type": "111", "id_number": OLD.number});
    let expected = [
        ("number", json!("A001")),
        ("class", json!("A")),
        ("channel", json!("card")),
        ("people_ahead", json!(0)),
        ("resident", resident),
    ];
    for (field, value) in expected {
        assert_eq!(issued[0][field], value, "{field} of {}", issued[0]);
    }
    assert!(["confirmed", "likely"].contains(&issued[0]["print"].as_str().unwrap()), "{}", issued[0]);
    assert!(issued[0]["priority"].to_string().contains("elder"), "{}", issued[0]);
    scene.platform.assert_once_in_order();

    // Nothing of the person is left on the terminal in clear.
    scene.terminal.press("完成", "home");
    assert!(!scene.terminal.labels().concat().contains("欧"), "wiped from the screen");
    assert_eq!(scene.terminal.terminate(), Some(0));
    let kept = scene.site.kept();
    for secret in [OLD.name, OLD.number, "19560214"] {
        assert!(
            !kept.windows(secret.len()).any(|part| part == secret.as_bytes()),
            "{secret} in the data folder"
        );
    }
}

#[test]
fn status_has_the_promised_shape() {
    let mut scene = Scene::set();
    scene.quick_ticket("社会保障");
    scene.terminal.outbox_empty();
    let told = scene.site.kiosk(&["status", "--json"]);
    assert_eq!(told.code, Some(0), "{told:?}");
    let status: Value = serde_json::from_str(&told.out).unwrap();
    assert_eq!(status["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(status["page"], "home");
    for device in ["id_reader", "ticket_dispenser"] {
        assert_eq!(status["devices"][device]["state"], "ready", "{status}");
        assert!(status["devices"][device]["detail"].is_string(), "{status}");
    }
    assert_eq!(status["queue"]["A"], json!({"waiting": 1, "called": 0, "serving": 0, "last": 1}));
    assert_eq!(status["queue"]["B"], json!({"waiting": 0, "called": 0, "serving": 0, "last": 0}));
    assert_eq!(status["outbox"], json!({"waiting": 0, "oldest": null, "dead": 0, "oldest_dead": null}));
    for key in ["store", "clock"] {
        assert!(!status[key].is_null(), "{key} in {status}");
    }
    let told = scene.site.kiosk(&["status"]);
    assert_eq!(told.code, Some(0), "{told:?}");
    for word in ["home", "ticket_dispenser: ready", "1 waiting"] {
        assert!(told.out.contains(word), "{word:?} in {}", told.out);
    }
}

#[test]
fn a_typed_number_with_a_slip_is_told_and_mended() {
    let mut scene = Scene::set();
    scene.terminal.press("取号", "place_card");
    scene.terminal.press("输入身份证号", "keypad");
    let (head, last) = YOUNG.number.split_at(17);
    let slip = if last == "5" { "6" } else { "5" };
    scene.terminal.type_in(head);
    scene.terminal.hand.read("17 / 18 位");
    scene.terminal.type_in(slip);
    scene.terminal.hand.read("18 / 18 位");
    scene.terminal.press_here("下一步");
    scene.terminal.hand.read("号码不对，请检查有没有按错");
    assert_eq!(scene.terminal.status().unwrap()["page"], "keypad");
    assert!(!scene.terminal.labels().concat().contains("19900307"), "others can't read it from the screen");
    scene.terminal.press_here("退格");
    scene.terminal.hand.read("17 / 18 位");
    scene.terminal.type_in(last);
    scene.terminal.press("下一步", "choose_class");
    scene.terminal.press("社会保障", "priority");
    scene.terminal.press("下一步", "confirm");
    scene.terminal.hand.read("510*************12");
    scene.terminal.press("确认", "printing");
    assert_eq!(scene.terminal.ticket(), "A001");
    let issued = scene.platform.bodies("ticket.issued", 1);
    assert_eq!(issued[0]["channel"], "typed");
    assert_eq!(issued[0]["resident"], json!({"name": null, "id_type": "111", "id_number": YOUNG.number}));
}

#[test]
fn without_a_card_numbers_run_until_the_class_is_full() {
    let mut scene = Scene::set();
    assert_eq!(scene.quick_ticket("医疗保障"), "B001");
    assert_eq!(scene.quick_ticket("医疗保障"), "B002");
    // 001-002 are used up: the class says so and can't be chosen; another one can.
    scene.terminal.press("取号", "place_card");
    scene.terminal.press("无证取号", "choose_class");
    crate::child::until("the class that is full", || {
        let full = scene.terminal.buttons().into_iter().find(|button| button.name == "医疗保障")?;
        (full.description == "今天号已取完").then_some(())
    });
    scene.terminal.hand.press("医疗保障");
    scene.terminal.press("社会保障", "priority");
    scene.terminal.press("下一步", "confirm");
    scene.terminal.press("确认", "printing");
    assert_eq!(scene.terminal.ticket(), "A001");
    let issued = scene.platform.bodies("ticket.issued", 3);
    let numbers: Vec<_> = issued.iter().map(|body| body["number"].as_str().unwrap()).collect();
    assert_eq!(numbers, ["B001", "B002", "A001"]);
    for body in &issued {
        assert_eq!((&body["channel"], &body["resident"]), (&json!("none"), &Value::Null), "{body}");
    }
}

#[test]
fn asking_again_shows_the_same_ticket_and_reprints_it() {
    let mut scene = Scene::set();
    for round in 0..2 {
        scene.reader.lay(&scene.site, YOUNG);
        scene.terminal.page("choose_class");
        scene.reader.lift();
        scene.terminal.press("社会保障", "priority");
        scene.terminal.press("下一步", "confirm");
        if round == 0 {
            scene.terminal.press("确认", "printing");
            assert_eq!(scene.terminal.ticket(), "A001");
            scene.terminal.press("完成", "home");
            scene.terminal.device("ticket_dispenser", "ready");
        }
    }
    scene.terminal.press("确认", "live_ticket");
    scene.terminal.press("补打号票", "printing");
    assert_eq!(scene.terminal.ticket(), "A001");
    assert_eq!((scene.printer.times("A001"), scene.printer.times("补打")), (2, 1));
    scene.platform.bodies("ticket.reprinted", 1);
    scene.platform.bodies("ticket.issued", 1);
    scene.platform.assert_once_in_order();
}

#[test]
fn a_site_that_wants_a_card_offers_no_number_without_one() {
    let mut scene =
        Scene::set_with(|site| site.edit("ticket_without_card = true", "ticket_without_card = false"));
    scene.terminal.press("取号", "place_card");
    let names = crate::child::until("the ways without a card", || {
        let names = scene.terminal.labels();
        names.iter().any(|name| name == "输入身份证号").then_some(names)
    });
    assert!(!names.iter().any(|name| name == "无证取号"), "{names:?}");
}

#[test]
fn english_and_the_modes_are_one_touch_away() {
    let mut scene = Scene::set();
    let switched = |scene: &mut Scene, name: &str, on: bool| {
        crate::child::until(&format!("{name} {on}"), || {
            let button = scene.terminal.buttons().into_iter().find(|button| button.name == name)?;
            (button.checked == on).then_some(())
        });
    };
    switched(&mut scene, "高对比", false);
    scene.terminal.press_here("高对比");
    switched(&mut scene, "高对比", true);
    scene.terminal.press_here("English");
    scene.terminal.hand.read("Take a number");
    switched(&mut scene, "Contrast", true);
    scene.terminal.press("Take a number", "place_card");
    scene.terminal.press("Go on without a card", "choose_class");
    scene.terminal.press("Home", "home");
    // The next resident begins in the terminal's own language.
    scene.terminal.hand.read("取号");
    switched(&mut scene, "高对比", false);
}
