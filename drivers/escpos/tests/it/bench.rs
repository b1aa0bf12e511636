//! A served simulated printer, and the driver in its thread.

use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use kiosk_escpos::simulator::{Knob, SimulatedPrinter, serve};
use kiosk_escpos::{
    Bitmap, Certainty, Command, Document, GlyphSource, Job, JobId, Memory, NoGlyphs, Outcome, PrinterEvent,
    Profile, RunEnd, encode, run,
};
use kiosk_link::{FarEnd, PortUrl, Pty, TcpFarEnd, open};

pub const PATIENCE: Duration = Duration::from_secs(30);

pub fn profile(name: &str) -> Profile {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/printers").join(format!("{name}.toml"));
    std::fs::read_to_string(path).unwrap().parse().unwrap()
}

/// The names of all profiles that ship.
pub fn profiles() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/printers");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name());
    files.filter_map(|file| Some(file.to_str()?.strip_suffix(".toml")?.to_owned())).collect()
}

/// Every character as a black block of its size, so that nothing hangs on this machine's fonts.
pub struct Blocks;

impl GlyphSource for Blocks {
    fn glyph(&self, c: char, height: u32) -> Option<Bitmap> {
        let mut block = Bitmap::new(if c.is_ascii() { height / 2 } else { height }, height);
        for (x, y) in (0..block.width()).flat_map(|x| (0..height).map(move |y| (x, y))) {
            block.set(x, y, true);
        }
        Some(block)
    }
}

/// A simulated printer that is served, and a driver that runs on it.
pub struct Bench {
    profile: Profile,
    pub knobs: Sender<Knob>,
    printer: JoinHandle<SimulatedPrinter>,
    pub commands: Sender<Command>,
    events: Receiver<PrinterEvent>,
    driver: JoinHandle<RunEnd>,
    _folder: Option<tempfile::TempDir>,
}

impl Bench {
    pub fn on_a_line(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("printer");
        let pty = Pty::open(&path).unwrap();
        Self::on(name, Box::new(pty), &PortUrl::Serial { path, baud: 115_200 }, Some(folder))
    }

    pub fn on_the_network(name: &str) -> Self {
        let port = TcpFarEnd::listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let url = format!("tcp://{}", port.address()).parse().unwrap();
        Self::on(name, Box::new(port), &url, None)
    }

    fn on(name: &str, mut port: Box<dyn FarEnd>, url: &PortUrl, folder: Option<tempfile::TempDir>) -> Self {
        let (knobs, turned) = mpsc::channel();
        let served = SimulatedPrinter::new(profile(name));
        let printer = std::thread::spawn(move || serve(&mut *port, served, &turned, &mut |_| ()).unwrap());
        let mut link = open(url).unwrap();
        let (commands, heard) = mpsc::channel();
        let (tell, events) = mpsc::channel();
        let own = profile(name);
        let driver = std::thread::spawn(move || {
            run(&mut *link, &own, &mut Memory::new(3), &heard, &mut |event| {
                let _nobody_listens_any_more = tell.send(event);
            })
        });
        let bench =
            Self { profile: profile(name), knobs, printer, commands, events, driver, _folder: folder };
        bench.wait_for(|event| matches!(event, PrinterEvent::Readiness(Ok(()))));
        bench
    }

    pub fn wait_for(&self, wanted: impl Fn(&PrinterEvent) -> bool) -> PrinterEvent {
        loop {
            let event = self.events.recv_timeout(PATIENCE).unwrap();
            if wanted(&event) {
                return event;
            }
        }
    }

    pub fn job(&self) -> Job {
        let document = Document::new().centred("社会保障").pair("前面还有", "5 人").rule().gap().cut();
        encode(&document, &self.profile, &NoGlyphs).unwrap()
    }

    pub fn print(&self, id: u64) -> Outcome {
        self.print_job(id, self.job())
    }

    pub fn print_job(&self, id: u64, job: Job) -> Outcome {
        self.commands.send(Command::Print { id: JobId(id), job }).unwrap();
        let ended =
            |event: &PrinterEvent| matches!(event, PrinterEvent::Outcome { job, .. } if *job == JobId(id));
        match self.wait_for(ended) {
            PrinterEvent::Outcome { outcome, .. } => outcome,
            other => panic!("{other:?}"),
        }
    }

    pub fn end(self) -> (RunEnd, SimulatedPrinter) {
        let _it_may_have_ended = self.commands.send(Command::Stop);
        let end = self.driver.join().unwrap();
        drop(self.knobs);
        (end, self.printer.join().unwrap())
    }
}

pub const CONFIRMED: Outcome = Outcome::Printed { certainty: Certainty::Confirmed };
