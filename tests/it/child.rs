//! One process of a test: its lines in and out, its end, and that it never outlives the test.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use kiosk::engine::clock::Clock;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// How long anything may take that ought to happen at once; a loaded machine takes its time.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks at something that does not call.
pub const LOOK: Duration = Duration::from_millis(50);

/// A running process and whatever it starts.
pub struct Process {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    what: String,
}

/// A process that has ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Process {
    /// Starts it in a process group of its own, with a pipe in and a pipe out.
    pub fn start(mut command: Command) -> Self {
        let what = format!("{command:?}");
        command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{what}: {error}"));
        let stdin = child.stdin.take();
        let out = child.stdout.take().unwrap();
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, stdin, lines, what }
    }

    /// The next line that it says.
    pub fn line(&self) -> String {
        self.lines.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no line from {}", self.what))
    }

    /// Says a line to it and hears one.
    pub fn ask(&mut self, line: &str) -> String {
        let stdin = self.stdin.as_mut().unwrap();
        stdin
            .write_all(format!("{line}\n").as_bytes())
            .unwrap_or_else(|error| panic!("{}: {error}", self.what));
        self.line()
    }

    /// Says nothing more.
    pub fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.id(), signal).unwrap();
    }

    /// Waits for its end.
    pub fn end(&mut self) -> ExitStatus {
        let what = self.what.clone();
        until_soon(&format!("the end of {what}"), || self.child.try_wait().unwrap())
    }

    /// Whether it runs still.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    pub fn id(&self) -> Pid {
        Pid::from_child(&self.child)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // What it started goes with it, also after its own end.
        let _ = kill_process_group(self.id(), Signal::KILL);
        let _ = self.child.wait();
    }
}

/// Runs a command to its end.
pub fn run(mut command: Command) -> Ended {
    command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let what = format!("{command:?}");
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{what}: {error}"));
    let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let out = std::thread::spawn(move || {
        let mut text = String::new();
        out.read_to_string(&mut text).map(|_| text)
    });
    let err = std::thread::spawn(move || {
        let mut text = String::new();
        err.read_to_string(&mut text).map(|_| text)
    });
    let mut process = Process { child, stdin: None, lines: channel().1, what };
    let clock = Clock::start();
    let code = loop {
        if let Some(status) = process.child.try_wait().unwrap() {
            break status.code();
        }
        assert!(clock.mono() < PATIENCE * 4, "{} does not end", process.what);
        std::thread::sleep(LOOK / 5);
    };
    Ended { code, out: out.join().unwrap().unwrap(), err: err.join().unwrap().unwrap() }
}

/// Looks again and again until there is something to see.
pub fn until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    until_at(LOOK, what, look)
}

/// The same for what comes within moments.
pub fn until_soon<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    until_at(LOOK / 10, what, look)
}

fn until_at<T>(pause: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let clock = Clock::start();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(clock.mono() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(pause);
    }
}
