//! The menu without a terminal: every way in, through and out.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::domain::device::HealthState;

fn facts() -> Facts {
    let at = date(2026, 11, 24).at(10, 24, 0, 0);
    Facts {
        mono: Duration::from_secs(100),
        zone: TimeZone::get("Asia/Shanghai").unwrap(),
        terminal: "T01".into(),
        failures: Some(0),
        paused_until: None,
        devices: vec![line(Device::IdReader), line(Device::TicketDispenser)],
        printer: Ok(Printer::Dispenser),
        clock: ClockLine {
            system: at,
            holds: at,
            day: at.date(),
            store: at,
            known_from: KnownFrom::Nobody,
            behind: true,
            system_can_be: true,
        },
        outbox: OutboxLine::default(),
        about: AboutLine::default(),
    }
}

fn line(device: Device) -> DeviceLine {
    DeviceLine { device, state: HealthState::Ready, detail: "ready".into(), heard_at: None }
}

fn ticket(number: u8) -> TicketLine {
    TicketLine {
        id: TicketId::from_bytes([number; 16]),
        number: format!("A{number:03}"),
        class: "社会保障".into(),
        taken_at: date(2026, 11, 24).at(10, 0, 0, 0),
        why: Some("power_cut".into()),
    }
}

fn act(service: &mut Service, act: Act) -> Vec<Ask> {
    service.on(Event::Act(act), &facts())
}

fn type_in(service: &mut Service, digits: &str) {
    for key in digits.chars() {
        assert!(act(service, Act::Digit(Digit(key))).is_empty());
    }
}

fn opened() -> Service {
    let mut service = Service::open();
    type_in(&mut service, "271828");
    assert!(matches!(act(&mut service, Act::Submit)[..], [Ask::CheckPin(_)]));
    assert!(matches!(service.on(Event::PinChecked(true), &facts())[..], [Ask::FindDoubtful]));
    service
}

fn at(service: &Service) -> &'static str {
    service.view(&facts()).page.name()
}

