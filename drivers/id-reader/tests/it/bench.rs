//! Session and simulated reader joined by a wire without a clock: time goes where the next deadline is.

use std::time::Duration;

use kiosk_id_reader::command::Verb;
use kiosk_id_reader::frame::Decoder;
use kiosk_id_reader::session::{Ended, Session, Transmit};
use kiosk_id_reader::simulator::{CardFile, Fault, SimulatedReader};
use kiosk_id_reader::{ReadFailure, ReaderEvent};

pub const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// The text of a made-up card.
pub fn zhang_san() -> [u8; 256] {
    CardFile::from_json(r#"{"name": "张三", "number": "510823199003070012"}"#).unwrap().to_text().unwrap()
}

pub struct Bench {
    pub now: Duration,
    pub session: Session,
    pub reader: SimulatedReader,
    /// What was asked, and when.
    pub asked: Vec<(Duration, Verb)>,
    events: Vec<ReaderEvent>,
}

impl Bench {
    /// Port open, nothing asked yet.
    pub fn closed() -> Self {
        Self {
            now: Duration::ZERO,
            session: Session::new(Duration::ZERO),
            reader: SimulatedReader::default(),
            asked: Vec::new(),
            events: Vec::new(),
        }
    }

    /// Ready and idle, with a fault.
    pub fn with(fault: Fault) -> Self {
        let mut bench = Self::ready();
        bench.reader.break_with(fault);
        bench
    }

    /// Ready and idle.
    pub fn ready() -> Self {
        let mut bench = Self::closed();
        bench.run(ms(1000));
        assert!(matches!(bench.events()[..], [ReaderEvent::Ready { sam: Some(_) }]));
        bench.asked.clear();
        bench
    }

    /// Lets time go by.
    pub fn run(&mut self, by: Duration) {
        let end = self.now + by;
        loop {
            while self.step() {}
            let deadlines = [self.session.next_timeout(), self.reader.next_answer()];
            match deadlines.into_iter().flatten().min() {
                Some(at) if at <= end => {
                    assert!(at > self.now, "what is due is done at once");
                    self.now = at;
                }
                _ => break,
            }
        }
        self.now = end;
    }

    /// Does one thing that is due now.
    fn step(&mut self) -> bool {
        self.session.handle_timeout(self.now);
        if let Some(event) = self.session.poll_event() {
            self.events.push(event);
        } else if let Some(transmit) = self.session.poll_transmit() {
            match transmit {
                Transmit::Drain => while self.reader.poll_answer(self.now).is_some() {},
                Transmit::Request(bytes) => {
                    self.asked.push((self.now, verb(&bytes)));
                    self.reader.handle_bytes(self.now, &bytes);
                }
            }
        } else if let Some(bytes) = self.reader.poll_answer(self.now) {
            self.session.handle_bytes(self.now, &bytes);
        } else {
            return false;
        }
        true
    }

    /// The events since the last call.
    pub fn events(&mut self) -> Vec<ReaderEvent> {
        std::mem::take(&mut self.events)
    }

    /// The same in short words.
    pub fn told(&mut self) -> Vec<String> {
        self.events().iter().map(in_short).collect()
    }

    pub fn ended(&self) -> Option<Ended> {
        self.session.ended()
    }
}

fn verb(request: &[u8]) -> Verb {
    let mut verb = None;
    Decoder::default().feed(request, &mut |frame| verb = Verb::of(&frame.unwrap()));
    verb.unwrap()
}

pub fn in_short(event: &ReaderEvent) -> String {
    match event {
        ReaderEvent::Ready { sam } => {
            format!("ready {}", if sam.is_some() { "numbered" } else { "nameless" })
        }
        ReaderEvent::CardSeen => "seen".to_owned(),
        ReaderEvent::Card(card) => format!("card of {}", card.name()),
        ReaderEvent::ReadFailed { cause, lift } => {
            let cause = match cause {
                ReadFailure::Refused(code) => format!("{:02X}", code.number()),
                ReadFailure::Silent => "silent".to_owned(),
                ReadFailure::Garbled => "garbled".to_owned(),
                ReadFailure::Card(error) => error.to_string(),
            };
            format!("failed ({cause}){}", if *lift { ", lift" } else { "" })
        }
        ReaderEvent::Lifted => "lifted".to_owned(),
        ReaderEvent::Fault { code } => format!("fault {:02X}", code.number()),
        ReaderEvent::Lost => "lost".to_owned(),
    }
}
