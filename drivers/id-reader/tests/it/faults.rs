//! What happens when it does not go well: every fault at every question.

use std::time::Duration;

use kiosk_id_reader::ErrorCode;
use kiosk_id_reader::command::Verb;
use kiosk_id_reader::session::Ended;
use kiosk_id_reader::simulator::{CardFile, Fault, FaultKind};
use proptest::prelude::*;

use crate::bench::{Bench, in_short, ms, zhang_san};

const QUESTIONS: [Verb; 6] =
    [Verb::State, Verb::SamNumber, Verb::Find, Verb::Select, Verb::ReadCard, Verb::NewestAddress];

#[test]
fn a_failed_read_is_tried_again_from_find() {
    let cases = [
        (Verb::Select, FaultKind::Code(0x81), "failed (81)"),
        (Verb::Select, FaultKind::Silent, "failed (silent)"),
        (Verb::Select, FaultKind::WrongChecksum, "failed (garbled)"),
        (Verb::Select, FaultKind::Short, "failed (garbled)"),
        (Verb::Select, FaultKind::Garbage, "failed (garbled)"),
        (Verb::Select, FaultKind::Slow(ms(1001)), "failed (silent)"),
        (Verb::ReadCard, FaultKind::Code(0x41), "failed (41)"),
        (Verb::ReadCard, FaultKind::Code(0x7E), "failed (7E)"),
        (Verb::ReadCard, FaultKind::Silent, "failed (silent)"),
        (Verb::ReadCard, FaultKind::WrongChecksum, "failed (garbled)"),
        (Verb::ReadCard, FaultKind::Short, "failed (garbled)"),
        (Verb::ReadCard, FaultKind::Garbage, "failed (garbled)"),
        // A good frame of another shape is no answer to this question.
        (Verb::ReadCard, FaultKind::Content(vec![0, 0, 0x90, 1, 0, 4, 0]), "failed (silent)"),
    ];
    for (at, kind, failed) in cases {
        let mut bench = Bench::with(Fault::at(at, kind.clone()).times(1));
        bench.reader.put(zhang_san());
        bench.run(ms(5000));
        assert_eq!(bench.told(), ["seen", failed, "card of 张三"], "{at:?} {kind:?}");
    }
}

#[test]
fn after_three_retries_the_card_must_be_lifted() {
    let mut bench = Bench::with(Fault::at(Verb::ReadCard, FaultKind::Code(0x41)).times(4));
    bench.reader.put(zhang_san());
    bench.run(ms(60_000));
    let failed = "failed (41)";
    assert_eq!(bench.told(), ["seen", failed, failed, failed, "failed (41), lift"]);
    let reads = bench.asked.iter().filter(|(_, verb)| *verb == Verb::ReadCard).count();
    assert_eq!(reads, 4, "not once more while it lies there");
    bench.reader.lift();
    bench.run(ms(1000));
    assert_eq!(bench.told(), ["lifted"]);
    bench.reader.put(zhang_san());
    bench.run(ms(300));
    assert_eq!(bench.told(), ["seen", "card of 张三"]);
}

#[test]
fn retries_keep_the_pace_of_finds() {
    let mut bench = Bench::with(Fault::at(Verb::Select, FaultKind::Code(0x81)).times(3));
    bench.reader.put(zhang_san());
    bench.run(ms(2000));
    let finds: Vec<Duration> =
        bench.asked.iter().filter(|(_, verb)| *verb == Verb::Find).map(|&(at, _)| at).collect();
    assert_eq!(finds, [ms(1200), ms(1500), ms(1800), ms(2100)]);
}

#[test]
fn a_card_pulled_away_while_it_is_read_is_lifted() {
    for (at, kind, failed) in [
        (Verb::Find, FaultKind::Slow(ms(100)), "failed (81)"),
        (Verb::Select, FaultKind::Slow(ms(100)), "failed (41)"),
        (Verb::ReadCard, FaultKind::Short, "failed (garbled)"),
    ] {
        let mut bench = Bench::with(Fault::at(at, kind).times(1));
        bench.reader.put(zhang_san());
        bench.run(ms(250));
        bench.reader.lift();
        bench.run(ms(5000));
        assert_eq!(bench.told(), ["seen", failed, "lifted"], "{at:?}");
    }
}

