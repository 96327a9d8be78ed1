//! The server, as its clients see it.
#![cfg(unix)]

mod client;
mod protection;

use self::client::{Server, golden};
use crate::cli::support::{assert_says, program};
use serde_json::{Value, json};
use std::fs;
use std::thread;

/// The sentences of the golden model, and its translations.
pub fn known() -> Vec<(String, String)> {
    let text = fs::read_to_string(golden("model.jsonl")).expect("the golden translations");
    let records = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let text = |record: &Value, key: &str| record[key].as_str().expect("text").to_owned();
    records.map(|record| (text(&record, "source"), text(&record, "translation"))).collect()
}

pub fn request(q: impl Into<Value>) -> Value {
    json!({"q": q.into(), "source": "en", "target": "fr"})
}

#[test]
fn json_forms_and_query_strings_give_the_translations_of_the_command_line() {
    let server = Server::start(&[]);
    let (source, translation) = known().swap_remove(1);
    let encoded = source.replace(' ', "+");
    for reply in [
        server.post("/translate", &request(source.as_str())),
        server.form("/translate", &format!("q={encoded}&source=en&target=fr&api_key=")),
        server.send("POST", &format!("/translate?q={encoded}&source=EN&target=fr"), &[], b""),
    ] {
        assert_eq!((reply.status, reply.json()), (200, json!({"translatedText": translation})));
    }
    let (sources, translations): (Vec<String>, Vec<String>) = known().into_iter().unzip();
    let reply = server.post("/translate", &request(sources.clone()));
    assert_eq!(reply.json(), json!({"translatedText": translations}), "a list, with its blank line");
    let lines = server.post("/translate", &request(format!("  {}\r\n\n\t{}\n", sources[0], sources[1])));
    let expected = format!("  {}\r\n\n\t{}\n", translations[0], translations[1]);
    assert_eq!(lines.json()["translatedText"], json!(expected), "lines and the white space around them stay");
    assert_eq!(
        server.post("/translate", &request(json!(["A dog."]))).json()["translatedText"].as_array().map(Vec::len),
        Some(1)
    );
}

#[test]
fn requests_at_the_same_time_give_the_same_translations_as_alone() {
    let server = Server::start(&[]);
    let known = known();
    thread::scope(|scope| {
        for first in 0..16 {
            let (server, known) = (&server, &known);
            scope.spawn(move || {
                for at in 0..4 {
                    let own: Vec<_> =
                        known.iter().cycle().skip(first * 2 + at * 7).take(1 + (first + at) % 5).collect();
                    let sources: Vec<&str> = own.iter().map(|(source, _)| source.as_str()).collect();
                    let reply = server.post("/translate", &request(sources)).json();
                    let expected: Vec<&str> = own.iter().map(|(_, translation)| translation.as_str()).collect();
                    assert_eq!(reply["translatedText"], json!(expected));
                }
            });
        }
    });
}

#[test]
fn the_alignment_has_words_links_and_weights_as_json_lines_have() {
    let server = Server::start(&[]);
    let line = fs::read_to_string(golden("model.jsonl")).expect("the golden translations");
    let expected: Value = serde_json::from_str(line.lines().next().expect("a line")).expect("JSON");
    let source = expected["source"].as_str().expect("text");
    let mut asked = request(format!("One.\n {source}"));
    asked["alignment"] = json!(true);
    asked["alternatives"] = json!(2);
    let reply = server.post("/translate", &asked).json();
    let text = reply["translatedText"].as_str().expect("text");
    let sentences = reply["alignment"]["sentences"].as_array().expect("sentences");
    assert_eq!(sentences.len(), 2);
    for key in ["source", "translation", "source_words", "source_offsets", "target_words", "target_offsets", "links"] {
        assert_eq!(sentences[1][key], expected[key], "{key}");
    }
    assert_eq!(sentences[1]["weights"].as_array().map(Vec::len), expected["target_words"].as_array().map(Vec::len));
    assert_eq!(sentences[1]["source_start"], json!(6));
    let start = sentences[1]["target_start"].as_u64().expect("a number") as usize;
    let from_start: String = text.chars().skip(start).collect();
    assert_eq!(json!(from_start), expected["translation"]);
    let words = sentences[1]["word_log_probs"].as_array().expect("numbers");
    assert_eq!(words.len(), expected["target_words"].as_array().map_or(0, Vec::len));
    assert_eq!(reply["alternatives"].as_array().map(Vec::len), Some(2));
}

