//! Every step of the journey, driven by events alone.

use super::*;
use crate::domain::class::TicketNumber;
use crate::domain::ids::{BusinessDay, TicketCode, TicketId};
use crate::domain::ticket::TicketState;
use crate::visit::view::ReaderFace;

fn letter(letter: char) -> ClassLetter {
    ClassLetter::new(letter).unwrap()
}

fn facts() -> Facts {
    Facts {
        today: Date::constant(2026, 11, 24),
        mono: Duration::from_secs(100),
        zone: TimeZone::UTC,
        reader: true,
        card_left: false,
        printers: vec![(Printer::Dispenser, Ok(()))],
        slow: false,
        without_card: true,
        classes: vec![
            ClassFacts {
                letter: letter('A'),
                name: "社会保障".into(),
                waiting: 3,
                full: false,
                windows: vec![1, 2],
            },
            ClassFacts {
                letter: letter('F'),
                name: "退役军人".into(),
                waiting: 0,
                full: true,
                windows: vec![1],
            },
        ],
        ticket_url: None,
    }
}

/// Made up, with a right check character; born 1956.
fn elder() -> Resident {
    Resident::typed(IdNumber::parse("510823195602140029").unwrap())
}

fn ticket(state: TicketState) -> Ticket {
    Ticket {
        id: TicketId::from_bytes([1; 16]),
        day: BusinessDay(Date::constant(2026, 11, 24)),
        number: TicketNumber { class: letter('A'), number: 23, width: 3 },
        state,
        reserved_at: jiff::Timestamp::UNIX_EPOCH,
        people_ahead: 3,
        priorities: Vec::new(),
        code: TicketCode::new(&[7; 10]),
    }
}

fn acts(visit: &mut TakeNumber, facts: &Facts, acts: &[Act]) -> Vec<Ask> {
    acts.iter().flat_map(|act| visit.on(Event::Act(*act), facts)).collect()
}

fn at_confirmation(facts: &Facts) -> TakeNumber {
    let mut visit = TakeNumber::begin();
    assert!(visit.on(Event::Card(elder()), facts).is_empty());
    assert!(acts(&mut visit, facts, &[Act::Choose(letter('A')), Act::Next]).is_empty());
    visit
}

fn printing(facts: &Facts) -> TakeNumber {
    let mut visit = at_confirmation(facts);
    assert!(matches!(acts(&mut visit, facts, &[Act::Confirm])[..], [Ask::Reserve(..)]));
    let asks = visit.on(Event::Answer(Answer::New(ticket(TicketState::Reserved))), facts);
    assert!(matches!(asks[..], [Ask::Print(..)]));
    visit
}

#[test]
fn a_card_leads_in_three_touches_to_paper() {
    let facts = facts();
    let mut visit = printing(&facts);
    assert_eq!(visit.page(&facts), Page::Printing { printer: Printer::Dispenser, reprint: false });
    let done = PrintResult::Printed { confirmed: true };
    assert!(visit.on(Event::Paper(ticket(TicketState::Issued), done), &facts).is_empty());
    let Page::TakeTicket { ticket, from, seconds_left } = visit.page(&facts) else { panic!() };
    assert_eq!((ticket.number.as_str(), from, seconds_left), ("A023", Some(Printer::Dispenser), 20));
    let later = Facts { mono: facts.mono + TAKE_PAPER, ..facts };
    assert!(matches!(visit.on(Event::Tick, &later)[..], [Ask::Leave]));
}

#[test]
fn age_is_seen_and_not_to_be_taken_back() {
    let facts = facts();
    let mut visit = TakeNumber::begin();
    visit.on(Event::Card(elder()), &facts);
    acts(
        &mut visit,
        &facts,
        &[Act::Choose(letter('A')), Act::Declare(Priority::Elder), Act::Declare(Priority::Disabled)],
    );
    let Page::Priority { options } = visit.page(&facts) else { panic!() };
    let chosen: Vec<_> =
        options.iter().filter(|option| option.chosen).map(|option| option.priority).collect();
    assert_eq!(chosen, [Priority::Elder, Priority::Disabled]);
    acts(&mut visit, &facts, &[Act::Declare(Priority::Disabled), Act::Next]);
    let Page::Confirm(summary) = visit.page(&facts) else { panic!() };
    assert_eq!(summary.priorities, [Priority::Elder]);
    assert_eq!(summary.id.as_deref(), Some("510*************29"));
}

