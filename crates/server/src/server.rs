//! The server as a whole: its state, its paths, and what holds for all requests.

use crate::admission::{Admission, Client};
use crate::error::ApiError;
use crate::listener::listen;
use crate::metrics::Metrics;
use crate::queue::{self, Queue, Search};
use crate::received::ReceivedBytes;
use crate::routes::files::{self, KeptFiles};
use crate::routes::{TextWork, information, interactive, page, translate};
use crate::settings::Settings;
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use glosser_translator::{LineTranslation, Models};
use std::any::Any;
use std::future::Future;
use std::io;
use std::net::TcpListener;
use std::ops::Range;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, Any as AnyOrigin, CorsLayer};
use tower_http::set_header::SetResponseHeaderLayer;

/// The number of files that are translated at the same time.
const FILES_AT_ONCE: usize = 4;

/// The number of bytes of a text that takes milliseconds to be read or written.
const LONG_TEXT: usize = 32 << 10;

/// When a client may try again after its request was given up.
pub(crate) const RETRY_AFTER: Duration = Duration::from_secs(10);

/// What all requests share.
pub struct Server {
    pub(crate) models: Arc<Models>,
    pub(crate) queue: Queue<LineTranslation>,
    pub(crate) admission: Admission,
    pub(crate) settings: Settings,
    pub(crate) metrics: Metrics,
    pub(crate) received: ReceivedBytes,
    pub(crate) files: KeptFiles,
    pub(crate) file_places: Semaphore,
}

pub(crate) type Shared = Arc<Server>;

impl Server {
    /// A server of some models.
    pub fn new(models: Models, settings: Settings) -> Self {
        Self {
            models: Arc::new(models),
            queue: Queue::new(settings.max_waiting_bytes),
            admission: Admission::new(&settings),
            metrics: Metrics::new(),
            received: ReceivedBytes::default(),
            files: KeptFiles::default(),
            file_places: Semaphore::new(FILES_AT_ONCE),
            settings,
        }
    }

    /// Answers requests until `stop` is ready, and then those in flight. Translates on the thread that calls it, and on
    /// the threads of its pool.
    ///
    /// # Errors
    /// If the system gives no threads, or the listener is no socket.
    pub fn run(self, listener: TcpListener, stop: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
        listener.set_nonblocking(true)?;
        let server = Arc::new(self);
        let connections = Arc::clone(&server);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let answering = thread::Builder::new().name("connections".to_owned()).spawn(move || {
            let stopped = runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener)?;
                let router = router(Arc::clone(&connections));
                listen(listener, router, stop, &connections.settings).await;
                Ok(())
            });
            connections.queue.stop();
            stopped
        })?;
        server.queue.work(&*server.models);
        answering.join().unwrap_or_else(|_| Err(io::Error::other("a fault of the program")))
    }

    /// Translates lines with a model. Their [parts](glosser_translator::Translator::parts) wait in the queue one by one,
    /// so that a long line lets others have their turn.
    pub(crate) async fn translate_lines(
        &self,
        search: Search,
        lines: &[String],
        admission: queue::Admission,
    ) -> Result<Vec<LineTranslation>, ApiError> {
        let translator = &self.models.all()[search.model].translator;
        let bytes = lines.iter().map(String::len).sum();
        let (ranges, parts) = computed(bytes, || {
            let ranges: Vec<Vec<Range<usize>>> = lines.iter().map(|line| translator.parts(line)).collect();
            let of_line = |(line, ranges): (&String, &Vec<Range<usize>>)| -> Vec<String> {
                ranges.iter().map(|range| line[range.clone()].to_owned()).collect()
            };
            let parts = lines.iter().zip(&ranges).flat_map(of_line).collect();
            (ranges, parts)
        });
        let mut found = self.queue.translate(search, parts, admission).await?.into_iter();
        let joined = lines.iter().zip(ranges).map(|(line, ranges)| {
            let parts = ranges.into_iter().zip(found.by_ref()).collect();
            LineTranslation::joined(line, parts)
        });
        Ok(joined.collect())
    }

    /// Who sends a request.
    pub(crate) fn client(&self, request: &Request<Body>) -> Client {
        Client::new(request.headers(), request.extensions(), self.settings.is_behind_proxy)
    }

    /// The error of a request that took too long: others came before it, or it is too long itself.
    pub(crate) fn given_up(&self) -> ApiError {
        // Its own rest is still there.
        match self.queue.load().requests {
            0 | 1 => ApiError::TakesTooLong(self.settings.request_time),
            _ => ApiError::Busy { retry_after: RETRY_AFTER },
        }
    }

    /// Checks the number of texts and of their characters.
    pub(crate) fn check_sizes(&self, texts: &[String]) -> Result<(), ApiError> {
        let too_many = |found: usize, most: usize| {
            Err(ApiError::Invalid(format!("request ({found}) exceeds text limit ({most})")))
        };
        if texts.len() > self.settings.max_texts {
            return too_many(texts.len(), self.settings.max_texts);
        }
        let most = self.settings.max_characters;
        // A text has at most as many characters as bytes.
        let long = texts.iter().filter(|text| text.len() > most).map(|text| text.chars().count()).max();
        long.filter(|found| *found > most).map_or(Ok(()), |found| too_many(found, most))
    }

    /// The address by which the client reached the server.
    pub(crate) fn base_url(&self, headers: &HeaderMap) -> String {
        let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let trusted = |name: &str| value(name).filter(|_| self.settings.is_behind_proxy);
        let host = trusted("x-forwarded-host").or(value("host")).unwrap_or("localhost");
        format!("{}://{host}", trusted("x-forwarded-proto").unwrap_or("http"))
    }
}

