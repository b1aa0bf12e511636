//! SIGTERM and SIGINT as a wish to end, waited for on a thread of its own.

use std::sync::mpsc::{Receiver, channel};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// Comes when the process was asked to end.
#[derive(Debug)]
pub struct StopSignal(Receiver<()>);

impl StopSignal {
    /// Waits for it.
    pub fn wait(&self) {
        // The sender lives as long as the process.
        let _ = self.0.recv();
    }
}

/// Listens for SIGTERM and SIGINT from now on; a second one ends the process at once.
///
/// # Errors
/// Where the system gives no handler or no thread.
pub fn stop() -> std::io::Result<StopSignal> {
    let (sender, receiver) = channel();
    on_stop(move || {
        // Nobody waits any more: the process is ending anyway.
        let _ = sender.send(());
    })?;
    Ok(StopSignal(receiver))
}

/// Calls `act` once when the process is asked to end; a second signal ends the process at once.
///
/// # Errors
/// Where the system gives no handler or no thread.
pub fn on_stop(act: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGINT])?;
    std::thread::Builder::new().name("signals".into()).spawn(move || {
        let mut act = Some(act);
        for signal in signals.forever() {
            match act.take() {
                Some(act) => act(),
                None => std::process::exit(128 + signal),
            }
        }
    })?;
    Ok(())
}
