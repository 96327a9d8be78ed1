//! The parameters of a request, from JSON, a form, or the query string.

use crate::error::ApiError;
use crate::received::ReceivedBytes;
use crate::server::computed;
use axum::body::Body;
use axum::extract::{FromRequest, Multipart};
use axum::http::{HeaderMap, Request, header};
use serde_json::{Map, Value};
use std::time::Duration;
use tokio::time::timeout;

/// The time for a whole body.
const BODY_TIME: Duration = Duration::from_secs(30);

/// The greatest number of bytes of a body without a file.
pub const MOST_BYTES: usize = 2 << 20;

/// The parameters of a request. `null` and blank text count as absent.
#[derive(Debug, Default)]
pub struct Parameters {
    values: Map<String, Value>,
    /// Number of bytes of the body.
    pub bytes: usize,
    /// Whether the body looks like JSON, but the client calls it something else.
    is_unnamed_json: bool,
    /// The uploaded file.
    pub file: Option<UploadedFile>,
}

/// A file of a multipart form.
#[derive(Debug)]
pub struct UploadedFile {
    /// Its name, as the client gives it.
    pub name: String,
    /// Its content.
    pub content: Vec<u8>,
}

/// A text, or a list of texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Texts {
    /// One text; the reply has one translation.
    One(String),
    /// A list; the reply has a list of the same length.
    Many(Vec<String>),
}

impl Texts {
    /// All texts.
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Many(texts) => texts,
        }
    }
}

impl Parameters {
    /// Reads the parameters of a request whose body has up to `most` bytes. If the body is JSON, the query string does
    /// not count; otherwise the query string comes before a form.
    pub async fn read(request: Request<Body>, most: usize, received: &ReceivedBytes) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let content_type = content_type(&parts.headers);
        let length = parts.headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        // The client need not send what is refused anyway.
        if length.is_some_and(|length: usize| length > most) {
            return Err(ApiError::TooLarge(most));
        }
        let body = timeout(BODY_TIME, received.receive(body, most)).await;
        let body = body.map_err(|_| ApiError::Slow(BODY_TIME.as_secs()))??;
        if is_json(&content_type) {
            return computed(body.len(), || Self::from_json(&body));
        }
        let is_unnamed_json = body.trim_ascii_start().starts_with(b"{");
        let mut parameters = Self { bytes: body.len(), is_unnamed_json, ..Self::default() };
        parameters.add_pairs(parts.uri.query().unwrap_or_default().as_bytes());
        if content_type == "application/x-www-form-urlencoded" {
            parameters.add_pairs(&body);
        } else if content_type == "multipart/form-data" && !body.is_empty() {
            parameters.add_multipart(Request::from_parts(parts, Body::from(body))).await?;
        }
        Ok(parameters)
    }

    fn from_json(body: &[u8]) -> Result<Self, ApiError> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(values)) => Ok(Self { values, bytes: body.len(), ..Self::default() }),
            Ok(_) => Err(ApiError::Invalid("the body is JSON, but not an object".to_owned())),
            Err(error) => Err(ApiError::Invalid(format!("the body is not JSON: {error}"))),
        }
    }

    /// Adds `name=value` pairs. The first value of a name counts.
    fn add_pairs(&mut self, pairs: &[u8]) {
        for (name, value) in form_urlencoded::parse(pairs) {
            self.add(name.into_owned(), value.into_owned());
        }
    }

    fn add(&mut self, name: String, value: String) {
        self.values.entry(name).or_insert(Value::String(value));
    }

    async fn add_multipart(&mut self, request: Request<Body>) -> Result<(), ApiError> {
        let invalid = |error: &dyn std::fmt::Display| ApiError::Invalid(format!("the form cannot be read: {error}"));
        let mut form = Multipart::from_request(request, &()).await.map_err(|error| invalid(&error))?;
        while let Some(field) = form.next_field().await.map_err(|error| invalid(&error))? {
            let name = field.name().unwrap_or_default().to_owned();
            let file_name = field.file_name().map(ToOwned::to_owned);
            let content = field.bytes().await.map_err(|error| invalid(&error))?;
            match file_name.filter(|_| name == "file") {
                Some(name) if self.file.is_none() => {
                    self.file = Some(UploadedFile { name, content: content.into() });
                }
                _ => self.add(name, String::from_utf8_lossy(&content).into_owned()),
            }
        }
        Ok(())
    }

    /// A value that is neither `null` nor blank.
    fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name).filter(|value| !matches!(value, Value::Null) && value.as_str() != Some(""))
    }

    /// A text; `None` if it is absent.
    pub fn text(&self, name: &str) -> Result<Option<&str>, ApiError> {
        self.get(name).map(|value| value.as_str().ok_or_else(|| wrong_type(name, "a text"))).transpose()
    }

    /// A text that is necessary.
    pub fn required(&self, name: &str) -> Result<&str, ApiError> {
        self.text(name)?.ok_or_else(|| missing(name))
    }

    /// The texts to translate.
    pub fn texts(&self) -> Result<Texts, ApiError> {
        match self.get("q") {
            None if self.is_unnamed_json => Err(ApiError::Invalid(
                "missing q parameter; JSON needs the header `Content-Type: application/json`".to_owned(),
            )),
            None => Err(missing("q")),
            Some(Value::String(text)) => Ok(Texts::One(text.clone())),
            Some(Value::Array(items)) if items.is_empty() => Err(missing("q")),
            Some(Value::Array(items)) => {
                let texts = items.iter().map(|item| item.as_str().map(ToOwned::to_owned)).collect::<Option<_>>();
                texts.map(Texts::Many).ok_or_else(|| wrong_type("q", "a text or a list of texts"))
            }
            Some(_) => Err(wrong_type("q", "a text or a list of texts")),
        }
    }

    /// A whole number; 0 if it is absent or negative. Forms have it as text.
    pub fn number(&self, name: &str) -> Result<usize, ApiError> {
        let number = match self.get(name) {
            None => return Ok(0),
            Some(Value::Number(number)) => number.as_f64(),
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(_) => None,
        };
        let number = number.filter(|number| number.is_finite());
        // The cast truncates, and a negative number becomes 0.
        number
            .map(|number| number as usize)
            .ok_or_else(|| ApiError::Invalid(format!("{name} parameter is not a number")))
    }

    /// Yes or no; no if it is absent. Forms have it as text.
    pub fn flag(&self, name: &str) -> Result<bool, ApiError> {
        match self.get(name) {
            None => Ok(false),
            Some(Value::Bool(value)) => Ok(*value),
            Some(Value::String(text)) if matches!(text.as_str(), "true" | "1") => Ok(true),
            Some(Value::String(text)) if matches!(text.as_str(), "false" | "0") => Ok(false),
            Some(_) => Err(wrong_type(name, "true or false")),
        }
    }

    /// The key among the parameters. A value of another type is a wrong key.
    pub fn key(&self) -> Option<String> {
        self.get("api_key").map(|key| key.as_str().map_or_else(|| key.to_string(), ToOwned::to_owned))
    }
}

