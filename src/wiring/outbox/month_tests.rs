//! A month without a network, then a network that fails every third request: what gathered arrives once and in order.
//!
//! Store, outbox, machine, client and platform are the real ones over a real socket; time is a number that the test
//! counts up, so that nobody waits.

use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustix::net::{AddressFamily, SocketType};

use super::EngineOutbox;
use crate::domain::event::{Happening, Subject, TicketChange, TicketIssued};
use crate::domain::ids::{EventId, TicketId};
use crate::engine::Input;
use crate::engine::thread::{Mail, Mailbox};
use crate::sandbox::faults::Faults;
use crate::sandbox::{Options, Running, Sandbox};
use crate::store::{Store, StoreError, StoreKey};
use crate::uplink::Surroundings;
use crate::uplink::client::{Client, ClientSettings, Timeouts};
use crate::uplink::endpoint::BaseUrl;
use crate::uplink::profile::Profile;
use crate::uplink::progress::Progress;
use crate::uplink::sign::Keys;
use crate::uplink::worker::Worker;

const DAYS: u64 = 30;
const TICKETS_A_DAY: u64 = 100;
/// Issued, printed once more, expired.
const EVENTS_A_TICKET: u64 = 3;
const EVENTS: u64 = DAYS * TICKETS_A_DAY * EVENTS_A_TICKET;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// 2026-11-24T00:00:00Z.
const START_MS: i64 = 1_795_478_400_000;
const SECRET: &[u8] = b"made-up month";

/// Time as the test counts it.
#[derive(Default)]
struct Counted {
    millis: AtomicU64,
    chance: AtomicU64,
}

impl Counted {
    fn pass(&self, time: Duration) {
        // A wait that is shorter than what is counted in still ends.
        let millis = u64::try_from(time.as_millis()).unwrap() + 1;
        self.millis.fetch_add(millis, Ordering::Relaxed);
    }
}

impl Surroundings for Counted {
    fn uptime(&self) -> Duration {
        Duration::from_millis(self.millis.load(Ordering::Relaxed))
    }

    fn wall_ms(&self) -> i64 {
        START_MS + i64::try_from(self.millis.load(Ordering::Relaxed)).unwrap()
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        let count = self.chance.fetch_add(1, Ordering::Relaxed);
        let word = count.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23).to_le_bytes();
        bytes
            .iter_mut()
            .zip(word.iter().chain(&count.to_le_bytes()).cycle())
            .for_each(|(to, from)| *to = *from);
    }
}

/// So many tickets are written at once: a commit waits for the disk, and a month of them waits long.
const AT_ONCE: u64 = 10;

fn append(store: &mut Store, tickets: std::ops::Range<u64>, at_ms: i64) {
    let written: Result<(), StoreError> = store.write(|store| {
        for ticket in tickets {
            for (event, subject, at, happening) in events_of(ticket, at_ms) {
                store.append(event, &subject, &at, &happening, None)?;
            }
        }
        Ok(())
    });
    written.unwrap();
}

fn events_of(ticket: u64, at_ms: i64) -> Vec<(EventId, Subject, String, Happening)> {
    let at = jiff::Timestamp::from_millisecond(at_ms).unwrap();
    let salt = |number: u64| {
        let mut salt = [0; 10];
        salt[2..].copy_from_slice(&number.to_be_bytes());
        salt
    };
    let subject = Subject::Ticket(TicketId::new(at, &salt(ticket)));
    let issued = Happening::TicketIssued(TicketIssued {
        by: "T01".into(),
        number: format!("A{:03}", ticket % TICKETS_A_DAY + 1),
        class: "A".into(),
        business_day: "2026-11-24".into(),
        channel: "none",
        priority: Vec::new(),
        people_ahead: 0,
        print: "confirmed",
    });
    let change = |reason| TicketChange { by: "T01".into(), reason };
    let happenings = [
        issued,
        Happening::TicketReprinted(change(None)),
        Happening::TicketExpired(change(Some("day_closed"))),
    ];
    let event =
        |(happening, number)| (EventId::new(at, &salt(number)), subject.clone(), at.to_string(), happening);
    happenings.into_iter().zip(ticket * EVENTS_A_TICKET..).map(event).collect()
}

/// What the engine does with verdicts, on a thread that ends with the last mailbox.
fn settler(store: Arc<Mutex<Store>>) -> Mailbox {
    let (mailbox, mail) = Mailbox::new();
    std::thread::spawn(move || {
        while let Ok(Mail::Input(Input::Settle(verdicts, reply))) = mail.recv() {
            let settled = store.lock().unwrap().write(|store| {
                for verdict in &verdicts {
                    assert_eq!(verdict.refused, None, "the platform takes all of it");
                    store.settle_accepted(verdict.event)?;
                }
                Ok(())
            });
            let _ = reply.send(settled);
        }
    });
    mailbox
}

