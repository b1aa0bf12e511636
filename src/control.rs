//! The control socket: how `kiosk status`, `kiosk outbox retry` and `kiosk pin set` ask a running terminal. Only the terminal's own user
//! can open it.
//!
//! One line in ([`question`]), one line of JSON out. It reads nothing else.

pub mod question;

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use self::question::{LONGEST, Question};
use crate::domain::event::DeadLetters;
use crate::engine::Input;
use crate::engine::status::Report;
use crate::engine::thread::Mailbox;
use crate::store::PinHash;

/// The socket's name in the data folder.
const NAME: &str = "control.sock";
/// How long either side waits for the other.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a question, one line of a local program, may take to come.
const QUESTION: Duration = Duration::from_millis(300);
/// The wait after a connection that came to nothing.
const REFUSED: Duration = Duration::from_millis(50);
/// The longest answer that is read.
const LONGEST_ANSWER: u64 = 1 << 20;

/// The listening end; the socket goes when it is dropped.
#[derive(Debug)]
pub struct Control {
    path: PathBuf,
}

impl Control {
    /// Listens in `folder`. A socket that a killed terminal left there is replaced; the caller holds the folder's
    /// lock, so no other terminal answers on it.
    ///
    /// # Errors
    /// Where the socket can't be made.
    pub fn listen(folder: &Path, mailbox: Mailbox) -> io::Result<Self> {
        let path = folder.join(NAME);
        match fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let listener = UnixListener::bind(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        std::thread::Builder::new().name("control".into()).spawn(move || {
            for stream in listener.incoming() {
                let answered = stream.and_then(|stream| answer(stream, &mailbox));
                if let Err(error) = answered {
                    log::debug!("control socket: {error}");
                    // A system without free files refuses at once: not a reason to keep a core busy.
                    std::thread::sleep(REFUSED);
                }
            }
        })?;
        Ok(Self { path })
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        // Whoever asks from now on is told that no terminal runs.
        let _ = fs::remove_file(&self.path);
    }
}

fn answer(stream: UnixStream, mailbox: &Mailbox) -> io::Result<()> {
    // Who connects and says nothing keeps nobody waiting for long.
    stream.set_read_timeout(Some(QUESTION))?;
    stream.set_write_timeout(Some(QUESTION))?;
    let mut question = String::new();
    BufReader::new((&stream).take(LONGEST)).read_line(&mut question)?;
    let text = match Question::parse(&question) {
        Some(Question::Status) => {
            let (sender, receiver) = channel();
            mailbox.put(Input::Status(sender));
            let report = receiver.recv_timeout(PATIENCE).map_err(io::Error::other)?;
            serde_json::to_string(&report)?
        }
        Some(Question::SendAgain(which)) => {
            let (sender, receiver) = channel();
            mailbox.put(Input::SendAgain(which, sender));
            let said = receiver.recv_timeout(PATIENCE).map_err(io::Error::other)?;
            serde_json::to_string(&said.map_or_else(
                |error| SentAgain::Failed { error: format!("{error}; {}", error.advice()) },
                |events| SentAgain::Done { events },
            ))?
        }
        Some(Question::SetPin(hash)) => {
            let (sender, receiver) = channel();
            mailbox.put(Input::SetPin(hash, sender));
            let said = receiver.recv_timeout(PATIENCE).map_err(io::Error::other)?;
            serde_json::to_string(&said.map_or_else(
                |error| PinSet::Failed { error: format!("{error}; {}", error.advice()) },
                |()| PinSet::Done { set: true },
            ))?
        }
        None => r#"{"error":"the questions are: status, outbox retry all, outbox retry ID, pin set HASH"}"#
            .to_owned(),
    };
    (&stream).write_all(text.as_bytes())?;
    (&stream).write_all(b"\n")
}

/// What came of a wish to send dead letters again.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum SentAgain {
    Done { events: u64 },
    Failed { error: String },
}

/// What came of a wish to set the PIN.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum PinSet {
    Done { set: bool },
    Failed { error: String },
}

/// Why a terminal did not answer.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// No terminal runs on that data folder.
    #[error("no terminal runs with the data folder {}", .0.display())]
    NotRunning(PathBuf),
    /// Another user's.
    #[error("not allowed to ask the terminal: {0}")]
    Denied(io::Error),
    /// It runs and does not answer.
    #[error("the terminal does not answer: {0}")]
    Silent(io::Error),
    /// It answers that it can't.
    #[error("the terminal could not do it: {0}")]
    Failed(String),
}

