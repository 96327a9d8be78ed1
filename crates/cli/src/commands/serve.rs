//! `glosser serve`: answers translation requests over HTTP, with a page to translate as you type.

use crate::arguments::{MODEL_VARIABLE, above_zero, at_least_one, from_one_to, wrong_usage};
use crate::internal_error;
use crate::interrupt;
use crate::output::{is_quiet, note, say};
use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use glosser_server::{ApiKeys, ModelArgument, Server, Settings};
use glosser_translator::Models;
use std::fs;
use std::io::{ErrorKind, IsTerminal, stderr};
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tracing::Level;

/// The number of files that the process may have open, if the system allows it.
const OPEN_FILES: u64 = 4096;

/// The number of files that most systems allow.
const USUAL_OPEN_FILES: u64 = 1024;

/// The open files besides connections.
const OTHER_FILES: u64 = 64;

/// Help of `--allow-origin`; an address in a comment would be documentation without a link.
const ORIGIN_HELP: &str = "An origin whose web pages may use the server; `*` is every one; repeat it for several \
                           [example: --allow-origin https://example.org]";

/// Serve translations over HTTP, like LibreTranslate, and a page with alignments
///
/// Existing clients of LibreTranslate work with it. A page at the address translates as you type and shows which words
/// made which. Nothing is stored, no text is logged, and nothing is loaded from elsewhere. A model of both directions
/// (`train --both-directions`) serves both. SIGTERM or Ctrl-C ends the server when the requests in flight are answered.
#[derive(Args)]
#[command(after_help = "\
Examples:
  glosser serve --model de-en
  glosser serve --model de-en --model de:fr=models/german-french --listen 0.0.0.0:5000
  glosser serve --model de-en --api-keys keys.txt --require-api-key --log-format json
  curl -d q='Ein Hund läuft.' -d source=de -d target=en http://127.0.0.1:5000/translate")]
pub struct ServeArgs {
    /// Directory of a model, perhaps with its languages before it; repeat it for several models [example: --model
    /// de:en=my-model]
    #[arg(
        id = "model", short, long, value_name = "[S:T=]DIR", required = true, env = MODEL_VARIABLE,
        hide_env_values = true
    )]
    pub models: Vec<ModelArgument>,

    /// Address and port; 0.0.0.0 is every network of this machine [example: --listen 0.0.0.0:5000]
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:5000")]
    pub listen: String,

    /// Number of hypotheses in the beam: 1 is greedy search; more is slower and usually better [example: --beam-size 1]
    #[arg(long, value_name = "N", default_value = "5", value_parser = from_one_to::<100>)]
    pub beam_size: usize,

    /// A file with the keys of clients, one per line, each perhaps followed by its number of texts per minute [example:
    /// --api-keys keys.txt]
    #[arg(long, value_name = "FILE")]
    pub api_keys: Option<PathBuf>,

    /// Refuse requests without a key
    #[arg(long, requires = "api_keys")]
    pub require_api_key: bool,

    /// Number of texts that a client without a key may send per minute [default: no limit; example: --texts-per-minute
    /// 100]
    #[arg(long, value_name = "N", value_parser = from_one_to::<1_000_000>)]
    pub texts_per_minute: Option<usize>,

    /// Maximum number of characters of a text [example: --max-characters 2000]
    #[arg(long, value_name = "N", default_value = "20000", value_parser = at_least_one)]
    pub max_characters: usize,

    /// Maximum number of texts of a request [example: --max-texts 50]
    #[arg(long, value_name = "N", default_value = "1000", value_parser = at_least_one)]
    pub max_texts: usize,

    /// Maximum time of a request in seconds; files have no limit [example: --timeout 20]
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = above_zero)]
    pub timeout: f64,

    #[arg(long, value_name = "ORIGIN", value_parser = origin, help = ORIGIN_HELP)]
    pub allow_origin: Vec<String>,

    /// Take the address of a client from the headers X-Forwarded-For, -Host and -Proto, which a proxy on the way must set
    #[arg(long)]
    pub behind_proxy: bool,

    /// Format of the log on standard error [default: text; example: --log-format json]
    #[arg(long, value_name = "FORMAT", default_value = "text", hide_default_value = true)]
    pub log_format: LogFormat,
}

/// The formats of the log.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// A line for people
    Text,
    /// JSON Lines: one JSON object per line
    Json,
}

