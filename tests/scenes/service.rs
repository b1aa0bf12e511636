//! Every page of the service menu, filled as on a day on which much went wrong.

use jiff::civil::{DateTime, date};
use kiosk::domain::device::{CardTrouble, Device, HealthState, PaperTrouble};
use kiosk::domain::ids::TicketId;
use kiosk::service::view::{
    AboutLine, Asked, ClockLine, DeviceLine, KnownFrom, Link, OutboxLine, Page, PinState, Said, Test,
    TicketLine, View,
};

const NOW: DateTime = date(2026, 11, 24).at(10, 24, 0, 0);

/// All of them, by name.
pub(crate) fn pages() -> Vec<(&'static str, View)> {
    let plain = |page| View { page, asked: None, said: None, terminal: "T01".to_owned() };
    let said = |page, said| View { said: Some(said), ..plain(page) };
    let asked = |page, asked| View { asked: Some(asked), ..plain(page) };
    let pin = |typed, state| plain(Page::Pin { typed, ready: typed >= 6, state });
    let ticket = || tickets(1, Some("power_cut")).remove(0);
    let issued = |printer, busy| Page::IssuedTicket { ticket: ticket(), printer, busy };
    vec![
        ("service, no pin", plain(Page::NoPin)),
        ("service, pin", pin(4, PinState::Wrong { left: 4 })),
        ("service, pin of twelve", pin(12, PinState::Fresh)),
        ("service, pin checked", pin(0, PinState::Checking)),
        ("service, pin paused", pin(0, PinState::Paused { seconds: 958 })),
        ("service, menu", plain(Page::Menu { doubtful: 2 })),
        ("service, devices", plain(Page::Devices(devices()))),
        ("service, printer", plain(Page::Device(device(1), Some(Test::NotPrinted(PaperTrouble::PaperOut))))),
        (
            "service, printer unsure",
            plain(Page::Device(device(2), Some(Test::Unsure(PaperTrouble::NoAnswer)))),
        ),
        ("service, printer at it", plain(Page::Device(device(2), Some(Test::Printing)))),
        ("service, reader", plain(Page::Device(device(0), None))),
        (
            "service, reader failed",
            plain(Page::Device(device(0), Some(Test::NotRead(CardTrouble::Unreadable)))),
        ),
        ("service, doubtful", plain(Page::DoubtfulTickets(tickets(3, Some("power_cut"))))),
        (
            "service, many doubtful",
            said(Page::DoubtfulTickets(tickets(40, Some("no_answer"))), Said::Reinstated("A007".to_owned())),
        ),
        ("service, none doubtful", plain(Page::DoubtfulTickets(Vec::new()))),
        (
            "service, doubtful ticket",
            said(Page::DoubtfulTicket(ticket()), Said::HasAnother("A024".to_owned())),
        ),
        ("service, reinstate?", asked(Page::DoubtfulTicket(ticket()), Asked::Reinstate("A001".to_owned()))),
        ("service, void?", asked(Page::DoubtfulTicket(ticket()), Asked::Void("A001".to_owned()))),
        ("service, issued", plain(Page::IssuedTickets(tickets(60, None)))),
        (
            "service, issued ticket",
            said(issued(Err(PaperTrouble::CoverOpen), false), Said::NotReprinted(PaperTrouble::CoverOpen)),
        ),
        ("service, reprint at it", plain(issued(Ok(()), true))),
        ("service, clock", plain(Page::Clock(clock(KnownFrom::Nobody)))),
        ("service, clock known", said(Page::Clock(clock(KnownFrom::Platform)), Said::PlatformKnows)),
        ("service, time", plain(Page::TypeTime { digits: "202613".to_owned(), wrong: false })),
        ("service, time wrong", plain(Page::TypeTime { digits: "202613250905".to_owned(), wrong: true })),
        (
            "service, time?",
            asked(Page::TypeTime { digits: "202611250905".to_owned(), wrong: false }, Asked::Time(NOW)),
        ),
        ("service, outbox", plain(Page::Outbox(outbox()))),
        ("service, about", said(Page::About(about()), Said::StoreFailed)),
    ]
}

fn devices() -> Vec<DeviceLine> {
    (0..4).map(device).collect()
}

fn device(which: usize) -> DeviceLine {
    let (device, state, detail) = match which {
        0 => (Device::IdReader, HealthState::Ready, "ready"),
        1 => (
            Device::TicketDispenser,
            HealthState::Trouble(PaperTrouble::PaperOut),
            "no paper; put in a new roll",
        ),
        2 => (Device::ReceiptPrinter, HealthState::Low, "the roll is near its end"),
        _ => (
            Device::Speaker,
            HealthState::Lost,
            "no sound card; plug one in, or take [sound] out of the file",
        ),
    };
    DeviceLine { device, state, detail: detail.to_owned(), heard_at: (which != 3).then_some(NOW) }
}

fn tickets(count: u8, why: Option<&str>) -> Vec<TicketLine> {
    (1..=count)
        .map(|number| TicketLine {
            id: TicketId::from_bytes([number; 16]),
            number: format!("A{number:03}"),
            class: "社会保障".to_owned(),
            taken_at: NOW,
            why: why.map(str::to_owned),
        })
        .collect()
}

fn clock(known_from: KnownFrom) -> ClockLine {
    ClockLine {
        system: date(1970, 1, 1).at(8, 3, 0, 0),
        holds: NOW,
        day: NOW.date(),
        store: NOW,
        known_from,
        behind: true,
        system_can_be: false,
    }
}

fn outbox() -> OutboxLine {
    OutboxLine {
        waiting: 128,
        oldest: Some(date(2026, 11, 21).at(9, 3, 0, 0)),
        dead: 2,
        link: Link::Offline(
            "the platform can't be reached: connection refused; check the network cable".to_owned(),
        ),
    }
}

fn about() -> AboutLine {
    AboutLine {
        version: "0.1.0".to_owned(),
        site: "剑阁县普安镇便民服务中心".to_owned(),
        free_bytes: Some(21_400_000_000),
        store_well: true,
    }
}
