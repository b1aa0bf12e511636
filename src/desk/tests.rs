//! The desk on a real store: each verb, what it leaves behind, and what it refuses.

mod staff;

use std::time::Duration;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::domain::hours::{DoorState, Holidays, OpeningHours};
use crate::domain::id_number::IdNumber;
use crate::domain::resident::{PersonName, Resident};
use crate::domain::ticket::{Channel, PrintSurety, Ticket};
use crate::domain::window::Serves;
use crate::domain::wish::{Answer, Refusal, Wish};
use crate::store::{OutboxReader, StoreKey};

/// Chance of a seed.
struct Seeded(fastrand::Rng);

impl Chance for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }
}

fn rules(hours: &[&str], classes: &[(char, &str, Option<u32>)]) -> SiteRules {
    SiteRules {
        terminal: "T01".into(),
        time_zone: TimeZone::get("Asia/Shanghai").unwrap(),
        opening: Opening {
            hours: if hours.is_empty() {
                OpeningHours::always()
            } else {
                OpeningHours::parse(hours).unwrap()
            },
            holidays: Holidays::default(),
        },
        classes: classes
            .iter()
            .map(|(letter, numbers, daily_limit)| Class {
                letter: ClassLetter::new(*letter).unwrap(),
                name: format!("class {letter}"),
                numbers: numbers.parse().unwrap(),
                daily_limit: *daily_limit,
            })
            .collect(),
        windows: vec![Window { number: 1, name: "综合窗口".into(), serves: Serves::All }],
    }
}

struct Hall {
    folder: TempDir,
    desk: Desk,
    starts: u64,
}

impl Hall {
    fn open(rules: SiteRules) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let desk = open_desk(folder.path(), rules, 1);
        Self { folder, desk, starts: 1 }
    }

    fn usual() -> Self {
        Self::open(rules(&[], &[('A', "001-999", None), ('B', "001-003", Some(2))]))
    }

    /// As after a power cut: the desk is dropped and opened anew on the same file.
    fn restart(self, now: Now) -> Self {
        let rules = self.desk.rules().clone();
        drop(self.desk);
        let store = Store::open(self.folder.path(), &key()).unwrap();
        let starts = self.starts + 1;
        let desk = Desk::open(store, rules, Box::new(Seeded(fastrand::Rng::with_seed(starts))), now).unwrap();
        Self { folder: self.folder, desk, starts }
    }

    fn outbox(&self) -> OutboxReader {
        self.desk.store().outbox_reader().unwrap()
    }

    fn kinds(&self) -> Vec<(String, u64)> {
        let waiting = self.outbox().waiting(1_000, |_| true).unwrap();
        waiting.into_iter().map(|event| (event.kind, event.seq)).collect()
    }
}

fn key() -> StoreKey {
    StoreKey::from_bytes([5; 32])
}

fn open_desk(folder: &std::path::Path, rules: SiteRules, seed: u64) -> Desk {
    let store = Store::open(folder, &key()).unwrap();
    Desk::open(store, rules, Box::new(Seeded(fastrand::Rng::with_seed(seed))), now("2026-11-24T01:00:00Z", 0))
        .unwrap()
}

fn now(wall: &str, mono: u64) -> Now {
    Now { wall: wall.parse().unwrap(), mono: Duration::from_secs(mono) }
}

fn morning() -> Now {
    now("2026-11-24T02:24:00Z", 60)
}

fn wish(class: char, resident: Option<Resident>) -> Wish {
    let channel = if resident.is_some() { Channel::Card } else { Channel::Anonymous };
    Wish { class: ClassLetter::new(class).unwrap(), resident, channel, priorities: Vec::new() }
}

fn somebody() -> Resident {
    let mut resident = Resident::typed(IdNumber::parse("11010519491231002X").unwrap());
    resident.name = Some(PersonName::new("张三"));
    resident
}

