//! The machine under virtual time, answer by answer; and a property over any sequence of answers.

use super::*;
use crate::uplink::backoff::{FIRST, MOST};
use crate::uplink::wire::Words;
use proptest::prelude::*;

const ALL: Limits = Limits { events: 200, bytes: 256 * 1024 };

fn event(subject: u32, seq: u64) -> Outbound {
    sized(subject, seq, 0)
}

fn sized(subject: u32, seq: u64, filler: usize) -> Outbound {
    let id = Uuid::from_u128((u128::from(subject) << 64) | u128::from(seq));
    let body = format!("{{\"by\":\"T01\",\"filler\":\"{}\"}}", "x".repeat(filler));
    let at = "2026-11-24T09:00:00+08:00";
    Outbound::new(id, &format!("ticket/{subject}"), seq, "ticket.called", at, &body).unwrap()
}

fn result(event: &Outbound, status: EventStatus) -> EventResult {
    EventResult { id: event.id(), status, code: "c".to_owned(), message: "m".to_owned() }
}

fn all(batch: &Batch, status: EventStatus) -> Result<EventsAnswer, PlatformError> {
    Ok(EventsAnswer { results: batch.events().iter().map(|event| result(event, status)).collect() })
}

fn planned(delivery: &Delivery, pending: Vec<Outbound>, now: Duration) -> Batch {
    let plan = delivery.plan(pending, now);
    assert!(plan.dead.is_empty());
    plan.batch.unwrap()
}

/// Answers a batch of the given events with an error.
fn fail(delivery: &mut Delivery, pending: Vec<Outbound>, error: PlatformError, now: Duration) {
    let batch = planned(delivery, pending, now);
    let answered = delivery.answered(batch, Err(error.clone()), now, &mut || 0.5);
    assert!(answered.settled.is_empty());
    assert_eq!(answered.failure, Some(error));
}

fn seqs(settled: &[Settlement]) -> Vec<(&str, u64)> {
    settled.iter().map(|settlement| (settlement.subject.as_str(), settlement.seq)).collect()
}

fn unreachable() -> PlatformError {
    PlatformError::Unreachable { reason: "refused".to_owned() }
}

const NOW: Duration = Duration::from_secs(100);

#[test]
fn statuses_settle_as_they_say() {
    let mut delivery = Delivery::new(ALL);
    let batch = planned(&delivery, (1..=4).map(|subject| event(subject, 1)).collect(), NOW);
    let status = [EventStatus::Accepted, EventStatus::Duplicate, EventStatus::Rejected, EventStatus::Later];
    let results = batch.events().iter().zip(status).map(|(event, status)| result(event, status)).collect();
    let answered = delivery.answered(batch, Ok(EventsAnswer { results }), NOW, &mut || 0.5);
    let outcomes: Vec<_> = answered.settled.iter().map(|settlement| settlement.outcome.clone()).collect();
    assert_eq!(
        outcomes,
        [
            Outcome::Delivered { duplicate: false },
            Outcome::Delivered { duplicate: true },
            Outcome::Dead(Reason { code: "c".to_owned(), message: "m".to_owned() }),
        ]
    );
    assert_eq!(delivery.held(NOW).iter().collect::<Vec<_>>(), ["ticket/4"]);
    assert_eq!(delivery.step(NOW), Step::Send);
}

#[test]
fn later_holds_back_the_rest_of_its_subject_and_nothing_else() {
    let mut delivery = Delivery::new(ALL);
    let pending = vec![event(1, 1), event(2, 1), event(1, 2), event(2, 2)];
    let batch = planned(&delivery, pending.clone(), NOW);
    // The platform breaks its word and takes what stands behind the held one: it is sent again, as a duplicate.
    let results = vec![
        result(&pending[0], EventStatus::Later),
        result(&pending[1], EventStatus::Accepted),
        result(&pending[2], EventStatus::Accepted),
        result(&pending[3], EventStatus::Rejected),
    ];
    let answered = delivery.answered(batch, Ok(EventsAnswer { results }), NOW, &mut || 0.5);
    assert_eq!(seqs(&answered.settled), [("ticket/2", 1), ("ticket/2", 2)]);
    // An outbox that offers the held ones all the same does no harm.
    let batch = planned(&delivery, vec![event(1, 1), event(1, 2), event(2, 3)], NOW);
    assert_eq!(batch.events(), [event(2, 3)]);
    let end = delivery.first_hold_ends(NOW).unwrap();
    assert_eq!(end, NOW + FIRST / 2);
    let batch = planned(&delivery, vec![event(1, 1), event(1, 2)], end);
    assert_eq!(batch.events(), [event(1, 1), event(1, 2)]);
}

