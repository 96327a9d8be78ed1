//! `POST /translate_file` and `GET /download_file`: whole files, kept in memory until they have been fetched.

use crate::error::{ApiError, ErrorBody, ErrorReplies};
use crate::models::search;
use crate::parameters::{Parameters, UploadedFile};
use crate::queue::Admission;
use crate::routes::{Answer, TextWork};
use crate::server::{RETRY_AFTER, Shared, computed};
use crate::text::SourceText;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{Request, header};
use axum::response::{IntoResponse, Response};
use glosser_documents::Format;
use glosser_translator::{Wanted, Way};
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use utoipa::ToSchema;
use uuid::Uuid;

/// The time for which a translated file can be fetched.
const KEPT: Duration = Duration::from_secs(30 * 60);

/// The greatest number of bytes of all kept files; the oldest give way.
const MOST_KEPT_BYTES: usize = 64 << 20;

/// The number of bytes of a form besides its file.
const FORM_BYTES: usize = 64 << 10;

/// The parameters of `/translate_file`, for the documentation.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read leniently, by name; this describes them")]
pub struct FileRequest {
    /// The file: .txt, .tsv, .html, .htm or .srt, in UTF-8.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
    /// The code of its language, or `auto`.
    #[schema(example = "de")]
    source: String,
    /// The code of the language to translate to.
    #[schema(example = "en")]
    target: String,
    /// The key, where one is necessary.
    api_key: Option<String>,
}

/// The reply of `/translate_file`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileReply {
    /// Where the translated file can be fetched for half an hour.
    translated_file_url: String,
}

/// A translated file.
struct KeptFile {
    id: String,
    name: String,
    mime_type: &'static str,
    content: Bytes,
    since: Instant,
}

/// The translated files that can be fetched.
#[derive(Default)]
pub struct KeptFiles {
    files: Mutex<VecDeque<KeptFile>>,
}

impl KeptFiles {
    /// Keeps a file and returns its identifier, which nobody can guess.
    fn keep(&self, name: String, mime_type: &'static str, content: Bytes) -> String {
        let id = Uuid::new_v4().to_string();
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.push_back(KeptFile { id: id.clone(), name, mime_type, content, since: Instant::now() });
        let mut bytes: usize = files.iter().map(|file| file.content.len()).sum();
        while let Some(oldest) = files.front() {
            // The new file itself stays in any case.
            if files.len() == 1 || (bytes <= MOST_KEPT_BYTES && oldest.since.elapsed() < KEPT) {
                break;
            }
            bytes -= oldest.content.len();
            files.pop_front();
        }
        id
    }

    fn response(&self, id: &str) -> Result<Response, ApiError> {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let file = files.iter().find(|file| file.id == id && file.since.elapsed() < KEPT);
        let file = file.ok_or(ApiError::NotFound("there is no such file; translated files are kept for 30 minutes"))?;
        let headers = [
            (header::CONTENT_TYPE, format!("{}; charset=utf-8", file.mime_type)),
            (header::CONTENT_DISPOSITION, format!("attachment; filename={}", file.name)),
            (header::CACHE_CONTROL, "no-cache".to_owned()),
        ];
        Ok((headers, file.content.clone()).into_response())
    }
}

