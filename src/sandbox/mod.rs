//! The platform's double: a real HTTP server with the platform's contract, its own store, and faults on demand.
//!
//! | file | what |
//! |---|---|
//! | [`server`] | who may call, what is answered, every answer signed |
//! | [`events`] | a batch of events: strict where the real platform is strict |
//! | [`kinds`] | the table of subjects and kinds, and what their bodies must hold |
//! | [`store`] | what was accepted, in order, in SQLite |
//! | [`faults`] | what goes wrong on purpose |
//! | [`mod@line`] | connections that can be cut in the midst of an answer |
//! | [`sample`] | a notice and a small catalogue, marked as samples |
//!
//! It is stricter than a platform need be, so that what passes here passes there. It is for trying out and for tests
//! on one machine: it speaks plain http, and its store holds what it was sent, unencrypted.

pub mod events;
pub mod faults;
pub mod kinds;
pub mod line;
pub mod sample;
pub mod server;
pub mod store;

#[cfg(test)]
mod tests;

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use crate::sandbox::faults::Faults;
use crate::sandbox::line::CuttableListener;
use crate::sandbox::server::Platform;
use crate::sandbox::store::{Store, StoreError};
use crate::uplink::key_file::{self, KeyFileError};
use crate::uplink::sign::{Algorithm, Keys};

/// The identity that SM2 hashes in, as profile `open` has it.
const SM2_USER_ID: &str = "1234567812345678";

/// The wall clock that the sandbox lives by, milliseconds since 1970.
pub type WallClock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Where and how to run.
#[derive(Clone)]
pub struct Options {
    /// The address to listen on; port 0 takes any free one.
    pub listen: SocketAddr,
    /// The folder of the store; made if it is missing.
    pub data: PathBuf,
    /// The shared secret, or the platform's own SM2 key as PEM: which of both decides the algorithm.
    pub key: PathBuf,
    /// The terminal's SM2 public key as PEM; needed with an SM2 key, and with no other.
    pub public_key: Option<PathBuf>,
    /// The wall clock.
    pub clock: WallClock,
}

/// The sandbox platform.
#[derive(Debug)]
pub struct Sandbox;

/// A sandbox at work. Dropping it ends it.
pub struct Running {
    address: SocketAddr,
    platform: Arc<Mutex<Platform>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Why the sandbox does not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// A key file is of no use.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// A public key was given beside a shared secret.
    #[error("{} holds a shared secret, so a public key has no use", key.display())]
    PublicKeyUnused {
        /// The key file.
        key: PathBuf,
    },
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {reason}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        reason: std::io::Error,
    },
    /// The system gives no thread or event queue.
    #[error("cannot start the server: {0}")]
    System(std::io::Error),
}

impl SandboxError {
    /// The next step.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Key(error) => error.advice(),
            Self::PublicKeyUnused { .. } => "leave --public-key away, or give an SM2 private key as --key",
            Self::Store(error) => error.advice(),
            Self::Listen { .. } => {
                "choose an address of this machine and a port that is free; port 0 takes any"
            }
            Self::System(_) => "free memory and processes, then start again",
        }
    }
}

impl Sandbox {
    /// Starts it in a thread of its own. When this returns, it listens.
    ///
    /// # Errors
    /// Any [`SandboxError`].
    pub fn start(options: Options) -> Result<Running, SandboxError> {
        let keys = keys(&options)?;
        let store = Store::open(&options.data)?;
        let listen = |reason| SandboxError::Listen { address: options.listen, reason };
        let listener = TcpListener::bind(options.listen).map_err(listen)?;
        listener.set_nonblocking(true).map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let platform = Arc::new(Mutex::new(Platform::new(keys, store, options.clock)));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .map_err(SandboxError::System)?;
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&platform);
        let body = move || {
            runtime.block_on(async move {
                // Stopping is abrupt on purpose: a platform that vanishes does not say goodbye either.
                tokio::select! {
                    () = serve(listener, served) => {}
                    _ = stopped => {}
                }
            });
        };
        let thread = std::thread::Builder::new()
            .name("sandbox".to_owned())
            .spawn(body)
            .map_err(SandboxError::System)?;
        Ok(Running { address, platform, stop: Some(stop), thread: Some(thread) })
    }
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sets what goes wrong from now on, as `PUT /sandbox/faults` does.
    pub fn set_faults(&self, faults: Faults) {
        self.platform.lock().unwrap_or_else(PoisonError::into_inner).set_faults(faults);
    }

    /// How many events it accepted since its store was made.
    ///
    /// # Errors
    /// [`StoreError`] if the store cannot be read.
    pub fn accepted(&self) -> Result<u64, StoreError> {
        self.platform.lock().unwrap_or_else(PoisonError::into_inner).accepted()
    }

    /// Cuts all connections and ends it. What it answered is in its store.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            log::warn!("the sandbox's thread had ended by a fault");
        }
    }
}

async fn serve(listener: TcpListener, platform: Arc<Mutex<Platform>>) {
    match CuttableListener::new(listener) {
        Ok(listener) => server::serve(listener, platform).await,
        Err(error) => log::error!("the sandbox cannot listen: {error}"),
    }
}

fn keys(options: &Options) -> Result<Keys, SandboxError> {
    let secret = key_file::read_secret(&options.key)?;
    let is_pem = secret.windows(10).any(|bytes| bytes == b"-----BEGIN");
    let algorithm = if is_pem { Algorithm::Sm2Sm3 } else { Algorithm::HmacSm3 };
    if algorithm == Algorithm::HmacSm3 && options.public_key.is_some() {
        return Err(SandboxError::PublicKeyUnused { key: options.key.clone() });
    }
    Ok(Keys::from_files(algorithm, &options.key, options.public_key.as_deref(), SM2_USER_ID)?)
}
