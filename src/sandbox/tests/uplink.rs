//! The real uplink against the real sandbox over HTTP, the line good and bad.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use super::{Place, RealTime, SECRET, event, event_with};
use crate::uplink::Surroundings;
use crate::uplink::client::Client;
use crate::uplink::delivery::Limits;
use crate::uplink::error::PlatformError;
use crate::uplink::held::HeldSubjects;
use crate::uplink::key_file::tests::write_secret;
use crate::uplink::outbound::{Outbound, Outcome, Settlement};
use crate::uplink::profile::Profile;
use crate::uplink::progress::{Cause, Link, Progress};
use crate::uplink::sign::tests::{OTHER, PKCS8, PUBLIC};
use crate::uplink::sign::{Algorithm, Keys, SignatureError};
use crate::uplink::wire::EventStatus;
use crate::uplink::worker::{Outbox, OutboxError, Uplink};

/// How long a test waits for what must come; reaching it is a failure.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Default)]
pub(super) struct Seen {
    pub pending: Vec<Outbound>,
    pub settled: Vec<Settlement>,
    pub progress: Progress,
    fail_settling: usize,
}

/// An outbox in memory, whose every change can be waited for.
#[derive(Clone, Default)]
pub(super) struct Board(Arc<(Mutex<Seen>, Condvar)>);

impl Board {
    pub(super) fn with(events: Vec<Outbound>) -> Self {
        let board = Self::default();
        board.change(|seen| seen.pending = events);
        board
    }

    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Seen) -> T) -> T {
        let changed = change(&mut self.0.0.lock().unwrap());
        self.0.1.notify_all();
        changed
    }

    pub(super) fn wait_until(&self, what: &str, mut good: impl FnMut(&Seen) -> bool) {
        let guard = self.0.0.lock().unwrap();
        let (seen, timeout) = self.0.1.wait_timeout_while(guard, PATIENCE, |seen| !good(seen)).unwrap();
        assert!(!timeout.timed_out(), "in vain: {what}; {:?}", seen.progress);
    }

    pub(super) fn start(&self, client: Client, surroundings: &Arc<RealTime>) -> Uplink {
        self.start_reading_time(client, surroundings, Duration::from_secs(600))
    }

    /// How many settled events are dead letters.
    pub(super) fn dead(&self) -> usize {
        self.change(|seen| {
            seen.settled.iter().filter(|settled| matches!(settled.outcome, Outcome::Dead(_))).count()
        })
    }

    /// Starts an uplink that reads the platform's clock so often.
    pub(super) fn start_reading_time(
        &self,
        client: Client,
        surroundings: &Arc<RealTime>,
        interval: Duration,
    ) -> Uplink {
        let board = self.clone();
        let report = move |progress: &Progress| board.change(|seen| seen.progress = progress.clone());
        let surroundings = Arc::clone(surroundings) as Arc<dyn Surroundings>;
        Uplink::start(self.clone(), client, surroundings, interval, report).unwrap()
    }

    /// Waits until no thread of an uplink holds this board any more.
    fn wait_until_alone(&self) {
        let guard = self.0.0.lock().unwrap();
        // Whoever lets go of the board last says so by the count; dropping tells nobody, so it is looked at often.
        let mut guard = Some(guard);
        for _ in 0..3_000 {
            if Arc::strong_count(&self.0) == 1 {
                return;
            }
            let (seen, _) = self.0.1.wait_timeout(guard.take().unwrap(), Duration::from_millis(10)).unwrap();
            guard = Some(seen);
        }
        panic!("the thread did not end");
    }

    /// Starts an uplink and waits until it has found the platform.
    fn start_online(&self, place: &Place) -> Uplink {
        let uplink = self.start(place.open_client(), &place.surroundings);
        self.wait_until("online", |seen| seen.progress.link == Link::Online);
        uplink
    }

    /// Runs an uplink until nothing is pending and that was reported.
    pub(super) fn drain(&self, place: &Place, client: Client) -> Progress {
        let uplink = self.start(client, &place.surroundings);
        self.wait_until("all settled", |seen| {
            seen.pending.is_empty()
                && seen.progress.delivered + seen.progress.dead == seen.settled.len() as u64
        });
        uplink.stop();
        self.change(|seen| seen.progress.clone())
    }
}

impl Outbox for Board {
    fn pending(&mut self, limits: &Limits, held: &HeldSubjects) -> Result<Vec<Outbound>, OutboxError> {
        let free = |event: &&Outbound| !held.contains(event.subject());
        Ok(self.change(|seen| seen.pending.iter().filter(free).take(limits.events).cloned().collect()))
    }

