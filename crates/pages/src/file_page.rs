//! The page that is one file: its markup and scripts, then the engine and the files of its models as blocks of text.

mod base125;
mod block;
mod gzip;

pub use block::{Block, EngineError};

use crate::translator::{FILE_PAGE_END, file_page_start};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The most bytes of a page. A browser reads each block as one string, and the longest string of Chromium has 2^29
/// characters; half of it leaves room for what a browser does with the page.
pub const MAX_PAGE_BYTES: usize = 1 << 28;

/// The contents of a page.
#[derive(Debug)]
pub struct FilePage<'a> {
    /// The title, as text.
    pub title: &'a str,
    /// A text for its readers: licence, contact.
    pub about: Option<&'a str>,
    /// The name of the file beside the page with [`OFFLINE_WORKER`](crate::OFFLINE_WORKER), if there is one.
    pub offline: Option<&'a str>,
    /// Its models.
    pub models: Vec<PageModel>,
    /// The engine, perhaps its licences as `licences`, and all files of the models.
    pub blocks: Vec<Block>,
}

/// A model of a page.
#[derive(Debug, Serialize)]
pub struct PageModel {
    /// The code of the language that it translates.
    pub source: String,
    /// The code of the language that it writes.
    pub target: String,
    /// The names of its files. The block of a file has the number of the model before the name: `0/config.json`.
    pub files: Vec<String>,
    /// The reason why its translations are worse than its score, shown beside the score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The element `page-data`, except for the size of the page.
#[derive(Serialize)]
struct PageData<'a> {
    version: &'static str,
    about: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offline: Option<&'a str>,
    models: &'a [PageModel],
    blocks: BTreeMap<&'a str, BlockData>,
}

/// What the page checks after it has unpacked a block.
#[derive(Serialize)]
struct BlockData {
    size: usize,
    crc32: u32,
}

/// The decimal digits of the size of a page. A shorter number has spaces before it, so that the size is known before it
/// is written.
const SIZE_DIGITS: usize = 10;

/// Builds a page. Equal contents give equal bytes.
///
/// # Errors
/// If a text cannot be written as JSON, which no text can cause.
pub fn file_page(page: &FilePage) -> serde_json::Result<String> {
    let data = |block: &Block| BlockData { size: Block::size(block), crc32: Block::crc32(block) };
    let data = serde_json::to_string(&PageData {
        version: env!("CARGO_PKG_VERSION"),
        about: page.about,
        offline: page.offline,
        models: &page.models,
        blocks: page.blocks.iter().map(|block| (block.name(), data(block))).collect(),
    })?;
    let start = file_page_start(page.title) + "<script type=\"application/json\" id=\"page-data\">{\"bytes\":";
    // The object's other keys follow the size.
    let data = as_ascii_data(data.strip_prefix('{').unwrap_or(&data));
    let after = [",", &data, "</script>\n"].concat();
    let blocks: usize = page.blocks.iter().map(Block::written_size).sum();
    let bytes = start.len() + SIZE_DIGITS + after.len() + blocks + FILE_PAGE_END.len();
    let mut text = String::with_capacity(bytes);
    text += &start;
    let _ = write!(text, "{bytes:SIZE_DIGITS$}");
    text += &after;
    page.blocks.iter().for_each(|block| block.write(&mut text));
    text += FILE_PAGE_END;
    Ok(text)
}

