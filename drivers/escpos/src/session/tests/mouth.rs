//! Paper at the mouth of a presenter: taken, called out, taken back, pushed out, stuck, and while nobody looks.

use super::*;

#[test]
fn a_ticket_is_taken() {
    let mut table = Table::ready("vkp80");
    table.print(FIRST);
    table.run(8 * SECOND);
    assert_eq!(table.fates(), [PaperFate::Taken]);
    assert_eq!(table.papers(), [Fate::Taken]);
}

#[test]
fn a_ticket_that_nobody_takes_is_called_out_and_taken_back() {
    let mut table = Table::ready("vkp80");
    table.turn(Knob::TakeAfter(None));
    table.print(FIRST);
    table.run(9 * SECOND);
    assert_eq!((table.outcomes(), table.fates()), (vec![(FIRST, CONFIRMED)], vec![]));
    table.run(4 * SECOND);
    assert_eq!(table.fates(), [PaperFate::StillThere]);
    assert_eq!(table.papers(), [Fate::Shown]);
    table.run(60 * SECOND);
    assert_eq!(table.fates(), [PaperFate::StillThere, PaperFate::TakenBack]);
    assert_eq!(table.papers(), [Fate::TakenBack]);
    assert!(table.events.contains(&PrinterEvent::Paper { job: Some(FIRST), fate: PaperFate::TakenBack }));
}

#[test]
fn the_next_job_pushes_the_last_ticket_out() {
    let mut table = Table::ready("vkp80");
    table.turn(Knob::TakeAfter(None));
    table.print(FIRST);
    table.run(3 * SECOND);
    table.print(SECOND_JOB);
    table.run(3 * SECOND);
    assert_eq!(table.papers(), [Fate::PushedOut, Fate::Shown]);
    assert_eq!(table.fates(), [PaperFate::PushedOut]);
    assert_eq!(table.outcomes(), [(FIRST, CONFIRMED), (SECOND_JOB, CONFIRMED)]);
}

#[test]
fn a_ticket_that_was_told_to_make_room_and_did_not_is_still_known() {
    let mut table = Table::ready("vkp80");
    table.turn(Knob::TakeAfter(None));
    table.print(FIRST);
    table.run(3 * SECOND);
    table.print(SECOND_JOB);
    table.lose_the_port();
    assert_eq!(table.outcomes(), [(FIRST, CONFIRMED), (SECOND_JOB, not_printed(Cause::LinkLost))]);
    assert_eq!(table.fates(), []);
    table.run(70 * SECOND);
    assert_eq!(table.fates(), [PaperFate::StillThere, PaperFate::TakenBack]);
    assert!(table.events.contains(&PrinterEvent::Paper { job: Some(FIRST), fate: PaperFate::TakenBack }));
}

#[test]
fn paper_that_leaves_while_the_port_is_lost_is_told_where_that_is_known() {
    for (waits, fates) in [
        // It hung there: a hand has it.
        (3 * SECOND, &[PaperFate::Taken][..]),
        // It was told to go back, and the order may never have arrived.
        (63 * SECOND, &[PaperFate::StillThere]),
        // It did not go in time: a hand pulled it out.
        (70 * SECOND, &[PaperFate::StillThere, PaperFate::Stuck, PaperFate::Taken]),
    ] {
        let mut table = Table::ready("vkp80");
        table.turn(Knob::TakeAfter(None));
        table.turn(Knob::MouthStuck(true));
        table.print(FIRST);
        table.run_to_the_order(waits);
        table.lose_the_port();
        table.turn(Knob::Take);
        table.run(5 * SECOND);
        assert_eq!(table.fates(), fates, "{waits:?}");
        assert_eq!(table.session.refusal(table.now), None, "{waits:?}");
    }
}