#[test]
fn a_card_whose_content_is_wrong_is_told_once_and_awaited_to_be_lifted() {
    let wrong = CardFile::from_json(r#"{"name": "张三", "number": "510823199003070013"}"#).unwrap();
    let mut bench = Bench::ready();
    bench.reader.put(wrong.to_text().unwrap());
    bench.run(ms(5000));
    let failed = "failed (the number is wrong: the check character does not fit), lift";
    assert_eq!(bench.told(), ["seen", failed]);
    bench.reader.lift();
    bench.run(ms(1000));
    assert_eq!(bench.told(), ["lifted"]);
}

#[test]
fn faults_of_the_module_end_it_at_every_question() {
    for code in [0x60, 0x66] {
        for at in QUESTIONS {
            let mut bench = Bench::closed();
            bench.reader.break_with(Fault::at(at, FaultKind::Code(code)));
            bench.reader.put(zhang_san());
            bench.run(ms(5000));
            assert_eq!(bench.told().last().unwrap(), &format!("fault {code:02X}"), "{at:?}");
            assert_eq!(bench.ended(), Some(Ended::Fault(ErrorCode::from(code))));
            let asked = bench.asked.iter().filter(|(_, verb)| *verb == at).count();
            assert_eq!(asked, 1, "not asked again");
            assert_eq!(bench.session.next_timeout(), None);
        }
    }
}

#[test]
fn three_silences_in_a_row_lose_the_reader() {
    let mut bench = Bench::closed();
    bench.reader.break_with(Fault::always(FaultKind::Silent));
    bench.run(ms(2999));
    assert!(bench.told().is_empty());
    bench.run(ms(1));
    assert_eq!(bench.told(), ["lost"]);
    assert_eq!(bench.ended(), Some(Ended::Lost));
    assert_eq!(bench.asked, [(ms(0), Verb::State), (ms(1000), Verb::State), (ms(2000), Verb::State)]);
    bench.run(ms(60_000));
    assert!(bench.told().is_empty(), "nothing follows");
}

#[test]
fn two_silences_and_an_answer_do_not() {
    let mut bench = Bench::with(Fault::at(Verb::Find, FaultKind::Silent).times(2));
    bench.run(ms(3000));
    bench.reader.break_with(Fault::at(Verb::Find, FaultKind::Silent).times(2));
    bench.run(ms(3000));
    assert!(bench.told().is_empty());
}

#[test]
fn a_reader_that_only_babbles_or_talks_nonsense_is_lost() {
    let stale = FaultKind::Content(vec![0, 0, 0x90, 1, 2, 3]);
    for kind in [FaultKind::Garbage, FaultKind::WrongChecksum, FaultKind::Short, FaultKind::Code(0x24), stale]
    {
        let mut bench = Bench::ready();
        bench.reader.break_with(Fault::always(kind.clone()));
        bench.run(ms(5000));
        assert_eq!(bench.told(), ["lost"], "{kind:?}");
        let mut bench = Bench::closed();
        bench.reader.break_with(Fault::at(Verb::State, kind.clone()));
        bench.run(ms(5000));
        assert_eq!(bench.told(), ["lost"], "{kind:?}");
    }
}

#[test]
fn a_reader_that_dies_under_a_card_is_lost() {
    let mut bench = Bench::ready();
    bench.reader.put(zhang_san());
    bench.run(ms(1000));
    bench.told();
    bench.reader.break_with(Fault::always(FaultKind::Silent));
    bench.run(ms(20_000));
    assert_eq!(bench.told(), ["lifted", "lost"]);
}

#[test]
fn a_module_that_keeps_its_number_to_itself_reads_cards() {
    let mut bench = Bench::closed();
    bench.reader.break_with(Fault::at(Verb::SamNumber, FaultKind::Code(0x21)));
    bench.reader.put(zhang_san());
    bench.run(ms(500));
    assert_eq!(bench.told(), ["ready nameless", "seen", "card of 张三"]);
}

#[test]
fn noise_before_every_answer_does_not_matter() {
    let mut bench = Bench::closed();
    bench.reader.break_with(Fault::always(FaultKind::Noise));
    bench.reader.put(zhang_san());
    bench.run(ms(500));
    assert_eq!(bench.told(), ["ready numbered", "seen", "card of 张三"]);
}

#[test]
fn a_late_answer_is_not_taken_for_the_answer_to_the_next_question() {
    // The answer to find comes when the next find has been asked already, and the card is gone by then.
    let mut bench = Bench::with(Fault::at(Verb::Select, FaultKind::Slow(ms(1100))).times(1));
    bench.reader.put(zhang_san());
    bench.run(ms(5000));
    assert_eq!(bench.told(), ["seen", "failed (silent)", "card of 张三"]);
}

#[test]
fn a_probe_that_is_doubtful_once_does_not_lift_the_card() {
    for kind in [FaultKind::Code(0x80), FaultKind::Silent, FaultKind::WrongChecksum] {
        let mut bench = Bench::with(Fault::at(Verb::NewestAddress, kind.clone()).times(1));
        bench.reader.put(zhang_san());
        bench.run(ms(10_000));
        assert_eq!(bench.told(), ["seen", "card of 张三"], "{kind:?}");
    }
}

#[test]
fn bytes_that_come_unasked_are_nothing() {
    let mut bench = Bench::ready();
    bench.run(ms(250));
    let found = kiosk_id_reader::frame::encode(&[0, 0, 0x9F, 0, 0, 0, 0]);
    bench.session.handle_bytes(bench.now, &found);
    bench.session.handle_bytes(bench.now, &found[..7]);
    bench.reader.put(zhang_san());
    bench.run(ms(300));
    assert_eq!(bench.told(), ["seen", "card of 张三"]);
}

fn any_fault() -> impl Strategy<Value = Fault> {
    let kind = prop_oneof![
        Just(FaultKind::Silent),
        Just(FaultKind::Garbage),
        Just(FaultKind::Noise),
        Just(FaultKind::WrongChecksum),
        Just(FaultKind::Short),
        any::<u8>().prop_map(FaultKind::Code),
        (0_u64..5000).prop_map(|late| FaultKind::Slow(ms(late))),
        prop::collection::vec(any::<u8>(), 2..20).prop_map(FaultKind::Content),
    ];
    (prop::option::of(prop::sample::select(&QUESTIONS[..])), kind, 1_u32..6)
        .prop_map(|(at, kind, times)| Fault { at, kind, times: Some(times) })
}

#[derive(Clone, Debug)]
enum Act {
    Put,
    Lift,
    Break(Fault),
    Wait(u64),
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        Just(Act::Put),
        Just(Act::Lift),
        any_fault().prop_map(Act::Break),
        (1_u64..4000).prop_map(Act::Wait),
        (1_u64..400).prop_map(Act::Wait),
    ]
}

