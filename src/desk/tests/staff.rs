//! What a technician decides: tickets in doubt, the time, the PIN, and the audit of it all.

use super::*;
use crate::domain::pin::Pin;
use crate::store::{AuditAct, PinHash};

/// A ticket whose paper is in doubt.
fn doubtful(hall: &mut Hall, resident: Option<Resident>) -> Ticket {
    let ticket = new(hall.desk.reserve(&wish('A', resident), Printer::Dispenser, morning()).unwrap());
    hall.desk.doubt(ticket.id, "no_answer", morning()).unwrap()
}

impl Hall {
    fn raw(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.desk.store().file()).unwrap()
    }

    /// Who did what about what, oldest first.
    fn audited(&self) -> Vec<(String, String, Option<String>)> {
        let raw = self.raw();
        let mut lines = raw.prepare("SELECT who, act, about FROM audit ORDER BY id").unwrap();
        let line = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        lines.query_map([], line).unwrap().map(Result::unwrap).collect()
    }

    fn bodies(&self) -> Vec<(String, u64, serde_json::Value)> {
        let waiting = self.outbox().waiting(1_000, |_| true).unwrap();
        let body = |text: &str| serde_json::from_str(text).unwrap();
        waiting.iter().map(|event| (event.kind.clone(), event.seq, body(&event.body))).collect()
    }
}

#[test]
fn the_paper_in_a_hand_brings_a_number_back_once() {
    let mut hall = Hall::usual();
    let ticket = new(hall.desk.reserve(&wish('A', Some(somebody())), Printer::Dispenser, morning()).unwrap());
    let mut hall = hall.restart(morning());
    let found = hall.desk.unconfirmed(morning()).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].ticket.id, found[0].why.as_str()), (ticket.id, "power_cut"));
    let done = hall.desk.reinstate(ticket.id, morning()).unwrap();
    let Reinstated::Done(back) = done else { panic!("{done:?}") };
    assert_eq!((back.number, back.state), (ticket.number, TicketState::Issued));
    let told = hall.bodies();
    let kinds: Vec<_> = told.iter().map(|(kind, seq, _)| (kind.as_str(), *seq)).collect();
    assert_eq!(kinds, [("ticket.issued", 1), ("ticket.reinstated", 2)]);
    assert_eq!((&told[0].2["print"], &told[0].2["channel"]), (&"reinstated".into(), &"card".into()));
    assert_eq!((&told[1].2["by"], &told[1].2["reason"]), (&"T01".into(), &"paper_shown".into()));
    let resident = hall.outbox().waiting(1, |_| true).unwrap().remove(0).resident.unwrap();
    assert_eq!(resident.unwrap().id.masked(), somebody().id.masked());
    assert_eq!(
        hall.audited(),
        [("technician".to_owned(), "reinstated".to_owned(), Some(format!("ticket/{}", ticket.id)))]
    );
    // It is as any other now: seen by its resident, counted, and not brought back twice.
    assert!(hall.desk.unconfirmed(morning()).unwrap().is_empty());
    assert!(matches!(hall.desk.reinstate(ticket.id, morning()), Err(StoreError::Changed)));
    assert!(matches!(hall.desk.void_unconfirmed(ticket.id, morning()), Err(StoreError::Changed)));
    let again = hall.desk.reserve(&wish('A', Some(somebody())), Printer::Dispenser, morning()).unwrap();
    assert!(matches!(again, Answer::Live(live) if live.id == ticket.id));
    assert_eq!(hall.desk.overview(morning()).unwrap().classes[0].waiting, 1);
}

#[test]
fn who_has_another_number_of_the_class_keeps_that_one() {
    let mut hall = Hall::usual();
    let first = doubtful(&mut hall, Some(somebody()));
    let second = new(hall.desk.give_paperless(&wish('A', Some(somebody())), morning()).unwrap());
    let answer = hall.desk.reinstate(first.id, morning()).unwrap();
    assert!(matches!(&answer, Reinstated::HasAnother(other) if other.id == second.id), "{answer:?}");
    assert_eq!(hall.desk.ticket(first.id).unwrap().state, TicketState::Unconfirmed, "nothing was written");
    assert!(hall.audited().is_empty());
    hall.desk.void_unconfirmed(first.id, morning()).unwrap();
    let told = hall.bodies();
    assert_eq!((told[1].0.as_str(), told[1].1), ("ticket.void", 1));
    assert_eq!(told[1].2["reason"], "no_paper");
}

