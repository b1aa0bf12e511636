//! What happens when all goes well.

use kiosk_id_reader::command::Verb;

use crate::bench::{Bench, ms, zhang_san};

#[test]
fn opened_it_asks_for_state_and_number_and_looks_for_cards() {
    let mut bench = Bench::closed();
    bench.run(ms(700));
    assert_eq!(bench.told(), ["ready numbered"]);
    assert_eq!(
        bench.asked,
        [
            (ms(0), Verb::State),
            (ms(0), Verb::SamNumber),
            (ms(0), Verb::Find),
            (ms(300), Verb::Find),
            (ms(600), Verb::Find)
        ]
    );
}

#[test]
fn a_card_is_read_without_a_pause() {
    let mut bench = Bench::ready();
    bench.reader.put(zhang_san());
    bench.run(ms(200));
    assert_eq!(bench.told(), ["seen", "card of 张三"]);
    let found = ms(1200);
    assert_eq!(bench.asked, [(found, Verb::Find), (found, Verb::Select), (found, Verb::ReadCard)]);
}

#[test]
fn while_a_card_lies_there_only_its_presence_is_asked_for() {
    let mut bench = Bench::ready();
    bench.reader.put(zhang_san());
    bench.run(ms(5000));
    assert_eq!(bench.told(), ["seen", "card of 张三"]);
    let finds = bench.asked.iter().filter(|(_, verb)| *verb == Verb::Find).count();
    assert_eq!(finds, 1);
    let probes: Vec<_> = bench.asked.iter().filter(|(_, verb)| *verb == Verb::NewestAddress).collect();
    assert!(probes.windows(2).all(|pair| pair[1].0 - pair[0].0 == ms(300)));
    assert!(probes.len() > 10);
}

#[test]
fn a_lifted_card_is_told_after_two_answers_and_the_next_one_read() {
    let mut bench = Bench::ready();
    bench.reader.put(zhang_san());
    bench.run(ms(1000));
    assert_eq!(bench.told(), ["seen", "card of 张三"]);
    bench.reader.lift();
    bench.run(ms(300));
    assert!(bench.told().is_empty(), "one answer is not certain");
    bench.run(ms(300));
    assert_eq!(bench.told(), ["lifted"]);
    bench.reader.put(zhang_san());
    bench.run(ms(300));
    assert_eq!(bench.told(), ["seen", "card of 张三"]);
}

#[test]
fn a_card_that_a_restarted_driver_finds_read_already_is_left_alone() {
    let mut bench = Bench::ready();
    bench.reader.put(zhang_san());
    bench.run(ms(1000));
    let mut restarted = Bench::closed();
    restarted.reader = bench.reader;
    let mut bench = restarted;
    bench.run(ms(5000));
    assert_eq!(bench.told(), ["ready numbered"]);
}

#[test]
fn every_kind_of_card_is_read() {
    use kiosk_id_reader::simulator::CardFile;
    for json in [
        r#"{"kind": "J", "name": "李四", "number": "810000198512120020"}"#,
        r#"{"kind": "I", "latin_name": "SAMPLE", "number": "XXX510000000001", "birth": "19700101"}"#,
    ] {
        let mut bench = Bench::ready();
        bench.reader.put(CardFile::from_json(json).unwrap().to_text().unwrap());
        bench.run(ms(300));
        assert!(bench.told().last().unwrap().starts_with("card of"));
    }
}