#[test]
fn a_young_resident_is_not_offered_age() {
    let facts = facts();
    let mut visit = TakeNumber::begin();
    acts(&mut visit, &facts, &[Act::WithoutCard, Act::Choose(letter('A'))]);
    let Page::Priority { options } = visit.page(&facts) else { panic!() };
    assert!(options.iter().all(|option| option.priority != Priority::Elder && !option.chosen));
}

#[test]
fn a_typed_number_is_masked_checked_and_kept_when_wrong() {
    let facts = facts();
    let mut visit = TakeNumber::begin();
    acts(&mut visit, &facts, &[Act::TypeNumber]);
    for key in "X510823195602140028".chars() {
        acts(&mut visit, &facts, &[Act::Key(key)]);
    }
    acts(&mut visit, &facts, &[Act::Typed]);
    let Page::Keypad { shown, wrong, complete } = visit.page(&facts) else { panic!() };
    assert_eq!((shown.reveal(), complete), ("510•••••••••••••28", true));
    assert_eq!(wrong, Some(WrongIdNumber::Check));
    acts(&mut visit, &facts, &[Act::Reveal(true)]);
    let Page::Keypad { shown, .. } = visit.page(&facts) else { panic!() };
    assert_eq!(shown.reveal(), "510823195602140028");
    acts(&mut visit, &facts, &[Act::Reveal(false), Act::Backspace, Act::Key('9')]);
    let Page::Keypad { wrong: None, .. } = visit.page(&facts) else { panic!() };
    acts(&mut visit, &facts, &[Act::Typed]);
    assert!(matches!(visit.page(&facts), Page::ChooseClass { .. }));
    assert_eq!(visit.person().unwrap().id, "510*************29");
}

#[test]
fn a_half_typed_number_hides_its_middle() {
    let facts = facts();
    let mut visit = TakeNumber::begin();
    acts(&mut visit, &facts, &[Act::TypeNumber]);
    for key in "51082319".chars() {
        acts(&mut visit, &facts, &[Act::Key(key)]);
    }
    let Page::Keypad { shown, complete, .. } = visit.page(&facts) else { panic!() };
    assert_eq!((shown.reveal(), complete), ("510•••••", false));
    acts(&mut visit, &facts, &[Act::Clear]);
    assert!(matches!(visit.page(&facts), Page::Keypad { shown, .. } if shown.count() == 0));
}

#[test]
fn a_full_class_cannot_be_chosen() {
    let facts = facts();
    let mut visit = TakeNumber::begin();
    acts(&mut visit, &facts, &[Act::WithoutCard, Act::Choose(letter('F')), Act::Choose(letter('Z'))]);
    assert!(matches!(visit.page(&facts), Page::ChooseClass { .. }));
}

#[test]
fn without_card_only_where_the_site_allows_it() {
    let facts = Facts { without_card: false, ..facts() };
    let mut visit = TakeNumber::begin();
    acts(&mut visit, &facts, &[Act::WithoutCard]);
    assert!(matches!(visit.page(&facts), Page::PlaceCard { without_card: false, .. }));
}

#[test]
fn no_number_is_reserved_for_a_printer_that_cannot_print() {
    let facts = Facts { printers: vec![(Printer::Dispenser, Err(PaperTrouble::PaperOut))], ..facts() };
    let mut visit = at_confirmation(&facts);
    assert!(acts(&mut visit, &facts, &[Act::Confirm]).is_empty());
    let Page::NotPrinted { number, trouble, other, .. } = visit.page(&facts) else { panic!() };
    assert_eq!((number, trouble, other), (None, PaperTrouble::PaperOut, None));
    assert!(matches!(acts(&mut visit, &facts, &[Act::Paperless])[..], [Ask::Paperless(_)]));
    visit.on(Event::Answer(Answer::New(ticket(TicketState::Issued))), &facts);
    assert!(matches!(visit.page(&facts), Page::TakeTicket { from: None, seconds_left: 60, .. }));
}

#[test]
fn each_way_on_from_a_ticket_that_did_not_print() {
    let facts = facts();
    for (result, doubtful) in [
        (PrintResult::NotPrinted(PaperTrouble::Jam), false),
        (PrintResult::Doubtful(PaperTrouble::NoAnswer), true),
    ] {
        let stand = || {
            let mut visit = printing(&facts);
            visit.on(Event::Paper(ticket(TicketState::Void), result), &facts);
            visit
        };
        let mut visit = stand();
        let Page::NotPrinted { number, doubtful: shown, .. } = visit.page(&facts) else { panic!() };
        assert_eq!((number.as_deref(), shown), (Some("A023"), doubtful));
        assert!(matches!(acts(&mut visit, &facts, &[Act::Retry])[..], [Ask::Reserve(..)]));
        assert!(matches!(acts(&mut stand(), &facts, &[Act::Paperless])[..], [Ask::Paperless(_)]));
        assert!(matches!(acts(&mut stand(), &facts, &[Act::Cancel])[..], [Ask::Leave]));
        assert!(matches!(acts(&mut stand(), &facts, &[Act::Home])[..], [Ask::Leave]));
    }
}