fn pin(service: &Service, facts: &Facts) -> (usize, bool, PinState) {
    match service.view(facts).page {
        Page::Pin { typed, ready, state } => (typed, ready, state),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_right_pin_opens_and_a_wrong_one_says_what_is_left() {
    let mut service = Service::open();
    type_in(&mut service, "27182");
    assert!(act(&mut service, Act::Submit).is_empty(), "too short to be tried");
    assert_eq!(pin(&service, &facts()), (5, false, PinState::Fresh));
    type_in(&mut service, "9");
    let asks = act(&mut service, Act::Submit);
    let [Ask::CheckPin(tried)] = &asks[..] else { panic!("{asks:?}") };
    assert_eq!(tried.reveal(), b"271829");
    assert_eq!(pin(&service, &facts()), (0, false, PinState::Checking));
    for early in [Act::Submit, Act::Back, Act::Leave, Act::Digit(Digit('1'))] {
        assert!(act(&mut service, early).is_empty(), "{early:?}");
    }
    let after = Facts { failures: Some(1), ..facts() };
    assert!(service.on(Event::PinChecked(false), &after).is_empty());
    assert_eq!(pin(&service, &after), (0, false, PinState::Wrong { left: 4 }));
    assert!(service.on(Event::PinChecked(true), &after).is_empty(), "nobody asked");
    assert_eq!(at(&service), "service_pin");
    assert_eq!(at(&opened()), "service_menu");
}

#[test]
fn in_a_pause_nothing_is_typed_or_tried() {
    let mut service = Service::open();
    type_in(&mut service, "271828");
    let paused = Facts { failures: Some(5), paused_until: Some(Duration::from_millis(157_001)), ..facts() };
    assert_eq!(pin(&service, &paused), (6, false, PinState::Paused { seconds: 58 }));
    for typed in [Act::Submit, Act::Digit(Digit('3'))] {
        assert!(service.on(Event::Act(typed), &paused).is_empty());
    }
    assert_eq!(pin(&service, &paused).0, 6);
    let over = Facts { mono: Duration::from_millis(157_001), ..paused };
    assert_eq!(pin(&service, &over), (6, true, PinState::Wrong { left: 1 }));
    assert!(matches!(service.on(Event::Act(Act::Leave), &over)[..], [Ask::Leave]));
}

#[test]
fn without_a_pin_nothing_opens() {
    let mut service = Service::open();
    let none = Facts { failures: None, ..facts() };
    for digit in "2718281828".chars() {
        service.on(Event::Act(Act::Digit(Digit(digit))), &none);
    }
    assert!(service.on(Event::Act(Act::Submit), &none).is_empty());
    assert_eq!(service.view(&none).page, Page::NoPin);
    assert!(matches!(service.on(Event::Act(Act::Back), &none)[..], [Ask::Leave]));
}

#[test]
fn back_leads_up_from_every_page_and_out_at_last() {
    for place in Place::ALL {
        let mut service = opened();
        act(&mut service, Act::Go(place));
        assert_ne!(at(&service), "service_menu", "{place:?}");
        assert_eq!(service.view(&facts()).page.place(), Some(place));
        act(&mut service, Act::Back);
        assert_eq!(at(&service), "service_menu");
        assert_eq!(Place::from_code(place.code()), Some(place));
    }
    let mut service = opened();
    act(&mut service, Act::Go(Place::Devices));
    act(&mut service, Act::Look(Device::IdReader));
    act(&mut service, Act::Back);
    assert_eq!(at(&service), "service_devices");
    act(&mut service, Act::Back);
    assert!(matches!(act(&mut service, Act::Back)[..], [Ask::Leave]));
}

#[test]
fn a_number_is_brought_back_only_after_it_was_asked_again() {
    let mut service = opened();
    service.on(Event::Doubtful(vec![ticket(1), ticket(2)]), &facts());
    assert_eq!(service.view(&facts()).page, Page::Menu { doubtful: 2 });
    act(&mut service, Act::Go(Place::Doubtful));
    act(&mut service, Act::Take(ticket(9).id));
    assert_eq!(at(&service), "service_doubtful", "not in the list");
    act(&mut service, Act::Take(ticket(2).id));
    assert!(act(&mut service, Act::Reinstate).is_empty());
    assert_eq!(service.view(&facts()).asked, Some(Asked::Reinstate("A002".into())));
    assert!(act(&mut service, Act::Back).is_empty(), "the question comes first");
    act(&mut service, Act::Disagree);
    assert_eq!((service.view(&facts()).asked, at(&service)), (None, "service_doubtful_ticket"));
    act(&mut service, Act::Void);
    assert_eq!(service.view(&facts()).asked, Some(Asked::Void("A002".into())));
    act(&mut service, Act::Disagree);
    act(&mut service, Act::Reinstate);
    let asks = act(&mut service, Act::Agree);
    assert!(matches!(asks[..], [Ask::Reinstate(id)] if id == ticket(2).id), "{asks:?}");
    service.on(Event::Said(Said::HasAnother("A003".into())), &facts());
    assert_eq!(at(&service), "service_doubtful_ticket", "one may still void it");
    assert!(matches!(
        service.on(Event::Said(Said::Reinstated("A002".into())), &facts())[..],
        [Ask::FindDoubtful]
    ));
    let view = service.view(&facts());
    assert_eq!((view.page.name(), view.said), ("service_doubtful", Some(Said::Reinstated("A002".into()))));
    act(&mut service, Act::Back);
    assert_eq!(service.view(&facts()).said, None, "read");
}

#[test]
fn nobody_leaves_while_a_ticket_is_on_its_way_to_paper() {
    let mut service = opened();
    assert!(matches!(act(&mut service, Act::Go(Place::Issued))[..], [Ask::FindIssued]));
    service.on(Event::Issued(vec![ticket(1)]), &facts());
    act(&mut service, Act::Take(ticket(1).id));
    let broken = Facts { printer: Err(PaperTrouble::Jam), ..facts() };
    assert!(service.on(Event::Act(Act::Reprint), &broken).is_empty());
    assert!(matches!(act(&mut service, Act::Reprint)[..], [Ask::Reprint(_, Printer::Dispenser)]));
    assert!(service.is_busy());
    for early in [Act::Reprint, Act::Back, Act::Leave] {
        assert!(act(&mut service, early).is_empty());
    }
    service.on(Event::Reprinted(PrintResult::NotPrinted(PaperTrouble::PaperOut)), &facts());
    assert_eq!(service.view(&facts()).said, Some(Said::NotReprinted(PaperTrouble::PaperOut)));
    act(&mut service, Act::Reprint);
    service.on(Event::Reprinted(PrintResult::Printed { confirmed: true }), &facts());
    assert_eq!(service.view(&facts()).said, Some(Said::Reprinted("A001".into())));
    assert!(matches!(act(&mut service, Act::Leave)[..], [Ask::Leave]));
}

#[test]
fn devices_are_tested_by_a_slip_and_by_any_card() {
    let mut service = opened();
    let test = |service: &Service| match service.view(&facts()).page {
        Page::Device(_, test) => test,
        other => panic!("{other:?}"),
    };
    act(&mut service, Act::Go(Place::Devices));
    act(&mut service, Act::Look(Device::TicketDispenser));
    assert!(matches!(act(&mut service, Act::TestPrint)[..], [Ask::TestPrint(Printer::Dispenser)]));
    assert!(act(&mut service, Act::TestPrint).is_empty(), "one is under way");
    service.on(Event::Card(CardNews::Read), &facts());
    assert_eq!(test(&service), Some(Test::Printing));
    service.on(Event::TestPrinted(PrintResult::Doubtful(PaperTrouble::NoAnswer)), &facts());
    assert_eq!(test(&service), Some(Test::Unsure(PaperTrouble::NoAnswer)));
    act(&mut service, Act::Back);
    act(&mut service, Act::Look(Device::IdReader));
    assert!(act(&mut service, Act::TestPrint).is_empty());
    for (news, shown) in [
        (CardNews::Seen, Test::Reading),
        (CardNews::Failed(CardTrouble::Unreadable), Test::NotRead(CardTrouble::Unreadable)),
        (CardNews::Read, Test::Read),
    ] {
        service.on(Event::Card(news), &facts());
        assert_eq!(test(&service), Some(shown));
    }
}

#[test]
fn the_time_is_the_systems_or_typed_and_never_against_the_platform() {
    let mut service = opened();
    act(&mut service, Act::Go(Place::Clock));
    act(&mut service, Act::SystemTime);
    assert_eq!(service.view(&facts()).asked, Some(Asked::Time(date(2026, 11, 24).at(10, 24, 0, 0))));
    assert!(matches!(act(&mut service, Act::Agree)[..], [Ask::TakeTime(None)]));
    act(&mut service, Act::TypeTime);
    type_in(&mut service, "202613250905");
    act(&mut service, Act::Submit);
    assert_eq!(
        service.view(&facts()).page,
        Page::TypeTime { digits: "202613250905".into(), wrong: true },
        "input is kept"
    );
    act(&mut service, Act::Clear);
    type_in(&mut service, "202611250905");
    act(&mut service, Act::Submit);
    assert_eq!(service.view(&facts()).asked, Some(Asked::Time(date(2026, 11, 25).at(9, 5, 0, 0))));
    let asks = act(&mut service, Act::Agree);
    let [Ask::TakeTime(Some(told))] = asks[..] else { panic!("{asks:?}") };
    assert_eq!(told.to_string(), "2026-11-25T01:05:00Z");
    service.on(Event::Said(Said::TimeTaken), &facts());
    assert_eq!(at(&service), "service_clock");
    let mut known = facts();
    known.clock.known_from = KnownFrom::Platform;
    for told in [Act::SystemTime, Act::TypeTime] {
        service.on(Event::Act(told), &known);
        assert_eq!((service.view(&known).asked, at(&service)), (None, "service_clock"));
    }
    let mut impossible = facts();
    impossible.clock.system_can_be = false;
    service.on(Event::Act(Act::SystemTime), &impossible);
    assert_eq!(service.view(&impossible).asked, None);
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0_u8..10).prop_map(|digit| Act::Digit(Digit(char::from(b'0' + digit)))),
        1 => Just(Act::Backspace),
        1 => Just(Act::Clear),
        2 => Just(Act::Submit),
        2 => Just(Act::Back),
        1 => Just(Act::Leave),
        3 => (0_usize..6).prop_map(|place| Act::Go(Place::ALL[place])),
        1 => Just(Act::Look(Device::IdReader)),
        1 => Just(Act::Look(Device::TicketDispenser)),
        2 => (0_u8..3).prop_map(|number| Act::Take(ticket(number).id)),
        1 => Just(Act::Reinstate),
        1 => Just(Act::Void),
        1 => Just(Act::Reprint),
        1 => Just(Act::TestPrint),
        1 => Just(Act::SystemTime),
        1 => Just(Act::TypeTime),
        2 => Just(Act::Agree),
        1 => Just(Act::Disagree),
    ]
}

