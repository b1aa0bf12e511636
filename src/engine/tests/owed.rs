//! What the store did not take is offered to it again, in its order.

use super::*;

/// From now on the store takes no change of that kind; as a full disk does, each with its whole transaction.
fn no_room(terminal: &Terminal, change: &str) {
    let store = rusqlite::Connection::open(terminal.folder.path().join("kiosk.db")).unwrap();
    store
        .execute_batch(&format!(
            "CREATE TRIGGER no_room BEFORE {change} BEGIN SELECT RAISE(ABORT, 'no room'); END"
        ))
        .unwrap();
}

fn room_again(terminal: &Terminal) {
    let store = rusqlite::Connection::open(terminal.folder.path().join("kiosk.db")).unwrap();
    store.execute_batch("DROP TRIGGER no_room").unwrap();
}

#[test]
fn what_becomes_of_papers_while_the_store_takes_nothing_is_kept_in_its_order() {
    let mut terminal = Terminal::start();
    no_room(&terminal, "UPDATE ON ticket");
    // Two tickets come out whole, and nobody takes the second.
    let mut jobs = Vec::new();
    for _ in 0..2 {
        terminal.touches(&[Act::TakeNumber, Act::WithoutCard, choose(), Act::Next, Act::Confirm]);
        let (job, _) = terminal.papers.pop_front().unwrap();
        terminal.tell(Input::Printer(Printer::Dispenser, PrinterNews::Done { job, result: CONFIRMED }));
        assert_eq!(terminal.page(), "trouble");
        terminal.touch(Act::Done);
        jobs.push(job);
    }
    terminal.tell(Input::Printer(Printer::Dispenser, PrinterNews::TakenBack { job: Some(jobs[1]) }));
    terminal.wait(2);
    room_again(&terminal);
    terminal.wait(2);
    assert_eq!(terminal.events(), ["ticket.issued", "ticket.issued", "ticket.cancelled"]);
}

#[test]
fn a_ticket_that_went_back_while_the_store_took_nothing_is_cancelled_later() {
    let mut terminal = Terminal::start();
    terminal.touches(&[Act::TakeNumber, Act::WithoutCard, choose(), Act::Next, Act::Confirm]);
    let (job, _) = terminal.papers.pop_front().unwrap();
    terminal.tell(Input::Printer(Printer::Dispenser, PrinterNews::Done { job, result: CONFIRMED }));
    no_room(&terminal, "INSERT ON trail");
    terminal.tell(Input::Printer(Printer::Dispenser, PrinterNews::TakenBack { job: Some(job) }));
    terminal.wait(2);
    assert_eq!(terminal.events(), ["ticket.issued"]);
    room_again(&terminal);
    terminal.wait(2);
    assert_eq!(terminal.events(), ["ticket.issued", "ticket.cancelled"]);
}

#[test]
fn the_notice_of_a_store_that_takes_nothing_goes_by_itself() {
    let mut terminal = Terminal::start();
    no_room(&terminal, "INSERT ON ticket");
    terminal.touches(&[Act::TakeNumber, Act::WithoutCard, choose(), Act::Next, Act::Confirm]);
    assert_eq!(terminal.page(), "trouble");
    terminal.touch(Act::Done);
    assert_eq!(terminal.scene().banner, Some(scene::Banner::StoreTrouble));
    room_again(&terminal);
    terminal.wait(60);
    assert_eq!(terminal.scene().banner, None);
}