    fn settle(&mut self, settlements: Vec<Settlement>) -> Result<(), OutboxError> {
        self.change(|seen| {
            if seen.fail_settling > 0 {
                seen.fail_settling -= 1;
                return Err(OutboxError { reason: "the disk is full (made up)".to_owned() });
            }
            for settlement in settlements {
                let before = seen.pending.len();
                seen.pending.retain(|event| event.id() != settlement.id);
                assert_eq!(seen.pending.len() + 1, before, "settled twice");
                seen.settled.push(settlement);
            }
            Ok(())
        })
    }
}

/// Three events for each ticket, the tickets mixed.
pub(super) fn mixed(tickets: u32) -> Vec<Outbound> {
    (1..=3).flat_map(|seq| (1..=tickets).map(move |ticket| event(ticket, seq))).collect()
}

/// Each event once, and those of each ticket in order.
pub(super) fn assert_once_in_order(accepted: &[String], tickets: u32) {
    assert_eq!(accepted.len(), 3 * tickets as usize);
    for ticket in 1..=tickets {
        let of_ticket = format!("ticket/{ticket} ");
        let seqs: Vec<_> = accepted.iter().filter_map(|event| event.strip_prefix(&of_ticket)).collect();
        assert_eq!(seqs, ["1", "2", "3"], "ticket {ticket}");
    }
}

#[test]
fn events_arrive_once_and_in_order() {
    let place = Place::new();
    let board = Board::with(mixed(150));
    let progress = board.drain(&place, place.open_client());
    assert_once_in_order(&place.accepted(), 150);
    assert_eq!((progress.delivered, progress.duplicates, progress.dead), (450, 0, 0));
    assert_eq!(progress.link, Link::Online);
    assert!((progress.platform_clock.unwrap().server_ms - super::true_wall_ms()).abs() < 60_000);
}

#[test]
fn lost_answers_are_asked_again_and_counted_once() {
    for fault in ["{\"drop\":0.4}", "{\"disconnect_after\":40}", "{\"duplicate\":0.5}"] {
        let place = Place::new();
        let board = Board::default();
        let uplink = board.start_online(&place);
        place.faults(fault);
        board.change(|seen| seen.pending = mixed(250));
        uplink.waker().wake();
        if fault.contains("disconnect_after") {
            board.wait_until("the break is noticed", |seen| {
                matches!(
                    seen.progress.link,
                    Link::Offline { cause: Cause::Platform(PlatformError::BrokenOff { .. }), .. }
                )
            });
            place.faults("{\"drop\":2}");
        }
        board.wait_until("all settled", |seen| seen.pending.is_empty() && seen.progress.delivered == 750);
        uplink.stop();
        assert_once_in_order(&place.accepted(), 250);
        let progress = board.change(|seen| seen.progress.clone());
        assert!(progress.duplicates > 0 && progress.duplicates < 750, "{fault}: {progress:?}");
    }
}

#[test]
fn a_long_backlog_goes_up_over_a_bad_line() {
    let place = Place::new();
    place.faults("{\"drop\":0.34,\"refuse\":0.21,\"wrong_signature\":0.15}");
    let board = Board::with(mixed(1_000));
    board.drain(&place, place.open_client());
    assert_once_in_order(&place.accepted(), 1_000);
}

#[test]
fn sm2_keys_serve_both_sides() {
    let place = Place::with_sm2();
    let folder = place.folder.path();
    let own = folder.join("terminal.key");
    write_secret(&own, OTHER.as_bytes());
    std::fs::write(folder.join("platform.pub"), PUBLIC).unwrap();
    let other = folder.join("platform.pub");
    let keys = Keys::from_files(Algorithm::Sm2Sm3, &own, Some(&other), "1234567812345678").unwrap();
    let profile = Profile::shipped("open").unwrap();
    let board = Board::with(mixed(20));
    let progress = board.drain(&place, place.client_with_keys(profile.clone(), keys, PATIENCE));
    assert_eq!(progress.delivered, 60);
    assert_once_in_order(&place.accepted(), 20);
    // A terminal whose key the platform does not know is refused in the platform's own hand.
    let stranger = Keys::sm2(PKCS8, PUBLIC, "1234567812345678").unwrap();
    let error = place.client_with_keys(profile, stranger, PATIENCE).time().unwrap_err();
    assert!(
        matches!(&error, PlatformError::Refused { status: 401, code, .. } if code == "bad_signature"),
        "{error}"
    );
}

#[test]
fn an_uplink_that_everybody_forgot_ends() {
    let place = Place::new();
    let board = Board::default();
    let uplink = board.start_online(&place);
    drop(uplink);
    board.wait_until_alone();
}