#[test]
fn missing_unknown_and_contradicting_results_count_as_not_answered() {
    let mut delivery = Delivery::new(ALL);
    let batch = planned(&delivery, vec![event(1, 1), event(2, 1), event(3, 1)], NOW);
    let results = vec![
        result(&event(1, 1), EventStatus::Accepted),
        result(&event(9, 9), EventStatus::Accepted),
        result(&event(2, 1), EventStatus::Accepted),
        result(&event(2, 1), EventStatus::Rejected),
        result(&event(1, 1), EventStatus::Accepted),
    ];
    let answered = delivery.answered(batch, Ok(EventsAnswer { results }), NOW, &mut || 0.5);
    assert_eq!(seqs(&answered.settled), [("ticket/1", 1)]);
    assert_eq!(delivery.held(NOW).len(), 2);
    let batch = planned(&delivery, vec![event(4, 1)], NOW);
    let answered = delivery.answered(batch, Ok(EventsAnswer::default()), NOW, &mut || 0.5);
    assert!(matches!(answered.failure, Some(PlatformError::BadAnswer { .. })));
    assert!(matches!(delivery.step(NOW), Step::WaitUntil(_)));
}

#[test]
fn backoff_grows_ends_at_its_most_and_is_forgotten_on_success() {
    let mut delivery = Delivery::new(ALL);
    let mut now = NOW;
    let mut waits = Vec::new();
    for _ in 0..12 {
        fail(&mut delivery, vec![event(1, 1)], unreachable(), now);
        let Step::WaitUntil(next) = delivery.step(now) else { panic!("no wait after a failure") };
        waits.push(next - now);
        now = next;
        assert_eq!(delivery.step(now), Step::Send);
    }
    assert_eq!(&waits[..3], [FIRST / 2, FIRST, FIRST * 2]);
    assert!(waits.windows(2).all(|pair| pair[0] <= pair[1]));
    assert_eq!(waits[11], MOST / 2);
    let batch = planned(&delivery, vec![event(1, 1)], now);
    let answer = all(&batch, EventStatus::Accepted);
    assert_eq!(delivery.answered(batch, answer, now, &mut || 0.5).settled.len(), 1);
    fail(&mut delivery, vec![event(1, 2)], unreachable(), now);
    assert_eq!(delivery.step(now), Step::WaitUntil(now + FIRST / 2));
}

#[test]
fn the_platforms_wish_to_wait_is_kept() {
    let asked = Some(Duration::from_secs(90));
    for error in [
        PlatformError::Throttled { retry_after: asked },
        PlatformError::Unavailable { status: 503, retry_after: asked },
        PlatformError::TooLarge { retry_after: asked },
        PlatformError::Refused {
            status: 403,
            code: String::new(),
            message: Words::default(),
            retry_after: asked,
        },
    ] {
        let mut delivery = Delivery::new(ALL);
        fail(&mut delivery, vec![event(1, 1), event(2, 1)], error.clone(), NOW);
        let Step::WaitUntil(next) = delivery.step(NOW) else { panic!("{error} did not wait") };
        assert!(
            next >= NOW + Duration::from_secs(90) && next <= NOW + Duration::from_secs(91),
            "{error}: {next:?}"
        );
    }
}

#[test]
fn too_large_halves_at_once_and_grows_back_with_time() {
    let mut delivery = Delivery::new(ALL);
    let pending = || (1..=200).map(|subject| event(subject, 1)).collect::<Vec<_>>();
    let mut sizes = Vec::new();
    for _ in 0..7 {
        sizes.push(planned(&delivery, pending(), NOW).events().len());
        fail(&mut delivery, pending(), PlatformError::TooLarge { retry_after: None }, NOW);
        assert_eq!(delivery.step(NOW), Step::Send);
    }
    assert_eq!(sizes, [200, 100, 50, 25, 12, 6, 3]);
    for expected in [1, 2, 4, 8, 16, 32, 64, 128, 200, 200] {
        assert_eq!(delivery.limits().events, expected);
        for _ in 0..GROW_AFTER {
            let batch = planned(&delivery, vec![event(7, 1)], NOW);
            let answer = all(&batch, EventStatus::Accepted);
            delivery.answered(batch, answer, NOW, &mut || 0.5);
        }
    }
}