#[test]
fn only_doubt_of_this_day_is_decided_here() {
    let mut hall = Hall::usual();
    let issued = new(hall.desk.give_paperless(&wish('A', None), morning()).unwrap());
    assert!(matches!(hall.desk.void_unconfirmed(issued.id, morning()), Err(StoreError::Changed)));
    let old = doubtful(&mut hall, None);
    let tomorrow = now("2026-11-25T01:00:00Z", 90_000);
    assert!(hall.desk.unconfirmed(tomorrow).unwrap().is_empty());
    assert!(matches!(hall.desk.reinstate(old.id, tomorrow), Err(StoreError::Changed)));
    assert_eq!(hall.audited(), []);
}

#[test]
fn a_reinstated_number_passes_the_limit_and_leaves_the_series_alone() {
    let mut hall = Hall::usual();
    let first = new(hall.desk.reserve(&wish('B', None), Printer::Dispenser, morning()).unwrap());
    hall.desk.doubt(first.id, "jam", morning()).unwrap();
    for _ in 0..2 {
        new(hall.desk.give_paperless(&wish('B', None), morning()).unwrap());
    }
    assert!(matches!(hall.desk.reinstate(first.id, morning()).unwrap(), Reinstated::Done(_)));
    assert_eq!(
        hall.desk.reserve(&wish('B', None), Printer::Dispenser, morning()).unwrap(),
        Answer::Refused(Refusal::Full)
    );
}

#[test]
fn the_newest_tickets_are_offered_first_and_printed_with_their_person() {
    let mut hall = Hall::usual();
    let tickets: Vec<_> = (0..5)
        .map(|second| {
            let at = now(&format!("2026-11-24T02:24:0{second}Z"), 60 + second);
            new(hall.desk.give_paperless(&wish('A', (second == 4).then(somebody)), at).unwrap())
        })
        .collect();
    let offered = hall.desk.issued_lately(3, morning()).unwrap();
    let ids = |tickets: &[Ticket]| tickets.iter().map(|ticket| ticket.id).collect::<Vec<_>>();
    assert_eq!(ids(&offered), [tickets[4].id, tickets[3].id, tickets[2].id]);
    let (ticket, resident) =
        hall.desk.reprinting_by_staff(tickets[4].id, Printer::Dispenser, morning()).unwrap();
    assert_eq!((ticket.id, resident.unwrap().name.unwrap().masked()), (tickets[4].id, "张*".to_owned()));
    assert_eq!(hall.desk.reprinting_by_staff(tickets[0].id, Printer::Dispenser, morning()).unwrap().1, None);
    hall.desk.reprinted(tickets[0].id, morning()).unwrap();
    assert_eq!(hall.audited().len(), 2);
    hall.desk.cancel(tickets[1].id, "not_taken", morning()).unwrap();
    assert!(matches!(
        hall.desk.reprinting_by_staff(tickets[1].id, Printer::Dispenser, morning()),
        Err(StoreError::Changed)
    ));
}

#[test]
fn what_staff_decide_says_nothing_of_the_paper_in_the_printer() {
    let mut hall = Hall::usual();
    let second = doubtful(&mut hall, None);
    let first = new(hall.desk.reserve(&wish('A', None), Printer::Dispenser, morning()).unwrap());
    hall.desk.issue(first.id, PrintSurety::Confirmed, morning()).unwrap();
    hall.desk.reinstate(second.id, morning()).unwrap();
    assert_eq!(hall.desk.last_paper(Printer::Dispenser).unwrap(), LastPaper::Ticket(first.id));
    let third = doubtful(&mut hall, None);
    hall.desk.void_unconfirmed(third.id, morning()).unwrap();
    assert_eq!(
        hall.desk.last_paper(Printer::Dispenser).unwrap(),
        LastPaper::Unsure,
        "as the doubtful one left it"
    );
}