#[test]
fn the_receipt_printer_is_the_next_device() {
    let dispenser_out = (Printer::Dispenser, Err(PaperTrouble::PaperOut));
    let facts = Facts { printers: vec![dispenser_out, (Printer::Receipt, Ok(()))], ..facts() };
    let mut visit = at_confirmation(&facts);
    acts(&mut visit, &facts, &[Act::Confirm]);
    let page = visit.page(&facts);
    assert!(matches!(page, Page::NotPrinted { other: Some(Printer::Receipt), number: None, .. }), "{page:?}");
    let asks = acts(&mut visit, &facts, &[Act::OtherPrinter]);
    assert!(matches!(asks[..], [Ask::Reserve(_, Printer::Receipt)]), "{asks:?}");
    let asks = visit.on(Event::Answer(Answer::New(ticket(TicketState::Reserved))), &facts);
    assert!(matches!(asks[..], [Ask::Print(_, Printer::Receipt)]), "{asks:?}");
    // It fails too: the way back to the first one is open, if that can print again.
    let failed = PrintResult::NotPrinted(PaperTrouble::Jam);
    visit.on(Event::Paper(ticket(TicketState::Void), failed), &facts);
    assert!(matches!(visit.page(&facts), Page::NotPrinted { printer: Printer::Receipt, other: None, .. }));
    assert!(acts(&mut visit, &facts, &[Act::OtherPrinter]).is_empty());
    let asks = acts(&mut visit, &facts, &[Act::Retry]);
    assert!(matches!(asks[..], [Ask::Reserve(_, Printer::Receipt)]), "{asks:?}");
}

#[test]
fn a_reprint_goes_to_the_printer_that_can_and_keeps_its_ticket_whatever_fails() {
    let dispenser_out = (Printer::Dispenser, Err(PaperTrouble::PaperOut));
    let facts = Facts { printers: vec![dispenser_out, (Printer::Receipt, Ok(()))], ..facts() };
    let mut visit = at_confirmation(&facts);
    visit.on(Event::Answer(Answer::Live(ticket(TicketState::Issued))), &facts);
    assert!(matches!(visit.page(&facts), Page::LiveTicket { can_reprint: true, .. }));
    assert!(matches!(acts(&mut visit, &facts, &[Act::Reprint])[..], [Ask::Reprint(_, Printer::Receipt)]));
    let failed = PrintResult::NotPrinted(PaperTrouble::Jam);
    visit.on(Event::Paper(ticket(TicketState::Issued), failed), &facts);
    assert!(acts(&mut visit, &facts, &[Act::OtherPrinter]).is_empty(), "none is offered");
    let asks = acts(&mut visit, &facts, &[Act::Retry]);
    assert!(matches!(asks[..], [Ask::Reprint(_, Printer::Receipt)]), "{asks:?}");
}

#[test]
fn nothing_leaves_while_paper_is_on_its_way() {
    let facts = facts();
    let mut visit = printing(&facts);
    for act in [Act::Home, Act::Back, Act::Cancel, Act::Confirm, Act::Retry, Act::Done] {
        assert!(acts(&mut visit, &facts, &[act]).is_empty(), "{act:?}");
        assert_eq!(visit.page(&facts), Page::Printing { printer: Printer::Dispenser, reprint: false });
    }
    assert!(!visit.may_idle());
}

#[test]
fn a_live_ticket_is_shown_and_reprinted_with_the_same_number() {
    let facts = facts();
    let mut visit = at_confirmation(&facts);
    acts(&mut visit, &facts, &[Act::Confirm]);
    visit.on(Event::Answer(Answer::Live(ticket(TicketState::Issued))), &facts);
    let Page::LiveTicket { ticket: shown, .. } = visit.page(&facts) else { panic!() };
    assert_eq!(shown.number, "A023");
    assert!(matches!(acts(&mut visit, &facts, &[Act::Reprint])[..], [Ask::Reprint(..)]));
    // A reprint that fails loses nothing: the number holds, with or without paper.
    visit.on(
        Event::Paper(ticket(TicketState::Issued), PrintResult::NotPrinted(PaperTrouble::PaperOut)),
        &facts,
    );
    assert!(matches!(visit.page(&facts), Page::NotPrinted { reprint: true, .. }));
    assert!(acts(&mut visit, &facts, &[Act::Paperless]).is_empty());
    assert!(matches!(visit.page(&facts), Page::TakeTicket { from: None, .. }));
}