fn refused(status: u16) -> PlatformError {
    let (code, message) = ("bad_request".to_owned(), Words::default());
    PlatformError::Refused { status, code, message, retry_after: None }
}

fn too_large() -> PlatformError {
    PlatformError::TooLarge { retry_after: None }
}

/// Drains `pending` through a platform that fails with `error` whenever the batch has an event of `ticket/4`, and takes
/// everything else; a new ticket comes in each minute. Gives what is left, how `ticket/4` ended, and after how long.
fn with_a_poisoned_ticket(
    mut pending: Vec<Outbound>,
    error: &PlatformError,
    rounds: usize,
) -> (Vec<Outbound>, Vec<Settlement>, Duration) {
    let mut delivery = Delivery::new(ALL);
    let (mut now, mut ended, mut next, mut newcomer) = (NOW, Vec::new(), NOW, 100);
    for _ in 0..rounds {
        if let Step::WaitUntil(moment) = delivery.step(now) {
            now = moment;
        }
        while newcomer > 0 && next <= now {
            pending.push(event(newcomer, 1));
            newcomer += 1;
            next += Duration::from_secs(60);
        }
        let held = delivery.held(now);
        let offered: Vec<_> =
            pending.iter().filter(|event| !held.contains(event.subject())).cloned().collect();
        let Some(batch) = delivery.plan(offered, now).batch else {
            now = next.min(delivery.first_hold_ends(now).unwrap_or(next));
            continue;
        };
        let poisoned = batch.events().iter().any(|event| event.id() == self::event(4, 1).id());
        let answer = if poisoned { Err(error.clone()) } else { all(&batch, EventStatus::Accepted) };
        for settlement in delivery.answered(batch, answer, now, &mut || 0.5).settled {
            pending.retain(|event| event.id() != settlement.id);
            if settlement.subject == "ticket/4" {
                ended.push(settlement);
            }
        }
    }
    (pending, ended, now - NOW)
}

#[test]
fn one_event_that_the_platform_cannot_stomach_becomes_a_dead_letter_and_its_subject_goes_on() {
    for (error, code) in
        [(refused(400), "bad_request"), (refused(422), "bad_request"), (too_large(), TOO_LARGE)]
    {
        let mut pending: Vec<_> = (1..=10).map(|subject| event(subject, 1)).collect();
        pending.extend([event(4, 2), event(4, 3)]);
        let (left, ended, took) = with_a_poisoned_ticket(pending, &error, 400);
        assert_eq!(left, [], "{error}");
        assert_eq!(seqs(&ended), [("ticket/4", 1), ("ticket/4", 2), ("ticket/4", 3)]);
        let reasons: Vec<_> = ended.iter().map(|settlement| settlement.outcome.clone()).collect();
        assert!(matches!(&reasons[0], Outcome::Dead(reason) if reason.code == code), "{:?}", reasons[0]);
        assert!(reasons[1..].iter().all(|outcome| *outcome == Outcome::Delivered { duplicate: false }));
        // Long enough for somebody to notice a slip, short enough not to be for ever.
        assert!(took > Duration::from_secs(240), "{took:?}");
    }
}

#[test]
fn what_may_be_the_platforms_own_fault_makes_no_dead_letter() {
    let pending: Vec<_> = (1..=10).map(|subject| event(subject, 1)).collect();
    let broken = PlatformError::Unavailable { status: 500, retry_after: None };
    for error in [broken, refused(403), refused(404)] {
        let (left, ended, _) = with_a_poisoned_ticket(pending.clone(), &error, 400);
        assert!(left.contains(&event(4, 1)) && ended.is_empty(), "{error}");
    }
    // One that refuses everything says nothing of any event.
    for error in [refused(400), too_large()] {
        let mut delivery = Delivery::new(ALL);
        let mut now = NOW;
        for _ in 0..300 {
            if let Step::WaitUntil(moment) = delivery.step(now) {
                now = moment;
            }
            let held = delivery.held(now);
            let offered = pending.iter().filter(|event| !held.contains(event.subject()));
            match delivery.plan(offered.cloned().collect(), now).batch {
                Some(batch) => {
                    let answered = delivery.answered(batch, Err(error.clone()), now, &mut || 0.5);
                    assert!(answered.settled.is_empty(), "{error}");
                }
                None => now = delivery.first_hold_ends(now).unwrap(),
            }
        }
    }
}

