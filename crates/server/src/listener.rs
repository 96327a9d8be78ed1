//! Connections: accepts them, limits how long they may be silent, and ends them gracefully.

use crate::settings::Settings;
use axum::Router;
use axum::body::Body;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::time::{sleep, timeout};
use tower::ServiceExt;

/// The time for the head of a request, and for the silence between two requests.
const HEAD_TIME: Duration = Duration::from_secs(20);

/// The age at which a connection ends after the request that it is in.
const LONGEST_CONNECTION: Duration = Duration::from_secs(600);

/// The time for requests that clients have sent, but the server has not read yet when it is told to stop.
const LAST_REQUESTS: Duration = Duration::from_millis(100);

/// The greatest size of the head of a request in bytes.
const HEAD_BYTES: usize = 64 << 10;

/// The pause after a connection cannot be accepted, for example because the process has no file handle left.
const PAUSE: Duration = Duration::from_millis(50);

/// The address of the client at the other end of the connection; an extension of every request.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// Answers requests until `stop` is ready; then finishes those that have been sent, for at most
/// [`Settings::stop_time`].
pub async fn listen(listener: TcpListener, router: Router, stop: impl Future<Output = ()>, settings: &Settings) {
    let (stopping, is_stopping) = watch::channel(false);
    // Each connection holds a sender: the channel closes when all have ended.
    let (open, mut all_ended) = mpsc::channel::<Infallible>(1);
    let places = Arc::new(Semaphore::new(settings.max_connections.clamp(1, Semaphore::MAX_PERMITS)));
    let start = |stream: TcpStream, peer: SocketAddr| {
        let (router, is_stopping, open) = (router.clone(), is_stopping.clone(), open.clone());
        async move {
            converse(stream, peer, router, is_stopping).await;
            drop(open);
        }
    };
    let mut stop = pin!(stop);
    loop {
        let place = tokio::select! {
            place = Arc::clone(&places).acquire_owned() => place,
            () = &mut stop => break,
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let conversation = start(stream, peer);
                tokio::spawn(async move {
                    conversation.await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection cannot be accepted");
                sleep(PAUSE).await;
            }
        }
    }
    // Connections that the system has accepted already.
    while let Ok(Ok((stream, peer))) = timeout(Duration::from_millis(1), listener.accept()).await {
        tokio::spawn(start(stream, peer));
    }
    drop(listener);
    let _ = stopping.send(true);
    drop((is_stopping, open));
    if timeout(settings.stop_time, all_ended.recv()).await.is_err() {
        tracing::warn!(seconds = settings.stop_time.as_secs(), "stopped with unfinished requests");
    }
}

/// Answers the requests of one connection.
async fn converse(stream: TcpStream, peer: SocketAddr, router: Router, mut is_stopping: watch::Receiver<bool>) {
    // Small answers are sent at once.
    let _ = stream.set_nodelay(true);
    let answer = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer.ip().to_canonical()));
        router.clone().oneshot(request)
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).max_buf_size(HEAD_BYTES).half_close(false);
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), answer));
    let ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        () = sleep(LONGEST_CONNECTION) => None,
        _ = is_stopping.wait_for(|is_stopping| *is_stopping) => None,
    };
    let ended = match ended {
        Some(ended) => ended,
        None => {
            let ended = timeout(LAST_REQUESTS, connection.as_mut()).await;
            match ended {
                Ok(ended) => ended,
                Err(_) => {
                    connection.as_mut().graceful_shutdown();
                    timeout(LONGEST_CONNECTION, connection).await.unwrap_or(Ok(()))
                }
            }
        }
    };
    // A client that has gone, or sends no HTTP: nothing that the operator could change.
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}
