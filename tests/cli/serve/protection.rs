//! Keys, limits, hostile clients, signals and wrong starts.

use super::client::{Server, golden, receive, send};
use super::{known, request};
use crate::cli::support::{Scratch, assert_says, program};
use serde_json::{Value, json};
use std::io::Write;
use std::time::{Duration, Instant};

#[test]
fn keys_and_limits_protect_the_server() {
    let scratch = Scratch::new();
    scratch.write("keys.txt", "# office\n0123456789abcdef\nfedcba9876543210 2\n");
    let keys = scratch.path("keys.txt");
    let keys = keys.to_str().expect("UTF-8");
    let server = Server::start(&["--api-keys", keys, "--texts-per-minute", "4"]);
    let with_key = |key: Value, q: Value| {
        let mut request = request(q);
        request["api_key"] = key;
        server.post("/translate", &request)
    };
    assert_eq!(with_key(json!(""), json!(["a.", "b.", "c."])).status, 200);
    let refused = with_key(Value::Null, json!(["a.", "b.", "c."]));
    assert_eq!(refused.status, 429, "a list costs as many requests as it has texts");
    assert_eq!(refused.header("retry-after"), Some("30"));
    assert_eq!(with_key(json!("0123456789abcdef"), json!("a.")).status, 200, "a key has its own limit");
    assert_eq!(with_key(json!("fedcba9876543210"), json!(["a.", "b.", "c."])).status, 400, "never possible");
    let wrong = with_key(json!("wrong"), json!("a."));
    assert_eq!((wrong.status, wrong.json()), (403, json!({"error": "Invalid API key"})));
    assert_eq!(server.get("/languages").status, 200, "needs no key");

    let server = Server::start(&["--api-keys", keys, "--require-api-key"]);
    let refused = server.post("/translate", &request("a."));
    assert_eq!(refused.status, 400);
    assert_says(&refused.body, &["Please contact the server operator to get an API key"]);
    let headers = [("Authorization", "Bearer 0123456789abcdef"), ("Content-Type", "application/json")];
    assert_eq!(server.send("POST", "/translate", &headers, request("a.").to_string().as_bytes()).status, 200);
}

#[test]
fn web_pages_of_other_origins_need_a_permission() {
    let origin = [("Origin", "https://example.org")];
    let server = Server::start(&[]);
    assert!(server.send("GET", "/languages", &origin, b"").header("access-control-allow-origin").is_none());
    let server = Server::start(&["--allow-origin", "https://example.org"]);
    let reply = server.send("GET", "/languages", &origin, b"");
    assert_eq!(reply.header("access-control-allow-origin"), Some("https://example.org"));
    let preflight = [("Origin", "https://example.org"), ("Access-Control-Request-Method", "POST")];
    assert_eq!(server.send("OPTIONS", "/translate", &preflight, b"").status, 200);
    let other = server.send("GET", "/languages", &[("Origin", "https://example.com")], b"");
    assert!(other.header("access-control-allow-origin").is_none());
}

#[test]
fn requests_in_flight_are_answered_after_sigterm() {
    let server = Server::start(&[]);
    let long = known().into_iter().map(|(source, _)| source).cycle().take(60).collect::<Vec<_>>();
    let mut streams: Vec<_> = (0..20).map(|_| server.connect()).collect();
    let body = request(long).to_string();
    let json = [("Content-Type", "application/json")];
    for stream in &mut streams {
        send(stream, &server.address, "POST", "/translate", &json, body.as_bytes());
    }
    server.signal("-TERM");
    for stream in streams {
        let reply = receive(stream);
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert_eq!(reply.json()["translatedText"].as_array().map(Vec::len), Some(60));
    }
    let (status, log) = server.ended();
    assert!(status.success(), "{log}");
    assert_says(&log, &["stopping", "stopped"]);
}

#[test]
fn slow_silent_and_vanished_clients_hold_nobody_up() {
    let server = Server::start(&[]);
    let mut open = Vec::new();
    for number in 0..200 {
        let mut stream = server.connect();
        let parts: [&[u8]; 4] = [
            b"POST /translate HTTP/1.1\r\nContent-Length: 1000\r\n\r\n{",
            b"GET / HT",
            b"\x00\xff\x16\x03\x01 nonsense\r\n\r\n",
            b"",
        ];
        let _ = stream.write_all(parts[number % 4]);
        open.push(stream);
    }
    for _ in 0..100 {
        let mut stream = server.connect();
        send(
            &mut stream,
            &server.address,
            "POST",
            "/translate",
            &[("Content-Type", "application/json")],
            request("The doctors are opening a letter.").to_string().as_bytes(),
        );
        drop(stream);
    }
    let started = Instant::now();
    assert_eq!(server.get("/health").status, 200);
    assert!(started.elapsed() < Duration::from_secs(5), "not after the slow clients");
    assert_eq!(server.post("/translate", &request("A dog.")).status, 200);
    drop(open);
    assert_eq!(server.get("/health").status, 200);
}

#[test]
fn a_wrong_start_says_what_to_do() {
    let server = Server::start(&[]);
    let model = golden("model");
    let model = model.display();
    for (arguments, code, parts) in [
        (
            format!("--model {model}"),
            1,
            vec!["the languages of this model are unknown; name them, for example --model de:en="],
        ),
        (format!("--model en:fr={model} --model en:fr={model}"), 1, vec!["two models translate from `en` to `fr`"]),
        (format!("--model en:fr={model} --listen {}", server.address), 1, vec!["another program uses this port"]),
        (format!("--model en:fr={model} --listen nowhere"), 1, vec!["an address and a port such as 127.0.0.1:5000"]),
        (format!("--model en:fr={model} --require-api-key"), 2, vec!["--api-keys"]),
        (format!("--model en:fr={model} --allow-origin example.org"), 2, vec!["https://example.org"]),
        ("--model en:fr=nowhere".to_owned(), 1, vec!["no model directory here"]),
    ] {
        let output = program().arg("serve").args(arguments.split(' ')).output().expect("the program starts");
        let stderr = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(output.status.code(), Some(code), "{arguments}: {stderr}");
        assert_says(&stderr, &parts);
    }
}

#[test]
fn a_log_has_every_request_and_no_text() {
    let server = Server::start(&["--log-format", "json"]);
    assert_eq!(server.post("/translate", &request("The xylophone.")).status, 200);
    assert_eq!(server.get("/secret-path").status, 404);
    let log = server.stop();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let request = lines.iter().find(|line| line["path"] == json!("/translate")).expect("the request");
    assert_eq!((&request["status"], &request["texts"], &request["characters"]), (&json!(200), &json!(1), &json!(14)));
    assert!(!log.contains("xylophone") && !log.contains("secret"), "{log}");
}