proptest! {
    /// Whatever is touched before the PIN was right: nothing is asked for but to try it and to leave.
    #[test]
    fn nothing_is_decided_before_the_pin(acts in prop::collection::vec(any_act(), 0..80)) {
        let mut service = Service::open();
        for one in acts {
            for ask in act(&mut service, one) {
                match ask {
                    Ask::CheckPin(_) => { service.on(Event::PinChecked(false), &facts()); }
                    Ask::Leave => service = Service::open(),
                    other => prop_assert!(false, "{other:?}"),
                }
            }
            prop_assert_eq!(at(&service), "service_pin");
            prop_assert!(service.view(&facts()).asked.is_none());
        }
    }

    /// Whatever is touched behind it: each decision was asked again right before, and 返回 leads out in the end.
    #[test]
    fn every_decision_is_asked_again_and_every_page_has_a_way_out(acts in prop::collection::vec(any_act(), 0..80)) {
        let mut service = opened();
        service.on(Event::Doubtful(vec![ticket(0), ticket(1)]), &facts());
        service.on(Event::Issued(vec![ticket(2)]), &facts());
        for one in acts {
            let asked = service.view(&facts()).asked;
            for ask in act(&mut service, one) {
                match ask {
                    Ask::Reinstate(_) => prop_assert!(matches!(asked, Some(Asked::Reinstate(_))) && one == Act::Agree),
                    Ask::Void(_) => prop_assert!(matches!(asked, Some(Asked::Void(_))) && one == Act::Agree),
                    Ask::TakeTime(_) => prop_assert!(matches!(asked, Some(Asked::Time(_))) && one == Act::Agree),
                    Ask::Reprint(..) => {
                        service.on(Event::Reprinted(PrintResult::Printed { confirmed: false }), &facts());
                    }
                    Ask::TestPrint(_) => {
                        service.on(Event::TestPrinted(PrintResult::Printed { confirmed: false }), &facts());
                    }
                    Ask::Leave => service = opened(),
                    Ask::CheckPin(_) | Ask::FindDoubtful | Ask::FindIssued => {}
                }
            }
        }
        act(&mut service, Act::Disagree);
        let out = (0..6).any(|_| act(&mut service, Act::Back).iter().any(|ask| matches!(ask, Ask::Leave)));
        prop_assert!(out, "{service:?}");
    }
}

#[test]
fn nothing_that_was_typed_is_printed() {
    let mut service = Service::open();
    type_in(&mut service, "271828");
    let said = format!("{service:?} {:?} {:?}", Event::Act(Act::Digit(Digit('2'))), service.view(&facts()));
    let asked = format!("{:?}", act(&mut service, Act::Submit));
    for said in [said, asked] {
        assert!(!said.contains("271828") && !said.contains("'2'") && !said.contains("\"2"), "{said}");
    }
}
