//! `kiosk sandbox`: the provincial platform's double, for trying out.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use super::Failure;
use crate::engine::clock::Clock;
use crate::logging::{self, Detail};
use crate::sandbox::{Options, Sandbox};
use crate::signals;

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
