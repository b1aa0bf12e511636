//! The card reader: a SAM_V module under supervision, in the kiosk's words.

use std::thread::JoinHandle;
use std::time::Duration;

use kiosk_id_reader::{ReaderEvent, RunEnd, run};
use kiosk_link::{Link, LinkError, PortUrl};

use super::supervisor::{Stop, Supervised, supervise};
use super::{ReaderNews, card};
use crate::domain::device::{Health, HealthState};

/// The longest that an end is not noticed while a lost reader is waited for.
const LOOK_UP: Duration = Duration::from_millis(50);

/// The reader's handle.
#[derive(Debug)]
pub struct CardReader {
    stop: Stop,
    thread: Option<JoinHandle<()>>,
}

impl CardReader {
    /// Starts the reader's thread. `tell` is called from it and must be quick.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start(port: PortUrl, tell: impl Fn(ReaderNews) + Send + 'static) -> std::io::Result<Self> {
        let stop = Stop::default();
        let mut device = Module { tell: Box::new(tell), stop: stop.clone() };
        let raised = stop.clone();
        let thread = std::thread::Builder::new().name("id-reader".into()).spawn(move || {
            supervise(&port, &mut |port| kiosk_link::open(port), &mut device, &raised);
        })?;
        Ok(Self { stop, thread: Some(thread) })
    }

    /// Ends the thread, as dropping it does.
    pub fn stop(self) {
        drop(self);
    }
}

/// Ends the thread.
impl Drop for CardReader {
    fn drop(&mut self) {
        self.stop.raise();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            log::error!("the reader's thread ended by a fault");
        }
    }
}

struct Module {
    tell: Box<dyn Fn(ReaderNews) + Send>,
    stop: Stop,
}

impl Module {
    fn lost(&self, error: &LinkError) {
        (self.tell)(health(HealthState::Lost, &error.to_string()));
    }
}

/// The driver's event in the kiosk's words.
#[must_use]
pub fn news(event: ReaderEvent) -> Option<ReaderNews> {
    match event {
        ReaderEvent::Ready { sam } => {
            let detail = sam.map_or_else(|| "ready".to_owned(), |sam| format!("ready, module {sam}"));
            Some(health(HealthState::Ready, &detail))
        }
        ReaderEvent::CardSeen => Some(ReaderNews::CardSeen),
        ReaderEvent::Card(read) => Some(match card::resident(&read) {
            Ok(resident) => ReaderNews::Card(resident),
            Err(trouble) => ReaderNews::Failed(trouble),
        }),
        ReaderEvent::ReadFailed { cause, lift } => {
            log::warn!("a card was not read: {cause}");
            // While the driver tries again by itself, the resident is asked for nothing but patience.
            lift.then(|| ReaderNews::Failed(card::trouble(&cause)))
        }
        ReaderEvent::Lifted => Some(ReaderNews::Lifted),
        ReaderEvent::Fault { code } => {
            let detail = format!("the module is out of order ({code}); call the makers' service");
            Some(health(HealthState::Broken, &detail))
        }
        ReaderEvent::Lost => Some(health(HealthState::Lost, "it does not answer; check cable and power")),
    }
}

fn health(state: HealthState, detail: &str) -> ReaderNews {
    ReaderNews::Health(Health { state, detail: detail.to_owned() })
}

impl Supervised for Module {
    fn run(&mut self, link: &mut dyn Link) -> bool {
        let mut answered = false;
        let end = run(link, self.stop.flag(), &mut |event| {
            answered |= matches!(event, ReaderEvent::Ready { .. });
            // Why it was lost is known at the end alone; told twice, two causes would take turns for ever.
            if event != ReaderEvent::Lost {
                news(event).into_iter().for_each(&self.tell);
            }
        });
        match end {
            RunEnd::Lost => news(ReaderEvent::Lost).into_iter().for_each(&self.tell),
            RunEnd::Link(error) => self.lost(&error),
            RunEnd::Stopped | RunEnd::Fault(_) => {}
        }
        answered
    }

    fn unreachable(&mut self, error: &LinkError) {
        self.lost(error);
    }

    fn wait(&mut self, how_long: Duration) {
        let mut left = how_long;
        while !left.is_zero() && !self.stop.is_raised() {
            let slice = left.min(LOOK_UP);
            std::thread::sleep(slice);
            left -= slice;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, TryRecvError, channel};

    use kiosk_id_reader::command::Verb;
    use kiosk_id_reader::simulator::{CardFile, Control, Fault, FaultKind, Order, serve};
    use kiosk_link::{Pty, ScriptedLink};

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(20);

    fn until(heard: &Receiver<ReaderNews>, mut wanted: impl FnMut(&ReaderNews) -> bool) {
        while !wanted(&heard.recv_timeout(PATIENCE).unwrap()) {}
    }

    #[test]
    fn a_card_pulled_away_while_it_is_read_is_told_as_lifted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reader");
        let pty = Pty::open(&path).unwrap();
        let (orders, taken) = channel();
        let simulated = std::thread::spawn(move || serve(pty, &taken).unwrap());
        let order = |control| {
            let (done, answer) = channel();
            orders.send(Order { control, done }).unwrap();
            answer.recv_timeout(PATIENCE).unwrap().unwrap();
        };
        let (sender, heard) = channel();
        let reader = CardReader::start(PortUrl::Serial { path, baud: 115_200 }, move |news| {
            let _ = sender.send(news);
        })
        .unwrap();
        order(Control::Break(Fault::at(Verb::ReadCard, FaultKind::Short)));
        let card = CardFile::from_json(r#"{"name": "测试张三", "number": "510823199003070012"}"#).unwrap();
        order(Control::Put(Box::new(card)));
        until(&heard, |news| matches!(news, ReaderNews::CardSeen));
        order(Control::Lift);
        until(&heard, |news| {
            assert!(!matches!(news, ReaderNews::Card(_) | ReaderNews::Failed(_)), "{news:?}");
            matches!(news, ReaderNews::Lifted)
        });
        drop(reader);
        drop(orders);
        simulated.join().unwrap();
    }

    #[test]
    fn a_dropped_handle_ends_its_thread() {
        let folder = tempfile::tempdir().unwrap();
        let (sender, heard) = channel();
        let port = PortUrl::Serial { path: folder.path().join("none"), baud: 115_200 };
        let reader = CardReader::start(port, move |news| {
            let _ = sender.send(news);
        })
        .unwrap();
        until(&heard, |news| matches!(news, ReaderNews::Health(_)));
        drop(reader);
        while heard.try_recv().is_ok() {}
        assert!(matches!(heard.try_recv(), Err(TryRecvError::Disconnected)), "its thread still tells");
    }

    #[test]
    fn one_end_is_told_with_one_cause() {
        let (sender, heard) = channel();
        let tell = move |news| drop(sender.send(news));
        let mut module = Module { tell: Box::new(tell), stop: Stop::default() };
        let broken = || ScriptedLink::new().fail_to_receive(LinkError::Gone);
        for mut link in [broken(), broken()] {
            assert!(!module.run(&mut link));
            module.unreachable(&LinkError::Gone);
        }
        let details: Vec<String> = heard
            .try_iter()
            .map(|news| match news {
                ReaderNews::Health(Health { state: HealthState::Lost, detail }) => detail,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(details, vec![LinkError::Gone.to_string(); 4]);
    }
}