#[test]
fn faults_of_a_request_have_the_status_and_the_text_that_clients_know() {
    let server = Server::start(&["--max-characters", "400", "--max-texts", "3"]);
    let with = |key: &str, value: Value| {
        let mut request = request("A dog.");
        request[key] = value;
        request
    };
    for (request, status, text) in [
        (with("q", Value::Null), 400, "Invalid request: missing q parameter"),
        (with("q", json!([])), 400, "Invalid request: missing q parameter"),
        (with("q", json!(5)), 400, "Invalid request: q parameter is not a text or a list of texts"),
        (with("source", json!("")), 400, "Invalid request: missing source parameter"),
        (with("target", Value::Null), 400, "Invalid request: missing target parameter"),
        (with("source", json!("xx")), 400, "xx is not supported"),
        (with("target", json!("yy")), 400, "yy is not supported"),
        (
            json!({"q": "Un chien.", "source": "fr", "target": "en"}),
            400,
            "English (en) is not available as a target language from French (fr)",
        ),
        (with("format", json!("xml")), 400, "xml format is not supported"),
        (with("alternatives", json!("x")), 400, "Invalid request: alternatives parameter is not a number"),
        (with("alternatives", json!(99)), 400, "Invalid request: alternatives parameter must be <= 10"),
        (with("q", json!(["a", "b", "c", "d"])), 400, "Invalid request: request (4) exceeds text limit (3)"),
        (with("q", json!("ä".repeat(401))), 400, "Invalid request: request (401) exceeds text limit (400)"),
    ] {
        let reply = server.post("/translate", &request);
        assert_eq!((reply.status, reply.json()), (status, json!({"error": text})), "{request}");
    }
    assert_eq!(server.post("/translate", &with("q", json!("ä".repeat(400)))).status, 200);
    for (method, path, status) in [
        ("GET", "/translate", 405),
        ("POST", "/languages", 405),
        ("GET", "/nothing", 404),
        ("POST", "/suggest", 403),
        ("GET", "/download_file/..%2f..%2fetc", 404),
    ] {
        let reply = server.send(method, path, &[], b"");
        assert_eq!(reply.status, status, "{method} {path}");
        assert!(reply.json()["error"].is_string(), "{method} {path}");
        assert_eq!(reply.header("allow").is_some(), status == 405, "{}", reply.head);
    }
    let large = server.send("POST", "/translate", &[("Content-Type", "text/plain")], &vec![b'a'; 3 << 20]);
    assert_eq!(large.status, 413);
    assert_eq!(server.send("POST", "/translate", &[("Content-Type", "application/json")], b"{").status, 400);
}

#[test]
fn the_same_language_and_text_without_letters_come_back_unchanged() {
    let server = Server::start(&[]);
    let same = json!({"q": ["A dog.", " "], "source": "en", "target": "en"});
    assert_eq!(server.post("/translate", &same).json()["translatedText"], json!(["A dog.", " "]));
    let signs = json!({"q": ["12 + 3", "", "\n\n", "😀"], "source": "fr", "target": "en"});
    let aligned = json!({"q": "A dog.", "source": "en", "target": "en", "alignment": true});
    assert_eq!(server.post("/translate", &aligned).json()["alignment"], json!({"sentences": []}));
    assert_eq!(server.post("/translate", &signs).json()["translatedText"], json!(["12 + 3", "", "\n\n", "😀"]));
}

#[test]
fn what_the_server_has_is_listed_for_clients_and_monitors() {
    let server = Server::start(&[]);
    let languages = json!([
        {"code": "en", "name": "English", "targets": ["en", "fr"]},
        {"code": "fr", "name": "French", "targets": ["fr"]},
    ]);
    assert_eq!(server.get("/languages").json(), languages);
    let empty = server.send("GET", "/languages", &[("Content-Type", "application/x-www-form-urlencoded")], b"");
    assert_eq!(empty.json(), languages, "clients send an empty body");
    assert_eq!(server.get("/health").json(), json!({"status": "ok"}));
    assert_eq!(server.send("HEAD", "/health", &[], b"").status, 200);
    let settings = server.get("/frontend/settings").json();
    for key in ["apiKeys", "charLimit", "filesTranslation", "frontendTimeout", "keyRequired", "language", "suggestions"]
    {
        assert!(settings.get(key).is_some(), "{key}");
    }
    assert_eq!(settings["language"]["target"], json!({"code": "fr", "name": "French"}));
    let detected = server.form("/detect", "q=The+old+doctor+is+opening+a+letter.").json();
    assert_eq!(detected[0]["language"], json!("en"));
    let detected = server.post("/translate", &json!({"q": ["The doctor."], "source": "auto", "target": "fr"})).json();
    assert_eq!(detected["detectedLanguage"][0]["language"], json!("en"));
    let spec = server.get("/spec").json();
    for path in ["/translate", "/detect", "/languages", "/complete", "/choices", "/translate_file", "/health"] {
        assert!(spec["paths"].get(path).is_some(), "{path}");
    }
    let metrics = server.get("/metrics").body;
    assert_says(
        &metrics,
        &["glosser_http_requests_total{path=\"/languages\",status=\"200\"} 2", "glosser_texts_total 2"],
    );
}