fn new(answer: Answer) -> Ticket {
    match answer {
        Answer::New(ticket) => ticket,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_number_is_reserved_then_issued_and_told_once() {
    let mut hall = Hall::usual();
    let ticket = new(hall.desk.reserve(&wish('A', Some(somebody())), Printer::Dispenser, morning()).unwrap());
    assert_eq!((ticket.number.to_string().as_str(), ticket.state), ("A001", TicketState::Reserved));
    assert!(hall.kinds().is_empty(), "a reservation is nobody's business yet");
    let issued = hall.desk.issue(ticket.id, PrintSurety::Confirmed, morning()).unwrap();
    assert_eq!(issued.state, TicketState::Issued);
    let events = hall.outbox().waiting(10, |_| true).unwrap();
    assert_eq!(events.len(), 1);
    let event = &events[0];
    assert_eq!(event.subject, format!("ticket/{}", ticket.id));
    assert_eq!((event.kind.as_str(), event.seq), ("ticket.issued", 1));
    assert_eq!(event.at, "2026-11-24T10:24:00.000+08:00");
    let resident = event.resident.as_ref().unwrap().as_ref().unwrap();
    assert_eq!(
        (resident.id.reveal(), resident.name.as_ref().unwrap().reveal()),
        ("11010519491231002X", "张三")
    );
    assert!(!event.body.contains("110105"));
}

#[test]
fn no_personal_data_stands_in_the_files() {
    let mut hall = Hall::usual();
    let ticket = new(hall.desk.reserve(&wish('A', Some(somebody())), Printer::Dispenser, morning()).unwrap());
    hall.desk.issue(ticket.id, PrintSurety::Likely, morning()).unwrap();
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(hall.folder.path()).unwrap() {
        bytes.extend(std::fs::read(entry.unwrap().path()).unwrap());
    }
    assert!(bytes.len() > 1_000);
    for secret in ["11010519491231002X".as_bytes(), "19491231".as_bytes(), "张三".as_bytes()] {
        assert!(!bytes.windows(secret.len()).any(|part| part == secret));
    }
}

#[test]
fn the_same_resident_gets_the_same_ticket_again() {
    let mut hall = Hall::usual();
    let ticket = new(hall.desk.reserve(&wish('A', Some(somebody())), Printer::Dispenser, morning()).unwrap());
    hall.desk.issue(ticket.id, PrintSurety::Confirmed, morning()).unwrap();
    let again = hall.desk.reserve(&wish('A', Some(somebody())), Printer::Dispenser, morning()).unwrap();
    let Answer::Live(live) = again else { panic!("{again:?}") };
    assert_eq!(live.id, ticket.id);
    // Another class, or nobody in particular, is another matter.
    new(hall.desk.reserve(&wish('B', Some(somebody())), Printer::Dispenser, morning()).unwrap());
    new(hall.desk.reserve(&wish('A', None), Printer::Dispenser, morning()).unwrap());
    new(hall.desk.reserve(&wish('A', None), Printer::Dispenser, morning()).unwrap());
}

#[test]
fn a_name_learnt_later_never_changes_an_event_that_may_have_gone_out() {
    let mut hall = Hall::usual();
    let typed = Resident { name: None, ..somebody() };
    let first = new(hall.desk.give_paperless(&wish('A', Some(typed.clone())), morning()).unwrap());
    let told = |hall: &Hall| -> Vec<Option<String>> {
        let waiting = hall.outbox().waiting(10, |_| true).unwrap();
        waiting
            .into_iter()
            .map(|event| event.resident.unwrap().unwrap().name.map(|name| name.reveal().to_owned()))
            .collect()
    };
    assert_eq!(told(&hall), [None]);
    new(hall.desk.give_paperless(&wish('B', Some(somebody())), morning()).unwrap());
    assert_eq!(told(&hall), [None, Some("张三".to_owned())]);
    let again = hall.desk.reserve(&wish('A', Some(somebody())), Printer::Dispenser, morning()).unwrap();
    assert!(
        matches!(again, Answer::Live(live) if live.id == first.id),
        "the same person with and without a name"
    );
    let again = hall.desk.reserve(&wish('B', Some(typed)), Printer::Dispenser, morning()).unwrap();
    assert!(matches!(again, Answer::Live(_)));
}

#[test]
fn a_void_number_is_never_given_out_again_and_frees_its_resident() {
    let mut hall = Hall::usual();
    let lost = new(hall.desk.reserve(&wish('A', Some(somebody())), Printer::Dispenser, morning()).unwrap());
    hall.desk.void(lost.id, "paper_out", morning()).unwrap();
    assert_eq!(hall.kinds(), [("ticket.void".to_owned(), 1)]);
    let next = new(hall.desk.give_paperless(&wish('A', Some(somebody())), morning()).unwrap());
    assert_eq!((next.number.number, next.state), (2, TicketState::Issued));
    assert!(matches!(hall.desk.issue(lost.id, PrintSurety::Confirmed, morning()), Err(StoreError::Changed)));
}

#[test]
fn a_reservation_left_by_a_power_cut_is_set_aside() {
    let mut hall = Hall::usual();
    let doubtful =
        new(hall.desk.reserve(&wish('A', Some(somebody())), Printer::Dispenser, morning()).unwrap());
    let mut hall = hall.restart(now("2026-11-24T02:30:00Z", 1));
    let row = hall.desk.store.read(|store| store.ticket(doubtful.id)).unwrap();
    assert_eq!(row.state, TicketState::Unconfirmed);
    let next = new(hall
        .desk
        .reserve(&wish('A', Some(somebody())), Printer::Dispenser, now("2026-11-24T02:31:00Z", 2))
        .unwrap());
    assert_eq!((next.number.number, next.people_ahead), (2, 0));
    assert!(hall.kinds().is_empty());
    let late = hall.desk.issue(doubtful.id, PrintSurety::Likely, now("2026-11-24T02:32:00Z", 3));
    assert!(matches!(late, Err(StoreError::Changed)), "only a clerk brings it back: {late:?}");
}

#[test]
fn the_next_day_starts_anew_and_settles_what_was_left() {
    let mut hall = Hall::usual();
    let waiting = new(hall.desk.give_paperless(&wish('A', None), morning()).unwrap());
    let doubtful = new(hall.desk.reserve(&wish('A', None), Printer::Dispenser, morning()).unwrap());
    hall.desk.doubt(doubtful.id, "no_answer", morning()).unwrap();
    let mut hall = hall.restart(now("2026-11-25T01:00:00Z", 1));
    let first = new(hall.desk.give_paperless(&wish('A', None), now("2026-11-25T01:00:01Z", 2)).unwrap());
    assert_eq!((first.number.to_string().as_str(), first.people_ahead), ("A001", 0));
    let state = |hall: &mut Hall, id| hall.desk.store.read(|store| store.ticket(id)).unwrap().state;
    assert_eq!(state(&mut hall, waiting.id), TicketState::Expired);
    assert_eq!(state(&mut hall, doubtful.id), TicketState::Void);
    let kinds: Vec<_> = hall.kinds();
    let told = |kind: &str, seq| kinds.contains(&(kind.to_owned(), seq));
    assert!(told("ticket.expired", 2) && told("ticket.void", 1) && told("ticket.issued", 1), "{kinds:?}");
}

#[test]
fn limits_and_ranges_end_the_day_for_a_class() {
    let mut hall = Hall::usual();
    for _ in 0..2 {
        new(hall.desk.give_paperless(&wish('B', None), morning()).unwrap());
    }
    let answer = hall.desk.reserve(&wish('B', None), Printer::Dispenser, morning()).unwrap();
    assert_eq!(answer, Answer::Refused(Refusal::Full));
    let answer = hall.desk.reserve(&wish('Z', None), Printer::Dispenser, morning()).unwrap();
    assert_eq!(answer, Answer::Refused(Refusal::NoSuchClass));
    let overview = hall.desk.overview(morning()).unwrap();
    let rooms: Vec<_> = overview.classes.iter().map(|class| (class.waiting, class.room)).collect();
    assert_eq!(rooms, [(0, Room::Free), (2, Room::Full)]);
}

#[test]
fn a_closed_hall_says_when_to_come() {
    let mut hall = Hall::open(rules(&["mon-fri 09:00-12:00 13:00-17:00"], &[('A', "001-999", None)]));
    let noon = now("2026-11-24T04:30:00Z", 1);
    let answer = hall.desk.reserve(&wish('A', None), Printer::Dispenser, noon).unwrap();
    let Answer::Refused(Refusal::Closed { next }) = answer else { panic!("{answer:?}") };
    assert_eq!(next.unwrap().to_string(), "2026-11-24T13:00:00");
    new(hall.desk.reserve(&wish('A', None), Printer::Dispenser, morning()).unwrap());
}

#[test]
fn a_wrong_wall_clock_keeps_the_door_open_only_while_nobody_knows_the_time() {
    let mut hall = Hall::open(rules(&["mon-fri 09:00-17:00"], &[('A', "001-999", None)]));
    new(hall.desk.reserve(&wish('A', None), Printer::Dispenser, morning()).unwrap());
    // Counted on to half past ten in the evening: it may as well be noon.
    let counted = now("1970-01-01T12:00:00Z", 60 + 12 * 3600);
    new(hall.desk.reserve(&wish('A', None), Printer::Dispenser, counted).unwrap());
    // Three in the morning, by the platform.
    hall.desk.platform_time("2026-11-24T19:00:00Z".parse().unwrap(), Duration::from_secs(50_000));
    let night = now("1970-01-01T13:00:00Z", 50_060);
    let answer = hall.desk.reserve(&wish('A', None), Printer::Dispenser, night).unwrap();
    let Answer::Refused(Refusal::Closed { next }) = answer else { panic!("{answer:?}") };
    assert_eq!(next.unwrap().to_string(), "2026-11-25T09:00:00");
    assert_eq!(hall.desk.moment(night).clock, ClockState::Behind);
    assert!(matches!(hall.desk.overview(night).unwrap().door, DoorState::Closed { .. }));
}

#[test]
fn a_false_day_that_the_platform_corrected_does_not_come_back() {
    let mut hall = Hall::usual();
    let false_one = new(hall.desk.give_paperless(&wish('A', None), now("2099-01-01T02:00:00Z", 10)).unwrap());
    hall.desk.platform_time("2026-11-24T02:00:00Z".parse().unwrap(), Duration::from_secs(20));
    let right = new(hall.desk.give_paperless(&wish('A', Some(somebody())), morning()).unwrap());
    assert_eq!((right.day.to_string().as_str(), right.number.number), ("2026-11-24", 1));
    let expired = hall.desk.ticket(false_one.id).unwrap();
    assert_eq!(expired.state, TicketState::Expired, "waiting tickets of a false day end too");
    let mut hall = hall.restart(now("2026-11-24T03:00:00Z", 1));
    let later = now("2026-11-24T03:00:10Z", 11);
    assert_eq!(hall.desk.today(later).to_string(), "2026-11-24");
    let again = hall.desk.reserve(&wish('A', Some(somebody())), Printer::Dispenser, later).unwrap();
    assert!(matches!(again, Answer::Live(live) if live.id == right.id));
    assert_eq!(new(hall.desk.reserve(&wish('A', None), Printer::Dispenser, later).unwrap()).number.number, 2);
}

#[test]
fn a_false_day_is_left_even_where_no_ticket_was_taken_since() {
    let mut hall = Hall::usual();
    let false_one = new(hall.desk.give_paperless(&wish('A', None), now("2099-01-01T02:00:00Z", 10)).unwrap());
    hall.desk.platform_time("2026-11-24T02:00:00Z".parse().unwrap(), Duration::from_secs(20));
    hall.desk.cancel(false_one.id, "not_taken", morning()).unwrap();
    let mut hall = hall.restart(now("2026-11-24T03:00:00Z", 1));
    assert_eq!(hall.desk.today(now("2026-11-24T03:00:10Z", 11)).to_string(), "2026-11-24");
}

#[test]
fn time_stays_above_whatever_verb_wrote_last() {
    type Verb = fn(&mut Desk, TicketId, Now);
    let noon = now("2026-11-24T04:00:00Z", 5_820);
    let verbs: [(&str, Verb); 5] = [
        ("issue", |desk, id, at| drop(desk.issue(id, PrintSurety::Confirmed, at).unwrap())),
        ("void", |desk, id, at| drop(desk.void(id, "jam", at).unwrap())),
        ("doubt", |desk, id, at| drop(desk.doubt(id, "no_answer", at).unwrap())),
        ("cancel", |desk, id, at| {
            desk.issue(id, PrintSurety::Confirmed, morning()).unwrap();
            desk.cancel(id, "not_taken", at).unwrap();
        }),
        ("reprint", |desk, id, at| {
            desk.issue(id, PrintSurety::Confirmed, morning()).unwrap();
            desk.reprinting(id, Printer::Dispenser, at).unwrap();
        }),
    ];
    for (name, verb) in verbs {
        let mut hall = Hall::usual();
        let ticket = new(hall.desk.reserve(&wish('A', None), Printer::Dispenser, morning()).unwrap());
        verb(&mut hall.desk, ticket.id, noon);
        let back = now("2026-11-24T02:30:00Z", 5_821);
        assert!(hall.desk.moment(back).at >= noon.wall, "{name}: {:?}", hall.desk.moment(back));
    }
    // A start that wrote nothing has seen nothing.
    let hall = Hall::usual().restart(now("2099-01-01T00:00:00Z", 1));
    assert_eq!({ hall }.desk.today(morning()).to_string(), "2026-11-24");
}

#[test]
fn a_reservation_whose_end_was_never_written_ends_with_the_day() {
    let mut hall = Hall::usual();
    let stuck = new(hall.desk.reserve(&wish('A', Some(somebody())), Printer::Dispenser, morning()).unwrap());
    let tomorrow = now("2026-11-25T01:00:00Z", 90_000);
    new(hall.desk.give_paperless(&wish('B', None), tomorrow).unwrap());
    assert_eq!(hall.desk.ticket(stuck.id).unwrap().state, TicketState::Void);
    let told: Vec<_> = hall.kinds();
    assert!(told.contains(&("ticket.void".to_owned(), 1)), "{told:?}");
    let acts: Vec<String> = {
        let raw = rusqlite::Connection::open(hall.desk.store().file()).unwrap();
        let mut found = raw.prepare("SELECT act FROM trail WHERE ticket = ?1 ORDER BY id").unwrap();
        found.query_map([stuck.id.as_bytes()], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert_eq!(acts, ["reserved", "unconfirmed", "void"]);
}

#[test]
fn an_event_whose_resident_does_not_open_is_told_with_the_others() {
    let mut hall = Hall::usual();
    new(hall.desk.give_paperless(&wish('A', Some(somebody())), morning()).unwrap());
    new(hall.desk.give_paperless(&wish('B', None), morning()).unwrap());
    let raw = rusqlite::Connection::open(hall.desk.store().file()).unwrap();
    raw.execute("UPDATE person SET sealed = zeroblob(length(sealed))", []).unwrap();
    let events = hall.outbox().waiting(10, |_| true).unwrap();
    assert_eq!(events.len(), 2);
    assert!(matches!(events[0].resident, Err(StoreError::Damaged(_))), "{:?}", events[0]);
    assert!(matches!(events[1].resident, Ok(None)));
}

#[test]
fn what_may_lie_in_the_printer_is_known_after_a_power_cut() {
    let mut hall = Hall::usual();
    assert_eq!(hall.desk.last_paper(Printer::Dispenser).unwrap(), LastPaper::Nothing);
    let first = new(hall.desk.reserve(&wish('A', None), Printer::Dispenser, morning()).unwrap());
    assert_eq!(hall.desk.last_paper(Printer::Dispenser).unwrap(), LastPaper::Unsure);
    hall.desk.issue(first.id, PrintSurety::Confirmed, morning()).unwrap();
    new(hall.desk.give_paperless(&wish('A', None), morning()).unwrap());
    assert_eq!(hall.desk.last_paper(Printer::Dispenser).unwrap(), LastPaper::Ticket(first.id));
    hall.desk.reprinting(first.id, Printer::Dispenser, morning()).unwrap();
    let mut hall = hall.restart(morning());
    assert_eq!(
        hall.desk.last_paper(Printer::Dispenser).unwrap(),
        LastPaper::Unsure,
        "cut off in the midst of a reprint"
    );
    hall.desk.reprinted(first.id, morning()).unwrap();
    assert_eq!(hall.desk.last_paper(Printer::Dispenser).unwrap(), LastPaper::Nothing);
    let second = new(hall.desk.reserve(&wish('A', None), Printer::Dispenser, morning()).unwrap());
    hall.desk.doubt(second.id, "no_answer", morning()).unwrap();
    let mut hall = hall.restart(morning());
    assert_eq!(
        hall.desk.last_paper(Printer::Dispenser).unwrap(),
        LastPaper::Unsure,
        "a doubtful one may lie there yet"
    );
    hall.desk.cancel(first.id, "not_taken", morning()).unwrap();
    assert!(matches!(
        hall.desk.reprinting(first.id, Printer::Dispenser, morning()),
        Err(StoreError::Changed)
    ));
}

#[test]
fn each_printer_has_its_own_last_paper() {
    let mut hall = Hall::usual();
    let jammed = new(hall.desk.reserve(&wish('A', None), Printer::Dispenser, morning()).unwrap());
    hall.desk.void(jammed.id, "jam", morning()).unwrap();
    let second = new(hall.desk.reserve(&wish('A', None), Printer::Receipt, morning()).unwrap());
    assert_eq!(hall.desk.last_paper(Printer::Receipt).unwrap(), LastPaper::Unsure);
    hall.desk.issue(second.id, PrintSurety::Likely, morning()).unwrap();
    let mut hall = hall.restart(morning());
    assert_eq!(hall.desk.last_paper(Printer::Receipt).unwrap(), LastPaper::Ticket(second.id));
    assert_eq!(hall.desk.last_paper(Printer::Dispenser).unwrap(), LastPaper::Unsure);
}

#[test]
fn the_trail_and_the_events_can_not_be_deleted() {
    let mut hall = Hall::usual();
    new(hall.desk.give_paperless(&wish('A', Some(somebody())), morning()).unwrap());
    drop(hall.desk.store.write(|_| Ok::<_, StoreError>(())));
    let raw = rusqlite::Connection::open(hall.desk.store().file()).unwrap();
    for table in ["ticket", "trail", "outbox", "person"] {
        assert!(raw.execute(&format!("DELETE FROM {table}"), []).is_err(), "{table}");
    }
    assert!(raw.execute("UPDATE trail SET who = 'x'", []).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Any order of takes, prints, failures, doubts, restarts and days: no number twice in a business day, and
    /// each issued ticket told exactly once.
    #[test]
    fn no_number_twice(steps in prop::collection::vec((0_u8..7, 0_usize..2), 1..60)) {
        let mut hall = Hall::open(rules(&[], &[('A', "001-999", None), ('B', "001-999", None)]));
        let mut clock = (24_i64, 0_u64);
        let mut seen = std::collections::HashSet::new();
        let mut issued = 0_usize;
        for (step, class) in steps {
            clock.1 += 7;
            let wall = format!("2026-11-{:02}T02:{:02}:{:02}Z", clock.0, clock.1 / 60 % 60, clock.1 % 60);
            let at = now(&wall, clock.1);
            match step {
                5 => hall = hall.restart(at),
                6 => clock.0 = (clock.0 + 1).min(30),
                step => {
                    let ticket = new(hall.desk.reserve(&wish(['A', 'B'][class], None), Printer::Dispenser, at).unwrap());
                    prop_assert!(seen.insert((ticket.day, ticket.number)), "{} twice", ticket.number);
                    match step {
                        0 | 1 => { hall.desk.issue(ticket.id, PrintSurety::Confirmed, at).unwrap(); issued += 1; }
                        2 => { hall.desk.void(ticket.id, "jam", at).unwrap(); }
                        3 => { hall.desk.doubt(ticket.id, "no_answer", at).unwrap(); }
                        _ => {}
                    }
                }
            }
        }
        let told = hall.kinds().into_iter().filter(|(kind, _)| kind == "ticket.issued").count();
        prop_assert_eq!(told, issued);
    }
}