#[test]
fn a_line_too_poor_for_a_batch_gets_smaller_ones() {
    let pending: Vec<_> = (1..=64).map(|subject| event(subject, 1)).collect();
    let slow = PlatformError::Timeout { phase: "global".to_owned() };
    let broken = PlatformError::BrokenOff { reason: "reset".to_owned() };
    let gateway =
        PlatformError::BadSignature { status: 413, source: crate::uplink::sign::SignatureError::Missing };
    for (error, at_least) in [(slow, 3), (broken, 3), (gateway, 0)] {
        let mut delivery = Delivery::new(ALL);
        let (mut now, mut sizes, mut left) = (NOW, Vec::new(), pending.clone());
        while !left.is_empty() {
            if let Step::WaitUntil(moment) = delivery.step(now) {
                now = moment;
            }
            let batch = delivery.plan(left.clone(), now).batch.unwrap();
            let size = batch.events().len();
            sizes.push(size);
            let answer = if size > 10 { Err(error.clone()) } else { all(&batch, EventStatus::Accepted) };
            for settlement in delivery.answered(batch, answer, now, &mut || 0.5).settled {
                left.retain(|event| event.id() != settlement.id);
            }
            assert!(sizes.len() < 100, "{error}: {sizes:?}");
        }
        // One bad moment is no reason to send less.
        assert!(sizes.iter().take_while(|size| **size == 64).count() > at_least, "{error}: {sizes:?}");
    }
    let mut delivery = Delivery::new(ALL);
    for third in 1..=30 {
        let now = NOW * third;
        let batch = planned(&delivery, pending.clone(), now);
        let answer = if third % 3 == 0 { Err(unreachable()) } else { all(&batch, EventStatus::Accepted) };
        delivery.answered(batch, answer, now, &mut || 0.5);
        assert_eq!(delivery.limits(), ALL, "a line that fails every third time carries whole batches");
    }
}

#[test]
fn a_line_seen_to_work_elsewhere_opens_the_way_that_the_line_closed() {
    let mut delivery = Delivery::new(ALL);
    fail(&mut delivery, vec![event(1, 1)], unreachable(), NOW);
    delivery.platform_answered();
    assert_eq!((delivery.step(NOW), delivery.is_failing()), (Step::Send, false));
    // A wish to wait holds for its own path, and the line has nothing to do with it.
    fail(&mut delivery, vec![event(1, 1)], PlatformError::Throttled { retry_after: None }, NOW);
    delivery.platform_answered();
    assert!(matches!(delivery.step(NOW), Step::WaitUntil(_)) && delivery.is_failing());
}

#[test]
fn a_platform_that_breaks_on_one_event_takes_the_others() {
    let mut delivery = Delivery::new(ALL);
    let broken = || PlatformError::Unavailable { status: 500, retry_after: None };
    let mut now = NOW;
    let mut sizes = Vec::new();
    for _ in 0..5 {
        let pending: Vec<_> = (1..=8).map(|subject| event(subject, 1)).collect();
        sizes.push(planned(&delivery, pending.clone(), now).events().len());
        fail(&mut delivery, pending, broken(), now);
        if let Step::WaitUntil(next) = delivery.step(now) {
            now = next;
        }
    }
    assert_eq!(sizes, [8, 8, 8, 8, 4]);
}

#[test]
fn learning_the_time_costs_no_wait_but_only_once() {
    let mut delivery = Delivery::new(ALL);
    let skew = || PlatformError::ClockSkew { server_time: 0 };
    fail(&mut delivery, vec![event(1, 1)], skew(), NOW);
    assert_eq!(delivery.step(NOW), Step::Send);
    fail(&mut delivery, vec![event(1, 1)], skew(), NOW);
    assert!(matches!(delivery.step(NOW), Step::WaitUntil(_)));
}

#[test]
fn batches_keep_to_both_limits_and_what_fits_nowhere_dies() {
    let limits = Limits { events: 3, bytes: 1000 };
    let delivery = Delivery::new(limits);
    let plan =
        delivery.plan(vec![sized(1, 1, 2000), sized(2, 1, 300), sized(3, 1, 300), sized(4, 1, 300)], NOW);
    assert_eq!(seqs(&plan.dead), [("ticket/1", 1)]);
    assert!(matches!(&plan.dead[0].outcome, Outcome::Dead(reason) if reason.code == "too_large"));
    assert_eq!(plan.batch.unwrap().events().len(), 2);
    assert_eq!(planned(&delivery, (1..9).map(|s| event(s, 1)).collect(), NOW).events().len(), 3);
    // One that must die waits for those of its subject that are still on their way.
    let plan = delivery.plan(vec![event(1, 1), sized(1, 2, 2000), event(1, 3)], NOW);
    assert!(plan.dead.is_empty());
    assert_eq!(plan.batch.unwrap().events(), [event(1, 1)]);
    assert!(delivery.plan(Vec::new(), NOW).batch.is_none());
}