#[test]
fn html_keeps_its_tags_and_its_text_is_translated_as_a_whole() {
    let server = Server::start(&[]);
    let mut asked =
        request("<p>The <b>doctors</b> are opening a <a href=\"/x\">letter</a>.</p><p translate=\"no\">No.</p>");
    asked["format"] = json!("html");
    let reply = server.post("/translate", &asked).json();
    let text = reply["translatedText"].as_str().expect("text");
    for part in ["<p>", "<b>", "</b>", "<a href=\"/x\">", "</a>", "<p translate=\"no\">No.</p>"] {
        assert_eq!(text.matches(part).count(), 1, "{text}");
    }
    let plain: String = text.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect();
    let whole = server.post("/translate", &request("The doctors are opening a letter.")).json();
    assert_eq!(json!(plain.trim_end_matches("No.")), whole["translatedText"], "as without tags");
}

#[test]
fn a_file_is_translated_and_can_be_fetched() {
    let server = Server::start(&[]);
    let (source, translation) = known().swap_remove(1);
    let upload = |name: &str, content: &str| {
        let field = |name: &str, value: &str| {
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let file =
            format!("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{content}\r\n");
        let body = format!("{}{}{file}--x--\r\n", field("source", "auto"), field("target", "fr"));
        server.send("POST", "/translate_file", &[("Content-Type", "multipart/form-data; boundary=x")], body.as_bytes())
    };
    for (name, content, expected) in [
        ("a.txt", format!("{source}\n\n"), format!("{translation}\n\n")),
        ("a.tsv", format!("{source}\t7\n"), format!("{source}\t7\t{translation}\n")),
        (
            "a.srt",
            format!("1\n00:00:01,000 --> 00:00:02,000\n{source}\n"),
            format!("1\n00:00:01,000 --> 00:00:02,000\n{translation}\n"),
        ),
        ("a.html", format!("<p>{source}</p>"), format!("<p>{translation}</p>")),
    ] {
        let reply = upload(name, &content).json();
        let url = reply["translatedFileUrl"].as_str().unwrap_or_else(|| panic!("{reply}"));
        let path = url.strip_prefix(&format!("http://{}", server.address)).expect("the address of the request");
        let file = server.get(path);
        assert_eq!((file.status, file.body.as_str()), (200, expected.as_str()), "{name}");
        let disposition = file.header("content-disposition").expect("a name");
        assert_eq!(disposition, format!("attachment; filename=a_fr.{}", &name[2..]));
    }
    for (name, content) in [("a.docx", "x"), ("", "x"), ("a.srt", "no subtitle")] {
        let reply = upload(name, content);
        assert_eq!(reply.status, 400, "{name}: {}", reply.body);
    }
}

#[test]
fn a_beginning_is_completed_and_its_next_words_can_be_chosen() {
    let server = Server::start(&[]);
    let (source, translation) = known().swap_remove(1);
    let words: Vec<&str> = translation.split(' ').collect();
    let asked = |beginning: &str| json!({"q": source, "source": "en", "target": "fr", "beginning": beginning});
    let completed = server.post("/complete", &asked("Une autre p")).json();
    let text = completed["sentence"]["translation"].as_str().unwrap_or_else(|| panic!("{completed}"));
    assert!(text.starts_with("Une autre p"), "{text}");
    assert_eq!(server.post("/complete", &asked("")).json()["sentence"]["translation"], json!(translation));
    let choices = server.post("/choices", &asked(&format!("{} ", words[0]))).json();
    let choices = choices["choices"].as_array().expect("choices");
    assert!(choices.iter().any(|choice| choice["word"] == json!("grand")), "{choices:?}");
    for choice in choices {
        let probability = choice["probability"].as_f64().expect("a number");
        assert!((0.0..=1.0).contains(&probability), "{choice}");
        assert!(choice["translation"].as_str().is_some_and(|text| text.starts_with(words[0])), "{choice}");
    }
}

#[test]
fn the_page_loads_nothing_from_elsewhere() {
    let server = Server::start(&[]);
    let page = server.get("/");
    assert_eq!(page.status, 200);
    assert_says(
        page.header("content-security-policy").unwrap_or_default(),
        &["default-src 'none'", "script-src 'self'"],
    );
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    for part in page.body.split(['"', '\'']).filter(|part| part.starts_with("http")) {
        assert!(part.starts_with("http://www.w3.org/"), "{part}");
    }
    for (path, kind) in [("/translator.js", "text/javascript"), ("/translator.css", "text/css")] {
        assert!(page.body.contains(path.trim_start_matches('/')), "{path}");
        let file = server.get(path);
        assert_eq!(file.status, 200, "{path}");
        assert!(file.header("content-type").is_some_and(|found| found.starts_with(kind)), "{path}");
    }
}

#[test]
fn a_line_of_several_sentences_is_translated_as_on_the_command_line() {
    let server = Server::start(&[]);
    let line = "The actress was poor. Paul lives in the castle, e.g. with Mr. Smith.   Who is going to wake up?";
    let model = golden("model");
    let mut command = program();
    let output = command.arg("translate").arg("--model").arg(model).arg(line).output().expect("the program starts");
    let expected = String::from_utf8(output.stdout).expect("UTF-8");
    let reply = server.post("/translate", &request(line)).json();
    assert_eq!(reply["translatedText"], json!(expected.trim_end_matches('\n')));
}