#[test]
fn a_test_slip_is_the_last_paper_of_its_printer() {
    let mut hall = Hall::usual();
    let last = |hall: &mut Hall| hall.desk.last_paper(Printer::Dispenser).unwrap();
    let first = new(hall.desk.reserve(&wish('A', None), Printer::Dispenser, morning()).unwrap());
    hall.desk.issue(first.id, PrintSurety::Confirmed, morning()).unwrap();
    hall.desk.audit(AuditAct::TestPrint, Some(Printer::Receipt.code()), morning()).unwrap();
    assert_eq!(last(&mut hall), LastPaper::Ticket(first.id));
    hall.desk.audit(AuditAct::TestPrint, Some(Printer::Dispenser.code()), morning()).unwrap();
    assert_eq!(last(&mut hall), LastPaper::Unsure, "half a slip may lie in it");
    hall.desk.audit(AuditAct::TestPrinted, Some(Printer::Dispenser.code()), morning()).unwrap();
    assert_eq!(last(&mut hall), LastPaper::Nothing);
    let second = new(hall.desk.reserve(&wish('A', None), Printer::Dispenser, morning()).unwrap());
    hall.desk.issue(second.id, PrintSurety::Confirmed, morning()).unwrap();
    assert_eq!(last(&mut hall), LastPaper::Ticket(second.id));
}

#[test]
fn a_technicians_word_opens_the_day_and_outlives_a_restart() {
    let mut hall = Hall::usual();
    let yesterday = new(hall.desk.give_paperless(&wish('A', None), morning()).unwrap());
    // The battery is dead and nobody reaches the platform.
    let mut hall = hall.restart(now("1970-01-01T00:00:10Z", 10));
    let broken = now("1970-01-01T00:00:20Z", 20);
    assert_eq!(hall.desk.today(broken).to_string(), "2026-11-24");
    let told: Timestamp = "2026-11-25T01:00:00Z".parse().unwrap();
    let early = "2025-11-25T01:00:00Z".parse().unwrap();
    assert_eq!(hall.desk.technician_time(early, broken).unwrap(), ClockAnswer::TooEarly);
    assert_eq!(hall.desk.technician_time(told, broken).unwrap(), ClockAnswer::Taken);
    let look = hall.desk.clock_look(broken);
    assert_eq!((look.store, look.told_by, look.moment.at), (told, Some(ToldBy::Technician), told));
    assert_eq!(look.moment.clock, ClockState::Behind, "the system's clock is as wrong as before");
    // Another power cut before the first ticket of the day.
    let mut hall = hall.restart(now("1970-01-01T00:00:05Z", 5));
    let broken = now("1970-01-01T00:00:15Z", 15);
    assert_eq!(hall.desk.today(broken).to_string(), "2026-11-25");
    let first = new(hall.desk.give_paperless(&wish('A', None), broken).unwrap());
    assert_eq!((first.day.to_string().as_str(), first.number.number), ("2026-11-25", 1));
    assert_eq!(hall.desk.ticket(yesterday.id).unwrap().state, TicketState::Expired);
    // The platform knows better and stays the better one.
    hall.desk.platform_time("2026-11-24T03:00:00Z".parse().unwrap(), Duration::from_secs(20));
    assert_eq!(
        hall.desk.technician_time(told, now("1970-01-01T00:00:21Z", 21)).unwrap(),
        ClockAnswer::PlatformKnows
    );
    let back = now("1970-01-01T00:00:30Z", 30);
    assert_eq!(
        new(hall.desk.give_paperless(&wish('A', None), back).unwrap()).number.number,
        2,
        "never twice"
    );
    assert_eq!(hall.audited().iter().filter(|(_, act, _)| act == "clock").count(), 1);
}