/// All paths, with what holds for every request.
pub fn router(server: Shared) -> Router {
    let header = |name, value| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    let router = Router::new()
        .route("/", get(page::markup))
        .route("/translator.css", get(page::style))
        .route("/translator.js", get(page::script))
        .route("/translate", post(translate::translate))
        .route("/complete", post(interactive::complete))
        .route("/choices", post(interactive::choices))
        .route("/translate_file", post(files::translate_file))
        .route("/download_file/{file}", get(files::download_file))
        .route("/languages", get(information::languages))
        .route("/detect", post(information::detect))
        .route("/health", get(information::health))
        .route("/frontend/settings", get(information::frontend_settings))
        .route("/suggest", post(information::suggest))
        .route("/metrics", get(information::metrics))
        .route("/spec", get(information::spec))
        .fallback(async || ApiError::NotFound("there is nothing at this path; /spec lists all paths"))
        .method_not_allowed_fallback(async || ApiError::WrongMethod)
        // Each path limits its body itself.
        .layer(DefaultBodyLimit::disable())
        .layer(CatchPanicLayer::custom(|_: Box<dyn Any + Send>| ApiError::Internal.into_response()))
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(HeaderName::from_static("cross-origin-resource-policy"), "same-origin"))
        .layer(from_fn_with_state(Arc::clone(&server), observed));
    let origins = &server.settings.allowed_origins;
    let router = if origins.is_empty() { router } else { router.layer(cors(origins)) };
    router.with_state(server)
}

/// Lets web pages of other origins use the server.
fn cors(origins: &[String]) -> CorsLayer {
    let allowed = match origins.iter().any(|origin| origin == "*") {
        true => AllowOrigin::from(AnyOrigin),
        false => AllowOrigin::list(origins.iter().filter_map(|origin| origin.parse().ok())),
    };
    CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
        .expose_headers([header::RETRY_AFTER])
        .max_age(Duration::from_secs(24 * 60 * 60))
}

/// The status in logs and metrics of a request whose client has gone before the reply, as nginx counts it.
const CLIENT_GONE: u16 = 499;

/// A request that is counted and logged at its end, without its text.
struct Observed {
    server: Shared,
    method: Method,
    path: String,
    started: Instant,
    status: u16,
    work: Option<TextWork>,
}

impl Drop for Observed {
    fn drop(&mut self) {
        let Self { server, method, path, started, status, work } = self;
        let duration = started.elapsed();
        server.metrics.count(path, *status, duration, *work);
        let TextWork { texts, characters } = work.unwrap_or_default();
        let milliseconds = (duration.as_secs_f64() * 10_000.0).round() / 10.0;
        if *status == StatusCode::INTERNAL_SERVER_ERROR.as_u16() {
            tracing::error!(%method, path, status, milliseconds, texts, characters, "request");
        } else {
            tracing::info!(%method, path, status, milliseconds, texts, characters, "request");
        }
    }
}

/// Observes a request. If the client goes, the future is dropped.
async fn observed(State(server): State<Shared>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    // The path of the route: what a client invents must not become a label.
    let path = request.extensions().get::<MatchedPath>().map_or("other", |path| path.as_str()).to_owned();
    let mut observed = Observed { server, method, path, started: Instant::now(), status: CLIENT_GONE, work: None };
    let response = next.run(request).await;
    observed.status = response.status().as_u16();
    observed.work = response.extensions().get::<TextWork>().copied();
    response
}

/// Runs a computation over a text; a long one lets other requests have another thread meanwhile.
pub(crate) fn computed<T>(bytes: usize, compute: impl FnOnce() -> T) -> T {
    if bytes < LONG_TEXT { compute() } else { tokio::task::block_in_place(compute) }
}
