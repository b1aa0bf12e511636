//! Connections that can be cut after so many bytes of an answer, as a bad line would.
//!
//! The cut is made below HTTP: what was written before it arrives, nothing after it does.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// No cut is asked for.
const WHOLE: u64 = u64::MAX;

/// Accepts connections and gives each its [`Scissors`].
#[derive(Debug)]
pub struct CuttableListener(TcpListener);

/// Cuts one connection. Handlers get it beside the request.
#[derive(Clone, Debug)]
pub struct Scissors(Arc<AtomicU64>);

/// A connection that obeys its [`Scissors`].
#[derive(Debug)]
pub struct CuttableStream {
    stream: TcpStream,
    scissors: Scissors,
}

impl CuttableListener {
    /// Wraps a listener that is set to non-blocking; to be called within a runtime.
    ///
    /// # Errors
    /// The system's, if the runtime cannot watch the listener.
    pub fn new(listener: std::net::TcpListener) -> io::Result<Self> {
        TcpListener::from_std(listener).map(Self)
    }
}

impl Listener for CuttableListener {
    type Io = CuttableStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (CuttableStream, SocketAddr) {
        loop {
            match self.0.accept().await {
                Ok((stream, peer)) => {
                    // Answers are small: without this they would wait for an acknowledgement.
                    let _ = stream.set_nodelay(true);
                    let scissors = Scissors(Arc::new(AtomicU64::new(WHOLE)));
                    return (CuttableStream { stream, scissors }, peer);
                }
                Err(error) => {
                    // Too many open files, or a peer that was gone at once: the next attempt may do.
                    log::warn!("the sandbox could not accept a connection: {error}");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, CuttableListener>> for Scissors {
    fn connect_info(stream: IncomingStream<'_, CuttableListener>) -> Self {
        stream.io().scissors.clone()
    }
}

impl Scissors {
    /// Lets `bytes` more be written, head of the answer included, then breaks the connection.
    pub fn cut_after(&self, bytes: u64) {
        self.0.store(bytes, Ordering::Relaxed);
    }

    /// Lets everything be written.
    pub fn leave_whole(&self) {
        self.cut_after(WHOLE);
    }
}

impl AsyncRead for CuttableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for CuttableStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let left = self.scissors.0.load(Ordering::Relaxed);
        if left == WHOLE {
            return Pin::new(&mut self.stream).poll_write(context, bytes);
        }
        if left == 0 {
            return Poll::Ready(Err(io::Error::from(io::ErrorKind::ConnectionReset)));
        }
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        let allowed = bytes.get(..most).unwrap_or(bytes);
        let written = Pin::new(&mut self.stream).poll_write(context, allowed);
        if let Poll::Ready(Ok(count)) = &written {
            self.scissors.cut_after(left.saturating_sub(*count as u64));
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