proptest! {
    /// Whatever people and faults do: events come in an order that makes sense, the reader is never asked faster
    /// than it should be, and once the faults are over it reads a card that is laid anew, or has said that it
    /// ended.
    #[test]
    fn any_morning_makes_sense(acts in prop::collection::vec(any_act(), 0..24)) {
        let mut bench = Bench::closed();
        let mut told = Vec::new();
        for act in acts {
            match act {
                Act::Put => bench.reader.put(zhang_san()),
                Act::Lift => bench.reader.lift(),
                Act::Break(fault) => bench.reader.break_with(fault),
                Act::Wait(milliseconds) => bench.run(ms(milliseconds)),
            }
            told.extend(bench.events().iter().map(in_short));
        }
        bench.reader.mend();
        bench.reader.lift();
        bench.run(ms(20_000));
        bench.reader.put(zhang_san());
        bench.run(ms(5000));
        told.extend(bench.told());
        makes_sense(&told)?;
        if bench.ended().is_none() {
            prop_assert_eq!(told.last().map(String::as_str), Some("card of 张三"));
        }
        let finds: Vec<_> = bench.asked.iter().filter(|(_, verb)| *verb == Verb::Find).collect();
        prop_assert!(finds.windows(2).all(|pair| pair[1].0 - pair[0].0 >= ms(300)));
    }
}

fn makes_sense(told: &[String]) -> Result<(), TestCaseError> {
    let (mut ready, mut seen, mut done, mut ended) = (false, false, false, false);
    for event in told {
        prop_assert!(!ended, "{:?}", told);
        match event.as_str() {
            "lost" => ended = true,
            fault if fault.starts_with("fault") => ended = true,
            opened if opened.starts_with("ready") => {
                prop_assert!(!ready, "{:?}", told);
                ready = true;
            }
            "seen" => {
                prop_assert!(ready && !seen, "{:?}", told);
                (seen, done) = (true, false);
            }
            "lifted" => {
                prop_assert!(seen, "{:?}", told);
                seen = false;
            }
            read => {
                prop_assert!(seen && !done, "{:?}", told);
                done = read.starts_with("card") || read.ends_with("lift");
            }
        }
    }
    Ok(())
}