fn platform(folder: &std::path::Path, listen: &str, time: &Arc<Counted>) -> Running {
    let time = Arc::clone(time);
    let options = Options {
        listen: listen.parse().unwrap(),
        data: folder.join("sandbox"),
        key: folder.join("platform.key"),
        public_key: None,
        clock: Arc::new(move || time.wall_ms()),
    };
    Sandbox::start(options).unwrap()
}

/// An address at which every connection is refused, and what keeps it from being given to another test: a socket that
/// is bound and does not listen. A listener may be bound to it all the same, as both may share the address.
fn unanswered() -> (String, OwnedFd) {
    let socket = rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    rustix::net::sockopt::set_socket_reuseaddr(&socket, true).unwrap();
    rustix::net::bind(&socket, &SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let address = SocketAddr::try_from(rustix::net::getsockname(&socket).unwrap()).unwrap();
    (address.to_string(), socket)
}

fn client(url: &str, time: &Arc<Counted>) -> Client {
    let settings = ClientSettings {
        profile: Profile::shipped("open").unwrap(),
        base: BaseUrl::parse(url, false).unwrap(),
        app_id: "T01-510823101000".to_owned(),
        terminal: "T01".to_owned(),
        site: "510823101000".to_owned(),
        keys: Keys::hmac(SECRET).unwrap(),
        ca_file: None,
        timeouts: Timeouts::default(),
    };
    Client::new(settings, Arc::clone(time) as Arc<dyn Surroundings>).unwrap()
}

#[test]
fn a_month_without_a_network_and_then_a_bad_one_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    crate::uplink::key_file::tests::write_secret(&folder.path().join("platform.key"), SECRET);
    let time = Arc::new(Counted::default());
    let (address, _kept) = unanswered();

    let store = Store::open(folder.path(), &StoreKey::from_bytes([7; 32])).unwrap();
    let (looking, reading) = (store.outbox_reader().unwrap(), store.outbox_reader().unwrap());
    let store = Arc::new(Mutex::new(store));
    let profile = Profile::shipped("open").unwrap();
    let outbox = EngineOutbox::new(reading, settler(Arc::clone(&store)), profile.id_types);
    let client = client(&format!("http://{address}"), &time);
    let surroundings = Arc::clone(&time) as Arc<dyn Surroundings>;
    let mut worker = Worker::new(outbox, client, surroundings, Duration::from_secs(600), |_: &Progress| {});

    let each = DAY / u32::try_from(TICKETS_A_DAY / AT_ONCE).unwrap();
    for first in (0..DAYS * TICKETS_A_DAY).step_by(AT_ONCE as usize) {
        append(&mut store.lock().unwrap(), first..first + AT_ONCE, time.wall_ms());
        time.pass(each);
        // Woken by the event; the line was given up long enough ago to be tried again.
        worker.round();
    }
    assert_eq!(looking.counts().unwrap().waiting, EVENTS);

    let running = platform(folder.path(), &address, &time);
    // One in six is taken and its answer lost, one in six is refused: together every third.
    running.set_faults(Faults::from_json(b"{\"drop\":0.1667,\"refuse\":0.1667}").unwrap());
    let came_back = time.uptime();
    let mut rounds = 0;
    while looking.counts().unwrap().waiting > 0 {
        let wait = worker.round();
        if !wait.is_zero() {
            time.pass(wait);
        }
        rounds += 1;
        assert!(rounds < 2_000, "it does not come to an end: {:?}", looking.counts());
    }
    let took = time.uptime() - came_back;
    assert!(took < Duration::from_secs(600), "{took:?}");

    assert_eq!(running.accepted().unwrap(), EVENTS);
    let url = format!("http://{address}/sandbox/events");
    let text =
        ureq::get(&url).call().unwrap().body_mut().with_config().limit(1 << 30).read_to_string().unwrap();
    let events: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let mut last = std::collections::HashMap::new();
    let mut ids = std::collections::HashSet::new();
    for event in &events {
        assert!(ids.insert(event["id"].as_str().unwrap()), "twice: {event}");
        let before = last.insert(event["subject"].as_str().unwrap(), event["seq"].as_u64().unwrap());
        assert_eq!(event["seq"].as_u64().unwrap(), before.unwrap_or(0) + 1, "out of order: {event}");
    }
    assert_eq!((ids.len() as u64, last.len() as u64), (EVENTS, DAYS * TICKETS_A_DAY));
}
