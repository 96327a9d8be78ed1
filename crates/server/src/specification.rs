//! The description of the server in the OpenAPI format, made from the types and functions that answer.

use crate::routes::{files, information, interactive, translate};
use utoipa::OpenApi;
use utoipa::openapi::Server as ServerAddress;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "glosser",
        description = "Translation with word alignments, compatible with LibreTranslate.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    paths(
        translate::translate,
        interactive::complete,
        interactive::choices,
        files::translate_file,
        files::download_file,
        information::languages,
        information::detect,
        information::health,
        information::frontend_settings,
        information::metrics,
        information::spec,
    )
)]
struct Specification;

/// The description of the server at an address.
pub fn of(base_url: &str) -> utoipa::openapi::OpenApi {
    let mut specification = Specification::openapi();
    specification.servers = Some(vec![ServerAddress::new(base_url)]);
    specification
}
