//! Connections that can be cut in the middle, and that do not wait forever.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    time::{Instant, Sleep, sleep_until},
};

/// How long a silent connection is kept: longer than any call may work.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// Accepts connections that can be cut.
#[derive(Debug)]
pub struct Door(pub TcpListener);

/// A connection that can be cut.
#[derive(Debug)]
pub struct Line {
    stream: TcpStream,
    cut: Arc<AtomicBool>,
    patience: Pin<Box<Sleep>>,
}

/// Who called, and the scissors for the connection.
#[derive(Debug, Clone)]
pub struct Peer {
    /// Where the call came from.
    pub address: SocketAddr,
    cut: Arc<AtomicBool>,
}

impl Peer {
    /// Closes the connection before anything is answered on it.
    pub fn hang_up(&self) {
        self.cut.store(true, Ordering::SeqCst);
    }
}

impl Listener for Door {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        // Small answers must not wait for more; where that cannot be set they only come later.
        let _ = stream.set_nodelay(true);
        let patience = Box::pin(sleep_until(Instant::now() + PATIENCE));
        (Line { stream, cut: Arc::default(), patience }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, Door>> for Peer {
    fn connect_info(incoming: IncomingStream<'_, Door>) -> Peer {
        Peer { address: *incoming.remote_addr(), cut: Arc::clone(&incoming.io().cut) }
    }
}

impl Line {
    fn check(&self) -> io::Result<()> {
        if self.cut.load(Ordering::SeqCst) { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(()) }
    }

    fn rest(&mut self) {
        self.patience.as_mut().reset(Instant::now() + PATIENCE);
    }
}

impl AsyncRead for Line {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let line = self.get_mut();
        match Pin::new(&mut line.stream).poll_read(context, buffer) {
            Poll::Ready(result) => {
                line.rest();
                Poll::Ready(result)
            }
            Poll::Pending if line.patience.as_mut().poll(context).is_ready() => {
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncWrite for Line {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let line = self.get_mut();
        line.check()?;
        line.rest();
        Pin::new(&mut line.stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let line = self.get_mut();
        line.check()?;
        Pin::new(&mut line.stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
