//! The reference that no registry has: Memuro-Town/MADO-queue, Flask and SQLite, in use in a town hall.
//!
//! It runs where `MADO_QUEUE` names a checkout and `MADO_PYTHON` (else `python3`) has Flask and Flask-Cors. Its
//! category `D` is asked for, which is the one that it prints nothing for.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use kiosk_link::clock::{Clock, Deadline};

use super::Outcome;
use super::site::Place;

const PATIENCE: Duration = Duration::from_secs(20);
const QUESTION: &str = r#"{"category":"D","buttonText":"bench","staffCount":3}"#;

/// Its server; it ends when this is dropped.
pub(crate) struct Mado {
    child: Child,
    address: String,
    agent: ureq::Agent,
    /// Its database is in it.
    _place: Place,
}

impl Mado {
    /// Starts it; `None` where no checkout is named.
    ///
    /// Where it can't be started the reference is missed, not left out in silence.
    pub(crate) fn start() -> Outcome<Option<Self>> {
        let Some(checkout) = std::env::var_os("MADO_QUEUE") else { return Ok(None) };
        let mut server = Self::serve(Path::new(&checkout))?;
        server.wait()?;
        Ok(Some(server))
    }

    fn serve(checkout: &Path) -> Outcome<Self> {
        let place = Place::new()?;
        let database = place.path("numbers.db");
        let python = std::env::var("MADO_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let command = |arguments: &[&str]| {
            let mut command = Command::new(&python);
            command.args(arguments).current_dir(checkout).env("DB_PATH", &database);
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            command
        };
        if !command(&["init_db.py"]).status()?.success() {
            return Err(format!("{}: init_db.py failed", checkout.display()).into());
        }
        // Freed again before Flask takes it; nobody else asks for ports here.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port().to_string();
        let child = command(&["-m", "flask", "--app", "app", "run", "--port", &port]).spawn()?;
        let agent = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).build().into();
        Ok(Self { child, address: format!("http://127.0.0.1:{port}/get_next_number"), agent, _place: place })
    }

    fn wait(&mut self) -> Outcome<()> {
        let deadline = Deadline::after(PATIENCE);
        while self.ask().is_err() {
            if deadline.passed() || self.child.try_wait()?.is_some() {
                return Err("MADO-queue does not answer; has MADO_PYTHON Flask and Flask-Cors?".into());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }

    /// One number, please: how long it took.
    pub(crate) fn ask(&self) -> Outcome<Duration> {
        let clock = Clock::start();
        let mut answer = self.agent.post(&self.address).content_type("application/json").send(QUESTION)?;
        let text = answer.body_mut().read_to_string()?;
        let took = clock.elapsed();
        if text.contains("next_number") { Ok(took) } else { Err("MADO-queue gave no number".into()) }
    }
}

impl Drop for Mado {
    fn drop(&mut self) {
        // Ended already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