/// Loads the models and answers requests until a signal comes.
pub fn run(args: ServeArgs) -> Result<()> {
    let mut settings = settings(&args)?;
    let mut models = Vec::new();
    for model in &args.models {
        models.extend(model.load()?);
    }
    let models = Models::new(models, args.beam_size)?;
    let pairs: Vec<String> = models.all().iter().map(|model| model.languages.to_string()).collect();
    let listener = bind(&args.listen)?;
    let address = listener.local_addr().context("the address of the server is unknown")?;
    start_log(args.log_format);
    // Each connection is an open file, and the usual limit of a process is 1024.
    let files = rlimit::increase_nofile_limit(OPEN_FILES).unwrap_or(USUAL_OPEN_FILES);
    settings.max_connections = files.saturating_sub(OTHER_FILES).try_into().unwrap_or(usize::MAX);
    internal_error::go_on_after_panics();
    let signal = Arc::new(Notify::new());
    let stop = Arc::clone(&signal);
    interrupt::notify_at_signal(move || signal.notify_one())?;
    announce(&args, &settings, &pairs.join(", "), address);
    let stop = async move {
        stop.notified().await;
        tracing::info!("stopping: answering the requests in flight");
    };
    Server::new(models, settings).run(listener, stop).context("the server cannot go on")?;
    tracing::info!("stopped");
    Ok(())
}

/// Says where the server is, in the format of the log.
fn announce(args: &ServeArgs, settings: &Settings, pairs: &str, address: SocketAddr) {
    let serving = format!("serving {pairs} at http://{address}/");
    let open = "everyone who reaches this address can use the server; --api-keys with --require-api-key asks for a key";
    let is_open = !address.ip().is_loopback() && !settings.requires_key;
    if args.log_format == LogFormat::Json {
        tracing::info!("{serving}");
        is_open.then(|| tracing::warn!("{open}"));
    } else {
        say(&format!("{serving} (Ctrl-C ends it)"));
        is_open.then(|| note(open));
    }
}

fn settings(args: &ServeArgs) -> Result<Settings> {
    let keys = args.api_keys.as_ref().map(|path| {
        let text = fs::read_to_string(path).with_context(|| format!("{}: cannot be read", path.display()))?;
        let keys = ApiKeys::parse(&text).with_context(|| path.display().to_string())?;
        if keys.is_empty() {
            return Err(wrong_usage(format!("{}: there is no key in this file; write one per line", path.display())));
        }
        Ok(keys)
    });
    Ok(Settings {
        beam_size: args.beam_size,
        max_characters: args.max_characters,
        max_texts: args.max_texts,
        request_time: Duration::try_from_secs_f64(args.timeout).context("--timeout is too long")?,
        keys: keys.transpose()?.unwrap_or_default(),
        requires_key: args.require_api_key,
        texts_per_minute: args.texts_per_minute.and_then(|limit| u32::try_from(limit).ok()),
        allowed_origins: args.allow_origin.clone(),
        is_behind_proxy: args.behind_proxy,
        ..Settings::default()
    })
}

/// Opens the address for connections.
fn bind(address: &str) -> Result<TcpListener> {
    let what = || format!("--listen {address}: an address and a port such as 127.0.0.1:5000 are needed");
    let addresses: Vec<SocketAddr> = address.to_socket_addrs().with_context(what)?.collect();
    TcpListener::bind(&addresses[..]).map_err(|error| {
        let cause = match error.kind() {
            ErrorKind::AddrInUse => "another program uses this port; try another one",
            ErrorKind::AddrNotAvailable => "this machine does not have this address; 0.0.0.0 is every one that it has",
            ErrorKind::PermissionDenied => "only root may use ports below 1024; try 5000",
            _ => "it cannot be used",
        };
        anyhow::Error::new(error).context(format!("--listen {address}: {cause}"))
    })
}

/// Checks an origin as browsers send it.
fn origin(text: &str) -> Result<String, String> {
    let is_origin = |rest: &str| !rest.is_empty() && !rest.contains(['/', ' ']);
    let rest = text.strip_prefix("https://").or(text.strip_prefix("http://"));
    if text == "*" || rest.is_some_and(is_origin) {
        return Ok(text.to_owned());
    }
    Err("give `*`, or a scheme and a host without a path, such as https://example.org".to_owned())
}

/// Writes events to standard error; with --quiet only faults.
fn start_log(format: LogFormat) {
    let level = if is_quiet() { Level::ERROR } else { Level::INFO };
    let log = tracing_subscriber::fmt().with_max_level(level).with_writer(stderr).with_target(false);
    match format {
        LogFormat::Text => log.with_ansi(stderr().is_terminal()).compact().init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
}
