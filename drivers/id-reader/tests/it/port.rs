//! Driver and simulator over a real pseudo-terminal, each in its thread.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use kiosk_id_reader::command::Verb;
use kiosk_id_reader::simulator::{CardFile, Control, Fault, FaultKind, Order, OrderError, serve};
use kiosk_id_reader::{ErrorCode, ReaderEvent, RunEnd, run};
use kiosk_link::{LinkError, PortUrl, Pty, open};

use crate::bench::in_short;

/// Long beyond all that happens here, so that only a hang meets it.
const PATIENCE: Duration = Duration::from_secs(20);

struct Reader {
    orders: Sender<Order>,
    thread: JoinHandle<Result<(), LinkError>>,
    path: PathBuf,
    _folder: tempfile::TempDir,
}

impl Reader {
    fn plugged_in() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reader");
        let pty = Pty::open(&path).unwrap();
        let (orders, received) = channel();
        let thread = std::thread::spawn(move || serve(pty, &received));
        Self { orders, thread, path, _folder: folder }
    }

    fn order(&self, control: Control) -> Result<(), OrderError> {
        let (done, answer) = channel();
        self.orders.send(Order { control, done }).unwrap();
        answer.recv_timeout(PATIENCE).unwrap()
    }

    fn put(&self, json: &str) {
        self.order(Control::Put(Box::new(CardFile::from_json(json).unwrap()))).unwrap();
    }

    fn finish(self) {
        drop(self.orders);
        self.thread.join().unwrap().unwrap();
    }
}

struct Driver {
    events: Receiver<ReaderEvent>,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<RunEnd>,
}

impl Driver {
    fn on(reader: &Reader) -> Self {
        let mut link = open(&PortUrl::Serial { path: reader.path.clone(), baud: 115_200 }).unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let (told, events) = channel();
        let stopped = Arc::clone(&stop);
        let thread =
            std::thread::spawn(move || run(&mut *link, &stopped, &mut |event| told.send(event).unwrap()));
        Self { events, stop, thread }
    }

    fn expect(&self, expected: &[&str]) {
        for event in expected {
            assert_eq!(&in_short(&self.events.recv_timeout(PATIENCE).unwrap()), event);
        }
    }

    fn stop(self) -> RunEnd {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }

    fn end(self) -> RunEnd {
        self.thread.join().unwrap()
    }
}

const ZHANG_SAN: &str = r#"{"name": "张三", "number": "510823199003070012"}"#;

#[test]
fn a_card_is_read_and_lifted_and_the_next_one_read() {
    let reader = Reader::plugged_in();
    let driver = Driver::on(&reader);
    driver.expect(&["ready numbered"]);
    reader.put(ZHANG_SAN);
    driver.expect(&["seen", "card of 张三"]);
    reader.order(Control::Lift).unwrap();
    driver.expect(&["lifted"]);
    // A name with characters beyond the Basic Multilingual Plane.
    reader.put(r#"{"name": "王𠂇", "number": "510823199003070012"}"#);
    driver.expect(&["seen", "card of 王𠂇"]);
    assert!(matches!(driver.stop(), RunEnd::Stopped));
    reader.finish();
}

#[test]
fn a_reader_unplugged_is_lost_and_plugged_in_reads_again() {
    let reader = Reader::plugged_in();
    let driver = Driver::on(&reader);
    driver.expect(&["ready numbered"]);
    reader.put(ZHANG_SAN);
    driver.expect(&["seen", "card of 张三"]);
    reader.order(Control::Unplug).unwrap();
    driver.expect(&["lost"]);
    assert!(matches!(driver.end(), RunEnd::Link(LinkError::Gone)));
    let away = open(&PortUrl::Serial { path: reader.path.clone(), baud: 115_200 });
    assert!(matches!(away, Err(LinkError::NotFound { .. })));
    reader.order(Control::Plug).unwrap();
    let driver = Driver::on(&reader);
    driver.expect(&["ready numbered", "seen", "card of 张三"]);
    assert!(matches!(driver.stop(), RunEnd::Stopped));
    reader.finish();
}

#[test]
fn faults_on_the_wire_are_got_over() {
    let reader = Reader::plugged_in();
    for fault in [
        Fault::at(Verb::Find, FaultKind::WrongChecksum).times(1),
        Fault::at(Verb::Select, FaultKind::Short).times(1),
        Fault::at(Verb::ReadCard, FaultKind::WrongChecksum).times(1),
    ] {
        reader.order(Control::Break(fault)).unwrap();
    }
    reader.put(ZHANG_SAN);
    let driver = Driver::on(&reader);
    driver.expect(&["ready numbered", "seen", "failed (garbled)", "failed (garbled)", "card of 张三"]);
    driver.stop();
    reader.finish();
}

#[test]
fn a_fault_of_the_module_ends_the_driver() {
    let reader = Reader::plugged_in();
    reader.order(Control::Break(Fault::at(Verb::State, FaultKind::Code(0x60)))).unwrap();
    let driver = Driver::on(&reader);
    driver.expect(&["fault 60"]);
    assert!(matches!(driver.end(), RunEnd::Fault(ErrorCode::SelfTest)));
    reader.order(Control::Mend).unwrap();
    let driver = Driver::on(&reader);
    driver.expect(&["ready numbered"]);
    driver.stop();
    reader.finish();
}

#[test]
fn a_card_that_does_not_fit_is_refused_by_the_simulator() {
    let reader = Reader::plugged_in();
    let file = CardFile::from_json(r#"{"name": "张三", "number": "5108231990030700120"}"#).unwrap();
    let error = reader.order(Control::Put(Box::new(file))).unwrap_err();
    assert_eq!(error.to_string(), "number has room for 18 UTF-16 units, found 19");
    reader.finish();
}
