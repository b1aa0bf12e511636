//! The engine's thread: waits for the next message or deadline, and hands what is to be done to the ports.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use super::clock::Clock;
use super::scene::Scene;
use super::{Engine, Input, Out, Sound};
use crate::domain::device::Printer;
use crate::peripherals::{JobId, TestSlip, TicketPaper};
use crate::store::PinTry;

/// What the engine's wishes go to. None of these may wait.
pub trait Ports: Send {
    /// Shows a scene.
    fn show(&mut self, scene: Box<Scene>);
    /// Lets something be heard.
    fn sound(&mut self, sound: Sound);
    /// Prints a ticket.
    fn print(&mut self, printer: Printer, job: JobId, paper: &TicketPaper);
    /// Prints a test slip.
    fn print_test(&mut self, printer: Printer, job: JobId, slip: &TestSlip);
    /// Finds out whether that is the PIN, somewhere else, and has the engine told.
    fn check_pin(&mut self, number: u32, tried: PinTry);
    /// Tells the uplink that there is something to send.
    fn wake_uplink(&mut self);
}

/// A message to the thread.
#[derive(Debug)]
pub enum Mail {
    /// For the engine.
    Input(Input),
    /// End, once no ticket is on its way to paper.
    Stop,
}

/// The way into the engine; cheap to clone, one for each that talks to it.
#[derive(Clone, Debug)]
pub struct Mailbox(Sender<Mail>);

impl Mailbox {
    /// A mailbox and its receiving end.
    #[must_use]
    pub fn new() -> (Self, Receiver<Mail>) {
        let (sender, receiver) = std::sync::mpsc::channel();
        (Self(sender), receiver)
    }

    /// Puts a message in; `false` where the engine has ended.
    pub fn put(&self, input: Input) -> bool {
        self.0.send(Mail::Input(input)).is_ok()
    }

    /// Asks the engine to end.
    pub fn stop(&self) {
        // Already ended is as good.
        let _ = self.0.send(Mail::Stop);
    }
}

/// Tells once that the thread has ended, also where it ended by a fault.
struct Ending(Option<Box<dyn FnOnce() + Send>>);

impl Drop for Ending {
    fn drop(&mut self) {
        if let Some(tell) = self.0.take() {
            tell();
        }
    }
}

/// Starts the thread; it ends after [`Mailbox::stop`] or when every mailbox is gone, and then calls `on_end`: without
/// it no page ever changes again, so whoever shows the pages has to end as well.
///
/// # Errors
/// Where the system gives no thread.
pub fn spawn(
    mut engine: Engine,
    mail: Receiver<Mail>,
    mut ports: Box<dyn Ports>,
    clock: Clock,
    on_end: Box<dyn FnOnce() + Send>,
) -> std::io::Result<JoinHandle<()>> {
    let ending = Ending(Some(on_end));
    std::thread::Builder::new().name("engine".into()).spawn(move || {
        run(&mut engine, &mail, &mut *ports, clock);
        log::info!("engine ended");
        drop(ending);
    })
}

fn run(engine: &mut Engine, mail: &Receiver<Mail>, ports: &mut dyn Ports, clock: Clock) {
    let mut stopping = false;
    carry_out(engine.handle(Input::Tick, clock.now()), ports);
    loop {
        let rest = engine.rest(clock.now()).clamp(Duration::from_millis(1), Duration::from_secs(60));
        let input = match mail.recv_timeout(rest) {
            Ok(Mail::Input(input)) => input,
            Ok(Mail::Stop) => {
                stopping = true;
                Input::Tick
            }
            Err(RecvTimeoutError::Timeout) => Input::Tick,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        carry_out(engine.handle(input, clock.now()), ports);
        if stopping && !engine.is_printing() {
            return;
        }
    }
}

fn carry_out(outs: Vec<Out>, ports: &mut dyn Ports) {
    for out in outs {
        match out {
            Out::Show(scene) => ports.show(scene),
            Out::Sound(sound) => ports.sound(sound),
            Out::Print(printer, job, paper) => ports.print(printer, job, &paper),
            Out::TestPrint(printer, job, slip) => ports.print_test(printer, job, &slip),
            Out::CheckPin(number, tried) => ports.check_pin(number, *tried),
            Out::Wake => ports.wake_uplink(),
        }
    }
}