#[test]
fn a_late_card_of_somebody_else_changes_nothing() {
    let facts = facts();
    let mut visit = at_confirmation(&facts);
    let other = Resident::typed(IdNumber::parse("11010519491231002X").unwrap());
    visit.on(Event::Card(other), &facts);
    assert_eq!(visit.person().unwrap().id, "510*************29");
    assert!(matches!(visit.page(&facts), Page::Confirm(_)));
}

#[test]
fn back_forgets_who_it_was_before_another_card_is_laid() {
    let facts = facts();
    let mut visit = TakeNumber::begin();
    visit.on(Event::Card(elder()), &facts);
    acts(&mut visit, &facts, &[Act::Back]);
    assert_eq!(visit.person(), None);
    assert!(matches!(visit.page(&facts), Page::PlaceCard { reader: ReaderFace::Waiting, .. }));
}

#[test]
fn the_reader_has_a_face_for_each_state() {
    let mut visit = TakeNumber::begin();
    let face = |visit: &TakeNumber, facts: &Facts| match visit.page(facts) {
        Page::PlaceCard { reader, .. } => reader,
        page => panic!("{page:?}"),
    };
    let facts = facts();
    assert_eq!(face(&visit, &facts), ReaderFace::Waiting);
    assert_eq!(face(&visit, &Facts { card_left: true, ..facts.clone() }), ReaderFace::Occupied);
    assert_eq!(face(&visit, &Facts { reader: false, ..facts.clone() }), ReaderFace::Missing);
    visit.on(Event::CardSeen, &facts);
    assert_eq!(face(&visit, &facts), ReaderFace::Reading);
    visit.on(Event::CardFailed(CardTrouble::Unreadable), &facts);
    assert_eq!(face(&visit, &facts), ReaderFace::Failed(CardTrouble::Unreadable));
}

#[test]
fn a_card_pulled_away_while_it_is_read_is_asked_for_anew() {
    let facts = facts();
    let mut visit = TakeNumber::begin_with_card();
    visit.on(Event::CardGone, &facts);
    let unreadable = ReaderFace::Failed(CardTrouble::Unreadable);
    assert!(matches!(visit.page(&facts), Page::PlaceCard { reader, .. } if reader == unreadable));
    visit.on(Event::CardGone, &facts);
    assert!(matches!(visit.page(&facts), Page::PlaceCard { reader, .. } if reader == unreadable));
}

#[test]
fn a_bad_card_beside_an_empty_keypad_is_told_and_a_begun_number_is_kept() {
    let facts = facts();
    let mut visit = TakeNumber::begin();
    acts(&mut visit, &facts, &[Act::TypeNumber, Act::Key('5')]);
    visit.on(Event::CardFailed(CardTrouble::Implausible), &facts);
    assert!(matches!(visit.page(&facts), Page::Keypad { .. }));
    acts(&mut visit, &facts, &[Act::Clear]);
    visit.on(Event::CardFailed(CardTrouble::Implausible), &facts);
    assert!(matches!(visit.page(&facts), Page::PlaceCard { .. }));
}

#[test]
fn a_terminal_without_a_printer_shows_the_number() {
    let facts = Facts { printers: Vec::new(), slow: true, ..facts() };
    let mut visit = at_confirmation(&facts);
    assert!(matches!(acts(&mut visit, &facts, &[Act::Confirm])[..], [Ask::Paperless(_)]));
    visit.on(Event::Answer(Answer::New(ticket(TicketState::Issued))), &facts);
    assert!(matches!(visit.page(&facts), Page::TakeTicket { from: None, seconds_left: 120, .. }));
}

#[test]
fn an_expired_card_takes_a_number_and_gets_a_notice() {
    let facts = facts();
    let mut visit = TakeNumber::begin();
    let mut resident = elder();
    resident.valid_until = Some(Date::constant(2020, 1, 1));
    visit.on(Event::Card(resident), &facts);
    assert!(matches!(visit.page(&facts), Page::ChooseClass { notice: Some(Notice::CardExpired), .. }));
}

#[test]
fn a_store_that_fails_has_its_page_and_a_way_home() {
    let facts = facts();
    let mut visit = at_confirmation(&facts);
    acts(&mut visit, &facts, &[Act::Confirm]);
    visit.on(Event::StoreFailed, &facts);
    assert_eq!(visit.page(&facts), Page::Trouble);
    assert!(matches!(acts(&mut visit, &facts, &[Act::Done])[..], [Ask::Leave]));
}
