//! The simulated printer within the test, so that each paper is seen as a person sees it: where it is, and whether
//! all of it is there. It outlives the terminal, as a real one does.

use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};

use kiosk::peripherals::printer_profiles;
use kiosk_escpos::simulator::{Fate, Knob, Order, PrintedPaper, Seen, SimulatedPrinter, serve_orders};
use kiosk_link::Pty;

/// The printer and the papers that came out of it.
pub struct Bench {
    orders: Sender<Order>,
    papers: Arc<Mutex<Vec<PrintedPaper>>>,
}

impl Bench {
    /// Plugs it in at that link.
    pub fn plug_in(link: &Path) -> Self {
        let mut pty = Pty::open(link).unwrap();
        let printer = SimulatedPrinter::new(printer_profiles::shipped("vkp80").unwrap());
        let (orders, taken) = channel();
        let papers = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&papers);
        // Ends with its orders.
        std::thread::spawn(move || {
            serve_orders(&mut pty, printer, &taken, &mut |what| {
                if let Seen::Paper(paper) = what {
                    note(&mut seen.lock().unwrap(), paper);
                }
            })
        });
        Self { orders, papers }
    }

    /// Turns a knob; comes back when it is turned.
    pub fn turn(&self, knob: Knob) {
        let (done, turned) = channel();
        self.orders.send(Order { knob, done }).unwrap();
        turned.recv().unwrap().unwrap();
    }

    /// All papers that left the printer so far.
    pub fn papers(&self) -> Vec<PrintedPaper> {
        self.papers.lock().unwrap().clone()
    }
}

/// A paper at a new place: the one that hung at the mouth, or one more.
fn note(papers: &mut Vec<PrintedPaper>, paper: &PrintedPaper) {
    let hung = papers.iter_mut().rev().find(|known| known.fate == Fate::Shown && known.items == paper.items);
    match hung {
        Some(known) => known.fate = paper.fate,
        None => papers.push(paper.clone()),
    }
}