#[test]
fn paper_found_at_the_mouth_is_waited_for() {
    let mut table = Table::ready("vkp80");
    table.turn(Knob::TakeAfter(None));
    table.print(FIRST);
    table.run(3 * SECOND);
    // The program was ended and began anew.
    let printer = std::mem::replace(&mut table.printer, SimulatedPrinter::new(shipped("vkp80")));
    let mut table = Table::opened(shipped("vkp80"), printer);
    table.now = 10 * SECOND;
    table.run(5 * SECOND);
    assert_eq!(table.session.refusal(table.now), Some(Cause::NotReady));
    table.turn(Knob::Take);
    table.run(5 * SECOND);
    assert_eq!(table.session.refusal(table.now), None);
    assert!(table.events.contains(&PrinterEvent::Paper { job: None, fate: PaperFate::Taken }));
}

#[test]
fn while_a_ticket_goes_back_no_job_is_taken() {
    let mut table = Table::ready("vkp80");
    table.turn(Knob::TakeAfter(None));
    table.print(FIRST);
    while table.papers() != [Fate::TakenBack] {
        table.run(MS);
        assert!(table.now < 100 * SECOND);
    }
    // It is in, and no status has said so yet.
    table.print(SECOND_JOB);
    table.run(SECOND);
    assert_eq!(table.fates(), [PaperFate::StillThere, PaperFate::TakenBack]);
    assert_eq!(table.outcomes(), [(FIRST, CONFIRMED), (SECOND_JOB, not_printed(Cause::NotReady))]);
    assert_eq!(table.papers(), [Fate::TakenBack]);
    assert_eq!(table.session.refusal(table.now), None);
}

#[test]
fn paper_stuck_at_the_mouth_is_told_until_a_hand_has_pulled_it_out() {
    let mut table = Table::ready("vkp80");
    table.turn(Knob::TakeAfter(None));
    table.turn(Knob::MouthStuck(true));
    table.print(FIRST);
    table.run(70 * SECOND);
    assert_eq!(table.fates(), [PaperFate::StillThere, PaperFate::Stuck]);
    assert_eq!(table.events.last(), Some(&PrinterEvent::Readiness(Err(Cause::MouthBlocked))));
    table.print(SECOND_JOB);
    table.turn(Knob::Take);
    table.run(SECOND);
    assert_eq!(table.outcomes().last(), Some(&(SECOND_JOB, not_printed(Cause::MouthBlocked))));
    assert_eq!(table.fates().last(), Some(&PaperFate::Taken), "it is in somebody's hand");
    assert_eq!(table.events.last(), Some(&PrinterEvent::Readiness(Ok(()))));
    table.print(JobId(3));
    table.run(5 * SECOND);
    assert_eq!(table.outcomes().last(), Some(&(JobId(3), CONFIRMED)));
}

#[test]
fn paper_is_taken_back_only_once_the_fault_is_mended() {
    let mut table = Table::ready("vkp80");
    table.turn(Knob::TakeAfter(None));
    table.print(FIRST);
    table.run(20 * SECOND);
    table.turn(Knob::Jam);
    table.run(80 * SECOND);
    assert_eq!(table.fates(), [PaperFate::StillThere]);
    table.turn(Knob::CoverOpen(true));
    table.turn(Knob::CoverOpen(false));
    table.run(5 * SECOND);
    assert_eq!(table.fates(), [PaperFate::StillThere, PaperFate::TakenBack]);
    assert_eq!(table.papers(), [Fate::TakenBack]);
}

#[test]
fn paper_found_stuck_at_the_mouth_is_told_and_cleared_up_after() {
    let mut table = Table::ready("vkp80");
    table.turn(Knob::TakeAfter(None));
    table.turn(Knob::MouthStuck(true));
    table.print(FIRST);
    table.run(3 * SECOND);
    let printer = std::mem::replace(&mut table.printer, SimulatedPrinter::new(shipped("vkp80")));
    let mut table = Table::opened(shipped("vkp80"), printer);
    table.now = 10 * SECOND;
    table.run(70 * SECOND);
    assert_eq!(table.session.refusal(table.now), Some(Cause::MouthBlocked));
    table.turn(Knob::Take);
    table.run(5 * SECOND);
    assert_eq!(table.fates().last(), Some(&PaperFate::Taken));
    assert_eq!(table.session.refusal(table.now), None);
}