fn missing(name: &str) -> ApiError {
    ApiError::Invalid(format!("missing {name} parameter"))
}

fn wrong_type(name: &str, wanted: &str) -> ApiError {
    ApiError::Invalid(format!("{name} parameter is not {wanted}"))
}

/// The type without its parameters, in small letters.
fn content_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn is_json(content_type: &str) -> bool {
    content_type.strip_prefix("application/").is_some_and(|kind| kind == "json" || kind.ends_with("+json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(content_type: &str, uri: &str, body: &str) -> Result<Parameters, ApiError> {
        let request = Request::post(uri).header(header::CONTENT_TYPE, content_type);
        let request = request.body(Body::from(body.to_owned())).expect("a request");
        Parameters::read(request, 1000, &ReceivedBytes::default()).await
    }

    const FORM: &str = "application/x-www-form-urlencoded";

    #[tokio::test]
    async fn json_a_form_and_the_query_string_give_the_same_parameters() {
        let multipart = "--x\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\na b\r\n--x\r\nContent-Disposition: \
                         form-data; name=\"alternatives\"\r\n\r\n2\r\n--x--\r\n";
        for (content_type, uri, body) in [
            ("application/json; charset=utf-8", "/?q=other", r#"{"q": "a b", "alternatives": 2}"#),
            ("application/vnd.api+json", "/", r#"{"q": "a b", "alternatives": "2"}"#),
            (FORM, "/", "q=a+b&alternatives=2&q=other"),
            (FORM, "/?q=a%20b", "q=other&alternatives=2"),
            ("", "/?q=a%20b&alternatives=2", ""),
            ("multipart/form-data; boundary=x", "/", multipart),
            ("multipart/form-data; boundary=x", "/?q=a+b&alternatives=2", ""),
        ] {
            let parameters = read(content_type, uri, body).await.expect(body);
            assert_eq!(parameters.texts().expect(body), Texts::One("a b".to_owned()), "{body}");
            assert_eq!(parameters.number("alternatives").expect(body), 2, "{body}");
        }
    }

    #[tokio::test]
    async fn null_and_blank_text_are_absent_and_other_types_are_named() {
        let json = r#"{"q": null, "source": "", "target": 5, "alternatives": {}, "alignment": "yes", "api_key": 5}"#;
        let parameters = read("application/json", "/", json).await.expect("parameters");
        let message = |error: ApiError| error.to_string();
        assert_eq!(parameters.texts().map_err(message), Err("Invalid request: missing q parameter".to_owned()));
        assert_eq!(
            parameters.required("source").map_err(message),
            Err("Invalid request: missing source parameter".to_owned())
        );
        for error in [
            parameters.required("target").err(),
            parameters.number("alternatives").err(),
            parameters.flag("alignment").err(),
        ] {
            assert!(error.map(message).is_some_and(|message| message.contains("parameter is not")));
        }
        assert_eq!(parameters.key().as_deref(), Some("5"));
        for wrong in [r#"{"q": 5}"#, r#"{"q": ["a", 5]}"#, r#"{"q": {"a": 1}}"#] {
            assert!(read("application/json", "/", wrong).await.expect(wrong).texts().is_err(), "{wrong}");
        }
    }

    #[tokio::test]
    async fn a_body_that_is_no_json_or_too_large_is_refused() {
        for body in ["", "{", "[1]", "\"a\"", "{\"q\": \"\\ud800\"}", &"[".repeat(500)] {
            assert!(matches!(read("application/json", "/", body).await, Err(ApiError::Invalid(_))), "{body}");
        }
        assert!(matches!(read(FORM, "/", &"a".repeat(1001)).await, Err(ApiError::TooLarge(1000))));
    }

    #[tokio::test]
    async fn a_form_with_wrong_bytes_is_read_with_replacement_characters() {
        let parameters = read(FORM, "/", "q=%ff").await.expect("parameters");
        assert_eq!(parameters.texts().expect("q"), Texts::One("\u{fffd}".to_owned()));
    }
}