/// Translates a file.
#[utoipa::path(
    post,
    path = "/translate_file",
    request_body(content = FileRequest, content_type = "multipart/form-data"),
    responses(
        (status = 200, description = "Where the translation can be fetched", body = FileReply),
        ErrorReplies,
    )
)]
pub async fn translate_file(
    State(server): State<Shared>,
    request: Request<Body>,
) -> Result<Answer<FileReply>, ApiError> {
    let client = server.client(&request);
    let base = server.base_url(request.headers());
    let mut parameters =
        Parameters::read(request, server.settings.max_file_bytes + FORM_BYTES, &server.received).await?;
    let file = parameters.file.take().filter(|file| !file.name.is_empty());
    let read = read(file);
    // Before all faults, so that a client cannot try without end. Each line costs as much as a text.
    let lines = read.as_ref().map_or(0, |(_, _, document)| document.lines().len());
    server.admission.admit(&client, parameters.key().as_deref(), lines)?;
    let (file, format, document) = read?;
    let lines = document.lines();
    let (source, target) = (parameters.required("source")?, parameters.required("target")?);
    let target = server.models.language(target)?;
    let source = server.models.language_of(&lines.join("\n"), source)?;
    let work = TextWork { texts: lines.len(), characters: lines.iter().map(|line| line.chars().count()).sum() };
    let translated = match server.models.way(&source, &target)? {
        Way::Same => file.content.clone(),
        Way::Model(number) => {
            let _place = server.file_places.try_acquire().map_err(|_| ApiError::Busy { retry_after: RETRY_AFTER })?;
            let found = server.translate_lines(search(&server.models, number), &lines, Admission::Unbounded).await?;
            let words = &server.models.all()[number].words;
            let wanted = Wanted { alternatives: 0, alignment: false };
            computed(file.content.len(), || document.translated(&found, wanted, words)).text.into_bytes()
        }
    };
    let name = name_of(&file.name, target.as_str());
    let id = server.files.keep(name.clone(), format.mime_type(), translated.into());
    Ok(Answer(FileReply { translated_file_url: format!("{base}/download_file/{id}.{name}") }, work))
}

/// Returns a translated file.
#[utoipa::path(
    get,
    path = "/download_file/{file}",
    params(("file" = String, Path, description = "The last part of `translatedFileUrl`")),
    responses(
        (status = 200, description = "The file", body = String, content_type = "text/plain"),
        (status = 404, description = "There is no such file", body = ErrorBody),
    )
)]
pub async fn download_file(State(server): State<Shared>, Path(file): Path<String>) -> Result<Response, ApiError> {
    let id = file.split('.').next().unwrap_or_default();
    server.files.response(id)
}

/// Takes an uploaded file apart.
fn read(file: Option<UploadedFile>) -> Result<(UploadedFile, Format, SourceText), ApiError> {
    let file = file.ok_or_else(|| ApiError::Invalid("missing file parameter".to_owned()))?;
    let format = Format::from_name(&file.name).map_err(|error| ApiError::Invalid(error.to_string()))?;
    let text = text_of(&file)?;
    let document = computed(text.len(), || SourceText::document(format, &text))?;
    Ok((file, format, document))
}

/// The text of a file in UTF-8, perhaps with a byte order mark.
fn text_of(file: &UploadedFile) -> Result<String, ApiError> {
    let text = std::str::from_utf8(&file.content);
    text.map(ToOwned::to_owned).map_err(|error| {
        let line = 1 + file.content[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        ApiError::Invalid(format!("the file is not in UTF-8 (line {line}); save it as UTF-8"))
    })
}

/// The name of a translated file: ASCII letters, digits, and few signs, with the language before the ending.
fn name_of(name: &str, target: &str) -> String {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "txt"));
    let stem = stem.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let safe = |text: &str| text.chars().map(|c| if is_safe(c) { c } else { '_' }).collect::<String>();
    format!("{}_{}.{}", safe(stem), safe(target), safe(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_translated_file_is_safe_and_has_the_language() {
        for (name, expected) in [
            ("a.txt", "a_fr.txt"),
            ("my text.final.HTML", "my_text_final_fr.HTML"),
            ("../../etc/p\"\r\nX: y.srt", "p___X__y_fr.srt"),
            ("größe.txt", "gr__e_fr.txt"),
            (".txt", "_fr.txt"),
        ] {
            assert_eq!(name_of(name, "fr"), expected);
        }
    }

    #[test]
    fn the_oldest_files_give_way_when_there_are_too_many_bytes() {
        let files = KeptFiles::default();
        let half = Bytes::from(vec![b'a'; MOST_KEPT_BYTES / 2]);
        let ids: Vec<String> = (0..3).map(|_| files.keep("a.txt".to_owned(), "text/plain", half.clone())).collect();
        assert!(matches!(files.response(&ids[0]), Err(ApiError::NotFound(_))));
        assert!(files.response(&ids[1]).is_ok() && files.response(&ids[2]).is_ok());
    }
}
