//! An X server in memory, whose screen can be read as a file: what stands on it is seen without asking anybody.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use kiosk_link::clock::Clock;

use super::Outcome;
use super::display::{HEIGHT, WIDTH};

/// A picture is finished when nothing changes for so long.
const QUIET: Duration = Duration::from_millis(700);
const PATIENCE: Duration = Duration::from_secs(30);
/// From one look at the screen to the next.
const LOOK: Duration = Duration::from_millis(1);
/// Every so many bytes a piece of the screen is looked at: some 60 rows in all.
const STRIDE: u64 = 4 * WIDTH as u64 * 32;
/// The piece: one row.
const PIECE: usize = 4 * WIDTH as usize;

/// The server; it ends when this is dropped.
pub(crate) struct Xvfb {
    child: Child,
    /// `:99`
    pub(crate) name: String,
    screen: File,
}

impl Xvfb {
    /// Starts one; `None` where the machine has none.
    pub(crate) fn start(folder: &Path) -> Outcome<Option<Self>> {
        let size = format!("{WIDTH}x{HEIGHT}x24");
        let child = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", &size, "-nolisten", "tcp", "-fbdir"])
            .arg(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut child = match child {
            Ok(child) => child,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut number = String::new();
        if let Some(out) = child.stdout.take() {
            BufReader::new(out).read_line(&mut number)?;
        }
        let screen = File::open(folder.join("Xvfb_screen0"))?;
        Ok(Some(Self { child, name: format!(":{}", number.trim()), screen }))
    }

    /// Waits until a picture was drawn and stands still; when, since `started`, its last part was drawn.
    pub(crate) fn picture_drawn(&self, started: Clock) -> Outcome<Duration> {
        let mut last = self.pieces()?;
        let mut drawn = None;
        loop {
            std::thread::sleep(LOOK);
            let seen_at = started.elapsed();
            let now = self.pieces()?;
            if now != last {
                last = now;
                drawn = Some(seen_at);
            }
            match drawn {
                Some(drawn) if seen_at - drawn > QUIET => return Ok(drawn),
                _ if seen_at > PATIENCE => return Err("nothing was drawn on the X server's screen".into()),
                _ => {}
            }
        }
    }

    fn pieces(&self) -> Outcome<Vec<u8>> {
        let length = self.screen.metadata()?.len();
        let mut pieces = Vec::new();
        let mut piece = vec![0; PIECE];
        let mut at = length % STRIDE;
        while at + PIECE as u64 <= length {
            self.screen.read_exact_at(&mut piece, at)?;
            pieces.extend_from_slice(&piece);
            at += STRIDE;
        }
        Ok(pieces)
    }
}

impl Drop for Xvfb {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