#[test]
fn the_pin_is_counted_set_anew_and_stands_nowhere() {
    let mut hall = Hall::usual();
    let pin = |text: &str| Pin::choose(text).unwrap();
    assert_eq!(hall.desk.pin_failures().unwrap(), None);
    assert!(hall.desk.try_pin(&pin("271828")).unwrap().is_none());
    hall.desk.set_pin(&PinHash::new(&key(), &pin("271828"), [1; 16]).unwrap(), morning()).unwrap();
    for (tried, right) in [("314159", false), ("271828", true), ("314159", false)] {
        let found = hall.desk.try_pin(&pin(tried)).unwrap().unwrap().is_right();
        assert_eq!(found, right);
        hall.desk.pin_tried(found, morning()).unwrap();
    }
    assert_eq!(hall.desk.pin_failures().unwrap(), Some(1));
    hall.desk.set_pin(&PinHash::new(&key(), &pin("161803"), [2; 16]).unwrap(), morning()).unwrap();
    assert_eq!(hall.desk.pin_failures().unwrap(), Some(0));
    let acts: Vec<_> = hall.audited().into_iter().map(|(_, act, _)| act).collect();
    assert_eq!(acts, ["pin_set", "wrong_pin", "opened", "wrong_pin", "pin_set"]);
    for entry in std::fs::read_dir(hall.folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for digits in ["271828", "314159", "161803"] {
            assert!(!bytes.windows(6).any(|part| part == digits.as_bytes()), "{digits}");
        }
    }
}

#[test]
fn the_audit_can_not_be_changed() {
    let mut hall = Hall::usual();
    hall.desk.audit(AuditAct::TestPrint, Some("ticket_dispenser"), morning()).unwrap();
    assert!(hall.raw().execute("DELETE FROM audit", []).is_err());
    assert!(hall.raw().execute("UPDATE audit SET who = 'x'", []).is_err());
    assert_eq!(hall.audited().len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Any order of takes, doubts, restarts and a technician's decisions: nobody has two live tickets of a class, and
    /// the platform hears of each ticket's beginning once, first of all.
    #[test]
    fn one_live_ticket_and_one_beginning(steps in prop::collection::vec((0_u8..8, 0_usize..4), 1..60)) {
        let mut hall = Hall::open(rules(&[], &[('A', "001-999", None)]));
        let people = ["510823195602140029", "510823199003070012", "11010519491231002X"];
        let mut aside: Vec<TicketId> = Vec::new();
        for (step, which) in steps {
            let person = people.get(which).map(|id| Resident::typed(IdNumber::parse(id).unwrap()));
            match step {
                0..=2 => {
                    let Answer::New(ticket) = hall.desk.reserve(&wish('A', person), Printer::Dispenser, morning()).unwrap() else {
                        continue;
                    };
                    match step {
                        0 => { hall.desk.issue(ticket.id, PrintSurety::Likely, morning()).unwrap(); }
                        1 => {
                            hall.desk.doubt(ticket.id, "no_answer", morning()).unwrap();
                            aside.push(ticket.id);
                        }
                        _ => {
                            hall = hall.restart(morning());
                            aside.push(ticket.id);
                        }
                    }
                }
                3 => drop(hall.desk.give_paperless(&wish('A', person), morning()).unwrap()),
                4 if !aside.is_empty() => drop(hall.desk.void_unconfirmed(aside[which % aside.len()], morning())),
                5 => hall = hall.restart(morning()),
                _ if !aside.is_empty() => drop(hall.desk.reinstate(aside[which % aside.len()], morning())),
                _ => {}
            }
            let doubled: u32 = hall.raw().query_row(
                "SELECT COUNT(*) FROM (SELECT 1 FROM ticket WHERE state IN ('reserved', 'issued') AND person IS NOT NULL
                 GROUP BY person HAVING COUNT(*) > 1)", [], |row| row.get(0)).unwrap();
            prop_assert_eq!(doubled, 0);
        }
        let begun: u32 = hall.raw().query_row(
            "SELECT COUNT(*) FROM outbox WHERE (kind = 'ticket.issued') <> (seq = 1 AND kind <> 'ticket.void')", [],
            |row| row.get(0)).unwrap();
        prop_assert_eq!(begun, 0, "an event before its ticket was told, or a second beginning");
    }
}