/// Escapes JSON so that it can neither close its HTML element nor open a comment, and that no wrong character encoding
/// changes it. The escaped characters occur only inside JSON strings, where a `\u` escape is equivalent.
fn as_ascii_data(json: &str) -> String {
    let mut data = String::with_capacity(json.len());
    for character in json.chars() {
        if character.is_ascii() && !matches!(character, '<' | '>' | '&' | '\u{7F}') {
            data.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            let _ = write!(data, "\\u{unit:04x}");
        }
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    const HOSTILE: &str =
        "</script><script>alert(1)</script><!-- {{data}} {{end}} ]]> \u{2028}\u{0}\r\n\" & äöü 😀 \\u003c";

    fn page(title: &str, about: Option<&str>, language: &str) -> String {
        let files = vec!["config.json".to_owned(), "model.safetensors".to_owned()];
        let (source, target) = (language.to_owned(), "en".to_owned());
        let weights: Vec<u8> = (0..10_000_u32).map(|i| ((i * i) >> 5) as u8).collect();
        let blocks = vec![
            Block::engine(b"\0asm\x01\0\0\0code").expect("an engine"),
            Block::new("0/config.json", HOSTILE.as_bytes()),
            Block::new("0/model.safetensors", &weights),
        ];
        let models = vec![PageModel { source, target, files, note: None }];
        file_page(&FilePage { title, about, offline: None, models, blocks }).expect("a page")
    }

    /// The text of the element with an id; only its end may look like an end tag.
    fn element<'a>(page: &'a str, id: &str) -> &'a str {
        let (_, after) = page.split_once(&format!(" id=\"{id}\">")).expect(id);
        after
            .split_once('<')
            .map(|(text, rest)| (text, rest.starts_with("/script>")))
            .filter(|(_, ends)| *ends)
            .expect(id)
            .0
    }

    fn data(page: &str) -> Value {
        let text = element(page, "page-data");
        assert!(text.is_ascii() && !text.contains(['>', '&']), "{text}");
        serde_json::from_str(text).expect("JSON")
    }

    #[test]
    fn a_page_has_its_data_then_its_blocks_then_its_end_and_names_its_own_size() {
        for about in [None, Some(HOSTILE)] {
            let page = page("German to English", about, "de");
            let data = data(&page);
            assert_eq!(data["bytes"], page.len());
            assert_eq!(data["version"], env!("CARGO_PKG_VERSION"));
            assert_eq!(data["about"].as_str(), about);
            assert_eq!(data["models"][0]["source"], "de");
            let at = |part: &str| page.find(part).expect(part);
            let ids = ["page-data", "block-engine", "block-0/config.json", "block-0/model.safetensors", "end"];
            let places: Vec<usize> = ids.iter().map(|id| at(&format!(" id=\"{id}\">"))).collect();
            assert!(places.is_sorted(), "{places:?}");
            assert!(page.ends_with(FILE_PAGE_END));
        }
    }

    #[test]
    fn blocks_unpack_to_their_bytes_with_the_size_and_the_checksum_of_the_data() {
        let page = page("x", None, "de");
        let data = data(&page);
        let bytes = |name: &str| {
            let packed = base125::decode(element(&page, &format!("block-{name}"))).expect(name);
            let bytes = gzip::unpack(&packed, 1 << 20).expect(name);
            assert_eq!(data["blocks"][name]["size"], bytes.len());
            assert_eq!(data["blocks"][name]["crc32"], gzip::crc32(&bytes));
            bytes
        };
        assert_eq!(bytes("engine"), b"\0asm\x01\0\0\0code");
        assert_eq!(bytes("0/config.json"), HOSTILE.as_bytes());
        assert_eq!(bytes("0/model.safetensors").len(), 10_000);
    }

    #[test]
    fn no_text_leaves_its_element() {
        let scripts = |page: &str| page.matches("<script").count() + page.matches("<!--").count();
        let plain = scripts(&page("x", Some("x"), "de"));
        for page in [page(HOSTILE, None, "de"), page("x", Some(HOSTILE), "de"), page("x", None, HOSTILE)] {
            assert_eq!(scripts(&page), plain);
            assert_eq!(data(&page)["bytes"], page.len());
        }
        let page = page("x", None, HOSTILE);
        assert_eq!(data(&page)["models"][0]["source"], HOSTILE);
    }

    #[test]
    fn equal_contents_give_equal_pages() {
        assert!(page("x", Some("y"), "de") == page("x", Some("y"), "de"));
    }
}