#[test]
fn an_outbox_that_offers_out_of_order_is_put_right() {
    let delivery = Delivery::new(ALL);
    let batch = planned(&delivery, vec![event(1, 2), event(1, 1), event(2, 1), event(1, 3)], NOW);
    assert_eq!(batch.events(), [event(1, 2), event(2, 1)]);
}

#[test]
fn a_crowd_of_held_subjects_keeps_no_other_and_takes_little_of_the_line() {
    let mut delivery = Delivery::new(ALL);
    let stuck = 2_000;
    // Oldest first: those that the platform always holds back, then the others.
    let mut pending: Vec<_> = (0..stuck + 300).map(|subject| event(subject, 1)).collect();
    let mut now = NOW;
    let mut jitter = (0..10_u32).map(|tenth| f64::from(tenth) / 10.0).cycle();
    let (mut asked_again, end) = (0, NOW + Duration::from_secs(200));
    while now < end {
        if let Step::WaitUntil(next) = delivery.step(now) {
            now = next;
        }
        let held = delivery.held(now);
        let offered = pending.iter().filter(|event| !held.contains(event.subject())).take(ALL.events);
        let Some(batch) = delivery.plan(offered.cloned().collect(), now).batch else {
            now = delivery.first_hold_ends(now).unwrap();
            continue;
        };
        let status = |event: &Outbound| {
            let later = event.id() < sized(stuck, 1, 0).id();
            if later { EventStatus::Later } else { EventStatus::Accepted }
        };
        let results = batch.events().iter().map(|event| result(event, status(event))).collect();
        asked_again += batch.events().len();
        let answered =
            delivery.answered(batch, Ok(EventsAnswer { results }), now, &mut || jitter.next().unwrap());
        for settlement in answered.settled {
            pending.retain(|event| event.id() != settlement.id);
        }
        now += Duration::from_millis(200);
        let all_gone = pending.len() == stuck as usize;
        assert!(all_gone || now < NOW + Duration::from_secs(60), "{} wait", pending.len());
    }
    // The first quick attempts are among them; holds of the usual length would ask some 25,000 times.
    assert!(asked_again < 20_000, "{asked_again}");
}

#[test]
fn where_the_table_of_holds_is_full_the_line_takes_breath_and_goes_on() {
    let mut delivery = Delivery::new(ALL);
    let most = u32::try_from(crate::uplink::held::MOST).unwrap();
    for first in (0..=most).step_by(100) {
        let batch = planned(&delivery, (first..first + 100).map(|s| event(s, 1)).collect(), NOW);
        let answer = all(&batch, EventStatus::Later);
        delivery.answered(batch, answer, NOW, &mut || 0.5);
    }
    assert_eq!(delivery.step(NOW), Step::WaitUntil(NOW + BREATH));
    let later = NOW + BREATH;
    assert_eq!(delivery.step(later), Step::Send);
    let batch = planned(&delivery, vec![event(most * 2, 1)], later);
    let answer = all(&batch, EventStatus::Accepted);
    assert_eq!(delivery.answered(batch, answer, later, &mut || 0.5).settled.len(), 1);
    assert_eq!(delivery.step(later), Step::Send);
}

#[test]
fn a_dead_line_seen_elsewhere_holds_events_too() {
    let mut delivery = Delivery::new(ALL);
    delivery.platform_failed(&PlatformError::Throttled { retry_after: None }, NOW, 0.5);
    assert_eq!(delivery.step(NOW), Step::Send);
    delivery.platform_failed(&unreachable(), NOW, 0.5);
    assert!(matches!(delivery.step(NOW), Step::WaitUntil(_)));
}

/// One answer of an arbitrary platform: by event, or for the whole.
#[derive(Clone, Debug)]
enum Said {
    Each(Vec<u8>),
    Whole(u8),
}

fn said() -> impl Strategy<Value = Said> {
    prop_oneof![prop::collection::vec(0..7_u8, 1..8).prop_map(Said::Each), (0..9_u8).prop_map(Said::Whole)]
}