#[test]
fn a_store_that_fails_to_settle_costs_a_repeat_and_nothing_else() {
    let place = Place::new();
    let board = Board::with(mixed(2));
    board.change(|seen| seen.fail_settling = 1);
    let progress = board.drain(&place, place.open_client());
    assert_once_in_order(&place.accepted(), 2);
    assert_eq!((progress.delivered, progress.duplicates), (6, 6));
}

#[test]
fn batches_that_are_too_large_are_halved() {
    let place = Place::new();
    let text = include_str!("../../../assets/platforms/open.toml")
        .replace("max_events = 200", "max_events = 1000")
        .replace("max_bytes = 262144", "max_bytes = 3000000");
    std::fs::write(place.folder.path().join("greedy.toml"), text).unwrap();
    let greedy = Profile::load("greedy.toml", place.folder.path()).unwrap();
    let board = Board::with(mixed(400));
    let progress = board.drain(&place, place.client(greedy.clone(), SECRET));
    assert_once_in_order(&place.accepted(), 400);
    assert_eq!((progress.delivered, progress.dead, progress.duplicates), (1200, 0, 0));
    // Too many bytes, not too many events.
    let place = Place::new();
    let body = format!("{{\"by\":\"T01\",\"window\":1,\"filler\":\"{}\"}}", "x".repeat(60_000));
    let board = Board::with((1..=12).map(|ticket| event_with(ticket, 1, &body)).collect());
    let progress = board.drain(&place, place.client(greedy, SECRET));
    assert_eq!((progress.delivered, progress.dead), (12, 0));
}

#[test]
fn an_answer_that_is_not_the_platforms_is_not_believed() {
    let place = Place::new();
    place.faults("{\"wrong_signature\":true}");
    let board = Board::with(mixed(1));
    let uplink = board.start(place.open_client(), &place.surroundings);
    board.wait_until("the forgery is noticed", |seen| {
        matches!(
            seen.progress.link,
            Link::Offline {
                cause: Cause::Platform(PlatformError::BadSignature {
                    status: 200,
                    source: SignatureError::Mismatch
                }),
                ..
            }
        )
    });
    assert_eq!(board.change(|seen| (seen.settled.len(), seen.progress.platform_clock)), (0, None));
    place.faults("{}");
    board.wait_until("all settled", |seen| seen.pending.is_empty());
    uplink.stop();
    assert_once_in_order(&place.accepted(), 1);
}

#[test]
fn a_terminal_with_another_key_is_refused_and_believes_nothing() {
    let place = Place::new();
    let mut client = place.client(Profile::shipped("open").unwrap(), b"another secret");
    let error = client.time().unwrap_err();
    assert_eq!(error, PlatformError::BadSignature { status: 401, source: SignatureError::Mismatch });
    assert!(client.send_events(&mixed(1)).is_err());
    assert_eq!(client.platform_clock(), None);
    assert!(place.accepted().is_empty());
}

#[test]
fn the_platforms_time_is_learnt_from_either_answer() {
    let place = Place::new();
    // A terminal that woke up in 1970, and one that is an hour ahead.
    for wall_error_ms in [-super::true_wall_ms(), 3_600_000] {
        place.surroundings.wall_error_ms.store(wall_error_ms, std::sync::atomic::Ordering::Relaxed);
        let mut client = place.open_client();
        let offset = client.time().unwrap().offset_ms;
        assert!((offset + wall_error_ms).abs() < 5_000, "{offset}");
        assert!(client.send_events(&[event(1, 1)]).is_ok());
        let mut client = place.open_client();
        assert!(matches!(client.send_events(&[event(1, 1)]), Err(PlatformError::ClockSkew { .. })));
        assert!((client.platform_clock().unwrap().server_ms - super::true_wall_ms()).abs() < 5_000);
        let answer = client.send_events(&[event(1, 1)]).unwrap();
        assert_eq!(answer.results[0].status, EventStatus::Duplicate);
    }
}

#[test]
fn a_clock_that_jumps_under_way_stops_nothing() {
    let place = Place::new();
    let board = Board::default();
    let uplink = board.start_online(&place);
    place.surroundings.wall_error_ms.store(-7_200_000, std::sync::atomic::Ordering::Relaxed);
    board.change(|seen| seen.pending = mixed(1));
    uplink.waker().wake();
    board.wait_until("all settled", |seen| seen.pending.is_empty());
    uplink.stop();
    let learnt = board.change(|seen| seen.progress.platform_clock).unwrap();
    assert!(
        (learnt.server_ms - super::true_wall_ms()).abs() < 60_000,
        "the wall clock's jump is no part of it"
    );
    assert_once_in_order(&place.accepted(), 1);
}

