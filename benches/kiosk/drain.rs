//! P8: a full outbox goes up to the sandbox platform over HTTP, signed, residents unsealed on the way.
//!
//! Terminal and sandbox share this process and its cores, so the figure is what both can do together. The reference
//! is the network alone: as many exchanges of the same sizes over a plain loopback connection.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use kiosk::domain::chance;
use kiosk::engine::clock::OsChance;
use kiosk::engine::thread::Mailbox;
use kiosk::sandbox::{Options, Running, Sandbox};
use kiosk::store::write_new_secret;
use kiosk::wiring::{self, Terminal};
use kiosk_link::clock::{Clock, Deadline};
use rusqlite::{Connection, OpenFlags};
use serde_json::json;
use sm2::SecretKey;
use sm2::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};

use super::site::{Place, Platform};
use super::spread::short;
use super::table::Line;
use super::{Bench, Outcome, site, whole_year};

/// As profile `open` has it.
const BATCH: usize = 200;
/// Bytes of such a batch, and of the platform's answer to it.
const EXCHANGE: (usize, usize) = (80_000, 16_000);
const PATIENCE: Duration = Duration::from_secs(600);

pub(crate) fn measure(bench: &Bench) -> Outcome<Vec<Line>> {
    let events = bench.extent.events;
    let network = loopback(events.div_ceil(BATCH))?;
    let hmac = drain(events, false)?;
    let sm2 = drain(events / 10, true)?;
    let line = |what: &str, drained: &Drained, mark, met| Line {
        number: "P8",
        what: format!("outbox drained, {what}, residents unsealed"),
        ours: format!(
            "{}/s of {}, memory {:+.1} MB",
            short(drained.a_second),
            drained.events,
            drained.grown_mb
        ),
        reference: format!("loopback alone: {}/s", short(network)),
        ratio: Some(drained.a_second / network),
        mark,
        met,
        figures: json!({
            "events": drained.events,
            "events_a_second": drained.a_second,
            "memory_grown_mb": drained.grown_mb,
            "loopback_events_a_second": network,
        }),
    };
    let flat = hmac.grown_mb < 8.0;
    Ok(vec![
        line("HMAC-SM3", &hmac, "≥ 5,000/s, memory flat", Some(hmac.a_second >= 5_000.0 && flat)),
        line("SM2-SM3", &sm2, "reported beside", None),
    ])
}

struct Drained {
    events: usize,
    a_second: f64,
    /// Of this whole process, from the first tenth to the end.
    grown_mb: f64,
}

fn drain(events: usize, with_sm2: bool) -> Outcome<Drained> {
    let place = Place::new()?;
    let clock = kiosk::engine::clock::Clock::start();
    let key = if with_sm2 { make_pairs(&place)? } else { place.path("secrets/platform.key") };
    let sandbox = Sandbox::start(Options {
        listen: ([127, 0, 0, 1], 0).into(),
        data: place.path("sandbox"),
        key,
        public_key: with_sm2.then(|| place.path("secrets/terminal.pub")),
        clock: Arc::new(move || clock.now().wall.as_millisecond()),
    })?;
    let address = sandbox.address().to_string();
    let platform = if with_sm2 { Platform::Sm2 { address } } else { Platform::Hmac { address } };
    let config = place.configure("", &platform)?;
    let mut store = wiring::open_store(&config)?;
    let today = clock.now().wall.to_zoned_datetime(config.site.time_zone.clone()).date();
    whole_year::waiting(&mut store, today, events)?;
    drop(store);

    let begun = Clock::start();
    let (mailbox, mail) = Mailbox::new();
    let terminal =
        Terminal::start(&config, &site::words()?, (mailbox, mail), Box::new(|_| {}), Box::new(|| {}))?;
    let emptied = watch(&place.path("data/kiosk.db"), events, begun);
    if !terminal.stop() {
        return Err("the engine ended by a fault".into());
    }
    let emptied = emptied?;
    all_arrived(&sandbox, events)?;
    Ok(Drained { events, a_second: events as f64 / emptied.after.as_secs_f64(), grown_mb: emptied.grown_mb })
}

struct Emptied {
    after: Duration,
    grown_mb: f64,
}

/// Waits until nothing waits any more, looking at the store from outside.
fn watch(store: &Path, events: usize, begun: Clock) -> Outcome<Emptied> {
    let deadline = Deadline::after(PATIENCE);
    let store = Connection::open_with_flags(store, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    store.busy_timeout(Duration::from_secs(5))?;
    let mut first = store.prepare("SELECT MIN(position) FROM outbox WHERE state = 'waiting'")?;
    let mut early = None;
    loop {
        let position: Option<i64> = first.query_row([], |row| row.get(0))?;
        let Some(position) = position else {
            let after = begun.elapsed();
            let grown_mb = resident_mb()? - early.unwrap_or(0.0);
            return Ok(Emptied { after, grown_mb });
        };
        if early.is_none() && usize::try_from(position)? > events / 10 {
            early = Some(resident_mb()?);
        }
        if deadline.passed() {
            return Err(format!("the outbox was not emptied; it stands at {position} of {events}").into());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn all_arrived(sandbox: &Running, events: usize) -> Outcome<()> {
    let accepted = sandbox.accepted()?;
    if accepted == events as u64 {
        Ok(())
    } else {
        Err(format!("{events} events went up and the platform has {accepted}").into())
    }
}

/// Resident memory of this process.
fn resident_mb() -> Outcome<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
}

/// A key pair for either side; the platform's own is returned.
fn make_pairs(place: &Place) -> Outcome<std::path::PathBuf> {
    for side in ["terminal", "platform"] {
        let key = SecretKey::from_slice(&chance::bytes::<32>(&mut OsChance))?;
        let private = key.to_pkcs8_pem(LineEnding::LF)?;
        write_new_secret(&place.path(&format!("secrets/{side}.pem")), private.as_bytes())?;
        let public = key.public_key().to_public_key_pem(LineEnding::LF)?;
        std::fs::write(place.path(&format!("secrets/{side}.pub")), public)?;
    }
    Ok(place.path("secrets/platform.pem"))
}

/// Events a second that the same exchanges would allow if nobody did anything with them.
fn loopback(exchanges: usize) -> Outcome<f64> {
    let (question, answer) = EXCHANGE;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let other = std::thread::spawn(move || -> std::io::Result<()> {
        let (mut line, _) = listener.accept()?;
        line.set_nodelay(true)?;
        let (mut taken, given) = (vec![0; question], vec![1; answer]);
        (0..exchanges).try_for_each(|_| {
            line.read_exact(&mut taken)?;
            line.write_all(&given)
        })
    });
    let mut line = TcpStream::connect(address)?;
    line.set_nodelay(true)?;
    let (given, mut taken) = (vec![2; question], vec![0; answer]);
    let clock = Clock::start();
    for _ in 0..exchanges {
        line.write_all(&given)?;
        line.read_exact(&mut taken)?;
    }
    let took = clock.elapsed();
    other.join().map_err(|_| "the other end failed")??;
    Ok((exchanges * BATCH) as f64 / took.as_secs_f64())
}