impl ControlError {
    /// The technician's next step.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::NotRunning(_) => "start it with `kiosk run --config FILE`, or check [terminal] data_dir",
            Self::Denied(_) => "ask as the user that the terminal runs as, or as root",
            Self::Failed(_) => "look at its log and run `kiosk check`",
            Self::Silent(_) => "look at the log, and start the terminal anew if that persists",
        }
    }
}

/// Asks the terminal that runs on `folder`.
///
/// # Errors
/// Any [`ControlError`].
pub fn ask(folder: &Path) -> Result<Report, ControlError> {
    exchange(folder, Question::Status)
}

/// Has the terminal that runs on `folder` send dead letters again; how many there were.
///
/// # Errors
/// Any [`ControlError`].
pub fn send_again(folder: &Path, which: DeadLetters) -> Result<u64, ControlError> {
    match exchange(folder, Question::SendAgain(which))? {
        SentAgain::Done { events } => Ok(events),
        SentAgain::Failed { error } => Err(ControlError::Failed(error)),
    }
}

/// Has the terminal that runs on `folder` keep another PIN for its service menu.
///
/// # Errors
/// Any [`ControlError`].
pub fn set_pin(folder: &Path, hash: PinHash) -> Result<(), ControlError> {
    match exchange(folder, Question::SetPin(hash))? {
        PinSet::Done { .. } => Ok(()),
        PinSet::Failed { error } => Err(ControlError::Failed(error)),
    }
}

fn exchange<A: for<'de> Deserialize<'de>>(folder: &Path, question: Question) -> Result<A, ControlError> {
    let stream = UnixStream::connect(folder.join(NAME)).map_err(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => ControlError::Denied(error),
        _ => ControlError::NotRunning(folder.to_path_buf()),
    })?;
    let exchange = || -> io::Result<A> {
        stream.set_read_timeout(Some(PATIENCE * 2))?;
        (&stream).write_all(format!("{question}\n").as_bytes())?;
        let mut text = String::new();
        (&stream).take(LONGEST_ANSWER).read_to_string(&mut text)?;
        Ok(serde_json::from_str(&text)?)
    };
    exchange().map_err(ControlError::Silent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::EventId;
    use crate::engine::thread::Mail;
    use crate::store::StoreError;

    #[test]
    fn a_question_is_answered_and_anything_else_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(ask(folder.path()), Err(ControlError::NotRunning(_))));
        let (mailbox, mail) = Mailbox::new();
        let control = Control::listen(folder.path(), mailbox).unwrap();
        let mode = fs::metadata(folder.path().join(NAME)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let engine = std::thread::spawn(move || {
            while let Ok(Mail::Input(input)) = mail.recv() {
                match input {
                    Input::Status(reply) => {
                        reply.send(Report { page: "home".into(), ..Report::default() }).unwrap();
                    }
                    Input::SendAgain(DeadLetters::All, reply) => reply.send(Ok(3)).unwrap(),
                    Input::SendAgain(_, reply) => reply.send(Err(StoreError::Full)).unwrap(),
                    other => panic!("{other:?}"),
                }
            }
        });
        assert_eq!(ask(folder.path()).unwrap().page, "home");
        assert_eq!(send_again(folder.path(), DeadLetters::All).unwrap(), 3);
        let one = DeadLetters::One(EventId::from_bytes([7; 16]));
        let error = send_again(folder.path(), one).unwrap_err();
        assert!(matches!(&error, ControlError::Failed(why) if why.contains("full")), "{error}");
        let mut other = UnixStream::connect(folder.path().join(NAME)).unwrap();
        other.write_all(&[b'x'; 200]).unwrap();
        other.shutdown(std::net::Shutdown::Write).unwrap();
        let mut text = String::new();
        // The rest of an overlong question is not read, which may reset the connection after the answer.
        let _ = other.read_to_string(&mut text);
        assert!(text.is_empty() || text.contains("error"), "{text}");
        drop(control);
        assert!(matches!(ask(folder.path()), Err(ControlError::NotRunning(_))));
        drop(engine);
    }
}