fn whole(kind: u8) -> PlatformError {
    let retry_after = Some(Duration::from_secs(2));
    match kind {
        0 => unreachable(),
        1 => PlatformError::Timeout { phase: "global".to_owned() },
        2 => PlatformError::TooLarge { retry_after: None },
        3 => PlatformError::Throttled { retry_after },
        4 => PlatformError::Unavailable { status: 500, retry_after: None },
        5 => PlatformError::ClockSkew { server_time: 0 },
        6 => PlatformError::BadAnswer { reason: String::new() },
        7 => PlatformError::Unavailable { status: 503, retry_after },
        _ => PlatformError::Refused {
            status: 400,
            code: String::new(),
            message: Words::default(),
            retry_after: None,
        },
    }
}

/// The answer to a batch: each event in turn is accepted, duplicate, rejected, later, unmentioned, told twice,
/// or told twice and differently.
fn answer(batch: &Batch, said: &Said) -> Result<EventsAnswer, PlatformError> {
    let kinds = match said {
        Said::Whole(kind) => return Err(whole(*kind)),
        Said::Each(kinds) => kinds,
    };
    let mut results = vec![result(&event(99, 99), EventStatus::Accepted)];
    for (event, kind) in batch.events().iter().zip(kinds.iter().cycle()) {
        let statuses: &[EventStatus] = match kind {
            0 => &[EventStatus::Accepted],
            1 => &[EventStatus::Duplicate],
            2 => &[EventStatus::Rejected],
            3 => &[EventStatus::Later],
            4 => &[],
            5 => &[EventStatus::Accepted, EventStatus::Accepted],
            _ => &[EventStatus::Accepted, EventStatus::Rejected],
        };
        results.extend(statuses.iter().map(|status| result(event, *status)));
    }
    Ok(EventsAnswer { results })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the platform says: each event is settled once, in the order of its subject, and none is sent while
    /// one ahead of it is unsettled and not ahead of it in the same batch.
    #[test]
    fn each_event_once_and_in_order(
        order in prop::collection::vec(0..5_u32, 1..40),
        said in prop::collection::vec(said(), 0..40),
        jitter in prop::collection::vec(0.0..1.0_f64, 1..9),
        limits in (1..12_usize, 200..4000_usize),
    ) {
        let mut next_seq = HashMap::new();
        let mut pending: Vec<Outbound> = order
            .iter()
            .map(|subject| {
                let seq = next_seq.entry(*subject).and_modify(|seq| *seq += 1).or_insert(1_u64);
                event(*subject, *seq)
            })
            .collect();
        let mut delivery = Delivery::new(Limits { events: limits.0, bytes: limits.1 });
        let mut settled_seq: HashMap<String, u64> = HashMap::new();
        let mut said = said.iter();
        let mut jitter = jitter.iter().cycle().copied();
        let mut now = Duration::ZERO;
        let mut rounds = 0;
        while !pending.is_empty() {
            rounds += 1;
            prop_assert!(rounds < 2000, "it does not come to an end");
            if let Step::WaitUntil(moment) = delivery.step(now) {
                prop_assert!(moment > now);
                now = moment;
                continue;
            }
            let (held, most) = (delivery.held(now), delivery.limits());
            let offered = pending.iter().filter(|event| !held.contains(event.subject())).take(most.events);
            let Some(batch) = delivery.plan(offered.cloned().collect(), now).batch else {
                now = delivery.first_hold_ends(now).unwrap();
                continue;
            };
            prop_assert!(batch.events().len() <= most.events);
            let mut sent_seq = settled_seq.clone();
            for event in batch.events() {
                let before = sent_seq.insert(event.subject().to_owned(), event.seq()).unwrap_or(0);
                prop_assert_eq!(event.seq(), before + 1, "sent ahead of its turn");
            }
            // When nothing more is prescribed, the platform takes everything.
            let answer = said.next().map_or_else(|| all(&batch, EventStatus::Accepted), |said| answer(&batch, said));
            let answered = delivery.answered(batch, answer, now, &mut || jitter.next().unwrap());
            for settlement in answered.settled {
                let before = settled_seq.insert(settlement.subject.clone(), settlement.seq).unwrap_or(0);
                prop_assert_eq!(settlement.seq, before + 1, "settled twice or out of order");
                pending.retain(|event| event.id() != settlement.id);
            }
        }
        let expected: u64 = next_seq.values().sum();
        prop_assert_eq!(settled_seq.values().sum::<u64>(), expected);
    }
}
