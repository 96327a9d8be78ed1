//! A server that runs while a test does, and a client of it.

use crate::cli::support::program;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::time::Duration;

/// A model that translates badly from English to French.
pub fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/format-3").join(name)
}

/// A server on a port of its own; it ends with the test.
pub struct Server {
    child: Child,
    stderr: BufReader<ChildStderr>,
    pub address: String,
}

/// A reply.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

impl Server {
    /// Starts a server of the model with further options.
    pub fn start(options: &[&str]) -> Self {
        let mut command = program();
        command.arg("serve").arg(format!("--model=en:fr={}", golden("model").display()));
        Self::start_command(command.args(options))
    }

    pub fn start_command(command: &mut Command) -> Self {
        #[expect(clippy::zombie_processes, reason = "the drop of `Server` waits")]
        let mut child = command.args(["--listen", "127.0.0.1:0"]).stderr(Stdio::piped()).spawn().expect("a server");
        let mut stderr = BufReader::new(child.stderr.take().expect("piped"));
        let mut lines = String::new();
        loop {
            let mut line = String::new();
            assert!(stderr.read_line(&mut line).expect("a line") > 0, "the server ended: {lines}");
            lines += &line;
            if let Some((_, rest)) = line.split_once("http://") {
                let address = rest.split('/').next().expect("an address").to_owned();
                return Self { child, stderr, address };
            }
        }
    }

    /// A connection on which a test sends what it likes.
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
        stream
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let mut stream = self.connect();
        send(&mut stream, &self.address, method, path, headers, body);
        receive(stream)
    }

    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], b"")
    }

    pub fn post(&self, path: &str, json: &Value) -> Reply {
        self.send("POST", path, &[("Content-Type", "application/json")], json.to_string().as_bytes())
    }

    pub fn form(&self, path: &str, form: &str) -> Reply {
        self.send("POST", path, &[("Content-Type", "application/x-www-form-urlencoded")], form.as_bytes())
    }

    /// Sends a signal, such as `-TERM`.
    pub fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().expect("kill");
        assert!(sent.success());
    }

    /// Waits for its end. Returns what it wrote to standard error.
    pub fn ended(mut self) -> (ExitStatus, String) {
        let mut log = String::new();
        self.stderr.read_to_string(&mut log).expect("UTF-8");
        (self.child.wait().expect("an exit status"), log)
    }

    /// Ends it. Returns what it wrote to standard error.
    pub fn stop(self) -> String {
        self.signal("-TERM");
        let (status, log) = self.ended();
        assert!(status.success(), "{log}");
        log
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn send(stream: &mut TcpStream, address: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n",
        body.len()
    );
    // A server that refuses a request may close the connection before it has read all of it.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}

pub fn receive(mut stream: TcpStream) -> Reply {
    let mut bytes = Vec::new();
    // The connection may be reset after the reply.
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8(bytes).expect("UTF-8");
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no reply: {text:?}"));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    Reply { status, head: head.to_owned(), body: body.to_owned() }
}