#[test]
fn what_is_rejected_dies_with_its_reason_and_the_next_goes() {
    let place = Place::new();
    let board =
        Board::with(vec![event(1, 1), event_with(1, 2, "{\"by\":\"T01\"}"), event(1, 3), event(2, 1)]);
    let progress = board.drain(&place, place.open_client());
    assert_eq!((progress.delivered, progress.dead), (3, 1));
    assert_eq!(place.accepted(), ["ticket/1 1", "ticket/1 3", "ticket/2 1"]);
    let dead = board.change(|seen| seen.settled[1].clone());
    assert!(matches!(&dead.outcome, Outcome::Dead(reason) if reason.code == "bad_body"), "{dead:?}");
}

#[test]
fn later_holds_only_its_own_subject() {
    let place = Place::new();
    let board = Board::with(vec![event(1, 2), event(1, 3), event(2, 1), event(3, 1)]);
    let uplink = board.start(place.open_client(), &place.surroundings);
    board
        .wait_until("the others are through", |seen| seen.progress.delivered == 2 && seen.progress.held == 1);
    assert_eq!(place.accepted(), ["ticket/2 1", "ticket/3 1"]);
    // What was missing arrives by another way; the held ones follow by themselves.
    place.open_client().send_events(&[event(1, 1)]).unwrap();
    board.wait_until("the held ones are through", |seen| seen.pending.is_empty() && seen.progress.held == 0);
    uplink.stop();
    assert_eq!(&place.accepted()[2..], ["ticket/1 1", "ticket/1 2", "ticket/1 3"]);
}

#[test]
fn refusals_are_told_apart() {
    let place = Place::new();
    let mut client = place.open_client();
    let second = Some(Duration::from_secs(7));
    for (fault, expected) in [
        ("{\"refuse\":true}", PlatformError::Unavailable { status: 503, retry_after: None }),
        (
            "{\"refuse\":503,\"retry_after\":7}",
            PlatformError::Unavailable { status: 503, retry_after: second },
        ),
        ("{\"refuse\":429,\"retry_after\":7}", PlatformError::Throttled { retry_after: second }),
        ("{\"refuse\":413}", PlatformError::TooLarge { retry_after: None }),
    ] {
        place.faults(fault);
        assert_eq!(client.send_events(&[event(1, 1)]).unwrap_err(), expected, "{fault}");
    }
    place.faults("{\"refuse\":403,\"retry_after\":\"Thu, 01 Jan 1970 00:00:00 GMT\"}");
    let error = client.time().unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::ZERO));
    assert!(matches!(&error, PlatformError::Refused { status: 403, code, message, .. }
        if code == "fault" && message.as_str().contains("refuse") && !format!("{error:?}").contains("told")));
    place.faults("{\"drop\":true}");
    assert!(matches!(client.time(), Err(PlatformError::BrokenOff { .. })));
    place.faults("{\"disconnect_after\":100}");
    assert!(matches!(client.time(), Err(PlatformError::BrokenOff { .. })));
    place.faults("{}");
    assert!(client.time().is_ok());
}

#[test]
fn stop_is_prompt_during_a_long_wait_and_waking_does_not_shorten_the_wait() {
    let place = Place::new();
    let board = Board::default();
    let uplink = board.start_online(&place);
    place.faults("{\"refuse\":503,\"retry_after\":3600}");
    board.change(|seen| seen.pending = mixed(1));
    uplink.waker().wake();
    board.wait_until("refused for an hour", |seen| {
        matches!(&seen.progress.link, Link::Offline { next_try_ms, since_ms, .. } if next_try_ms - since_ms > 3_000_000)
    });
    place.faults("{}");
    uplink.waker().wake();
    let before = place.surroundings.uptime();
    uplink.stop();
    let took = place.surroundings.uptime() - before;
    // Of an hour; a busy machine may take its time.
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert!(place.accepted().is_empty());
}

#[test]
fn it_goes_on_when_a_platform_that_vanished_comes_back() {
    let mut place = Place::new();
    let address = place.address();
    let board = Board::default();
    let uplink = board.start_online(&place);
    place.running = None;
    board.change(|seen| seen.pending = mixed(5));
    uplink.waker().wake();
    board.wait_until("the loss is noticed", |seen| {
        matches!(
            &seen.progress.link,
            Link::Offline { cause: Cause::Platform(PlatformError::Unreachable { .. }), .. }
        )
    });
    place.start(address);
    board.wait_until("all settled", |seen| seen.pending.is_empty() && seen.progress.link == Link::Online);
    uplink.stop();
    assert_once_in_order(&place.accepted(), 5);
}

#[test]
fn an_answer_that_takes_too_long_is_given_up() {
    let place = Place::new();
    place.faults("{\"latency_ms\":600000}");
    let mut client =
        place.client_within(Profile::shipped("open").unwrap(), SECRET, Duration::from_millis(100));
    assert!(matches!(client.time(), Err(PlatformError::Timeout { .. })));
}
