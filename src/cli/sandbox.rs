//! `kiosk sandbox`: the provincial platform's double, for trying out.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use super::Failure;
use crate::engine::clock::Clock;
use crate::logging::{self, Detail};
use crate::sandbox::{Options, Sandbox};
use crate::signals;

/// What stands below the options in `--help`.
pub(super) const HELP: &str = "\
Example:
  kiosk sandbox --listen 127.0.0.1:8080 --data sandbox --key secrets/platform.key

What it took, in order:
  curl http://127.0.0.1:8080/sandbox/events
What goes wrong on purpose; each PUT replaces the one before, {} lets everything go well:
  curl -X PUT -d '{\"refuse\": 503, \"retry_after\": 60, \"path\": \"/v1/events\", \"times\": 2}' \\
       http://127.0.0.1:8080/sandbox/faults

  latency_ms        milliseconds that each answer is late
  refuse            a dose, or the status 300 to 599 of every answer
  retry_after       seconds, or an HTTP date, beside a refusal
  drop              a dose: handled, and the connection closed without an answer
  disconnect_after  bytes of the answer after which the connection breaks
  wrong_signature   a dose: the right answer, wrongly signed
  skew_s            seconds that the platform's clock is ahead
  duplicate         a dose: handled twice, the second answer sent
  torn              a dose: handled, and half of the answer's body sent
  portal            a dose: a captive portal's page in place of an answer
  odd               a dose: the results of events in reverse, with more than was asked
  max_bytes         larger bodies are refused with 413
  later             a dose of events that are told to come later
  reject            a dose of events that are rejected
  forget            a dose of events that are taken and not named in the answer
  path              only calls whose path begins so
  times             only so many requests from now on

A dose is true, a count of requests (or events) from now on, or a share of them: 0.34 is every third.";

#[derive(Debug, clap::Args)]
pub(super) struct SandboxCommand {
    /// Where to listen; port 0 takes any free one.
    #[arg(long, value_name = "ADDR")]
    listen: SocketAddr,
    /// The folder of its store; made if missing.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The terminal's HMAC key file, or the platform's own SM2 key as PEM.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The terminal's SM2 public key as PEM, with an SM2 key.
    #[arg(long, value_name = "FILE")]
    public_key: Option<PathBuf>,
}

impl SandboxCommand {
    pub(super) fn run(self, verbose: bool) -> Result<(), Failure> {
        let _log = logging::to_stderr(if verbose { Detail::All } else { Detail::Usual })
            .map_err(|error| Failure::cannot(error, "check standard error"))?;
        let stop = signals::stop().map_err(|error| Failure::cannot(error, "free processes and try again"))?;
        let clock = Clock::start();
        let options = Options {
            listen: self.listen,
            data: self.data,
            key: self.key,
            public_key: self.public_key,
            clock: Arc::new(move || clock.now().wall.as_millisecond()),
        };
        let sandbox = Sandbox::start(options).map_err(|error| Failure::cannot(&error, error.advice()))?;
        println!("sandbox platform at http://{}", sandbox.address());
        stop.wait();
        sandbox.stop();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::HELP;
    use crate::sandbox::faults::Faults;

    #[test]
    fn the_help_names_every_fault() {
        let all = Faults::default().to_json();
        for fault in all.as_object().unwrap().keys() {
            assert!(HELP.contains(&format!("\n  {fault} ")), "{fault}");
        }
    }
}
