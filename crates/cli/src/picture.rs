//! Writes pictures: SVG unchanged, PNG rendered with the fonts of this machine.

use crate::output::{replace, warn, wrote};
use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use glosser_alignment::palette::Theme;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::{Database, Family, Query};
use resvg::usvg::{FontResolver, Options, Tree};
use std::collections::BTreeSet;
use std::io::{IsTerminal, stdout};
use std::path::Path;
use std::sync::{Arc, Mutex};

/// Maximum size of a PNG. A pixel takes four bytes of memory while it is rendered.
const MAX_PIXELS: u64 = 100_000_000;

/// Sans-serif fonts that support many scripts or are widely installed.
const FONTS: [&str; 8] =
    ["DejaVu Sans", "Noto Sans", "Liberation Sans", "Arial", "Helvetica Neue", "Helvetica", "Segoe UI", "Verdana"];

/// The background of a picture.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ThemeArg {
    /// Light in a PNG; an SVG follows the page on which it is shown
    Auto,
    /// Dark on light
    Light,
    /// Light on dark
    Dark,
}

impl ThemeArg {
    /// The theme of the picture that is written to `path`; `None` is one that follows its page.
    pub fn theme(self, path: Option<&Path>) -> Option<Theme> {
        match self {
            Self::Auto => path.is_some_and(is_png).then_some(Theme::Light),
            Self::Light => Some(Theme::Light),
            Self::Dark => Some(Theme::Dark),
        }
    }
}

/// Writes a picture to a file or to standard output: a PNG if the file name ends in `.png`, otherwise the SVG itself. A
/// PNG has `scale` pixels for each pixel of the SVG, in width and in height.
///
/// # Errors
/// If a PNG has no font or would be too large, or if the file cannot be written.
pub fn write(path: Option<&Path>, svg: &str, scale: usize) -> Result<()> {
    refuse_terminal(path, "-o picture.png, or > picture.svg")?;
    match path {
        Some(path) if is_png(path) => {
            let png = png(svg, scale).with_context(|| format!("{}: the PNG cannot be drawn", path.display()))?;
            replace(Some(path), &png)?;
        }
        path => replace(path, svg.as_bytes())?,
    }
    wrote(path, "picture");
    Ok(())
}

/// Refuses to print the source of a picture or of a page to a terminal, where nobody can read it.
///
/// # Errors
/// If there is no output file and standard output is a terminal.
pub fn refuse_terminal(path: Option<&Path>, remedy: &str) -> Result<()> {
    let is_terminal = path.is_none_or(|path| path == Path::new("-")) && stdout().is_terminal();
    ensure!(!is_terminal, "a terminal cannot show this; write it to a file: {remedy}");
    Ok(())
}

fn is_png(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("png"))
}

fn png(svg: &str, scale: usize) -> Result<Vec<u8>> {
    let missing = Arc::new(Mutex::new(BTreeSet::new()));
    let tree = Tree::from_str(svg, &options(&missing)?)?;
    let size = tree.size().to_int_size();
    let [width, height] = [size.width(), size.height()].map(|side| u64::from(side) * scale as u64);
    ensure!(
        width * height <= MAX_PIXELS,
        "{width} x {height} pixels are more than {MAX_PIXELS}; give a smaller --scale, or write an SVG"
    );
    let mut pixels = Pixmap::new(width as u32, height as u32).context("the picture is empty")?;
    resvg::render(&tree, Transform::from_scale(scale as f32, scale as f32), &mut pixels.as_mut());
    let missing = missing.lock().map(|missing| missing.iter().collect::<String>()).unwrap_or_default();
    if !missing.is_empty() {
        warn(&format!(
            "no font on this machine has the characters `{missing}`: the PNG shows boxes instead; install a font that has \
             them, such as Noto, or write an SVG, which uses the fonts of its reader"
        ));
    }
    Ok(pixels.encode_png()?)
}

/// Options with the fonts of this machine. Characters that no font has are added to `missing`.
fn options(missing: &Arc<Mutex<BTreeSet<char>>>) -> Result<Options<'static>> {
    let mut options = Options::default();
    let fonts = options.fontdb_mut();
    fonts.load_system_fonts();
    let font =
        sans_serif(fonts).context("no font on this machine, so the words cannot be drawn; write an SVG instead")?;
    fonts.set_sans_serif_family(font);
    let (missing, other_font) = (Arc::clone(missing), FontResolver::default_fallback_selector());
    options.font_resolver = FontResolver {
        select_font: FontResolver::default_font_selector(),
        select_fallback: Box::new(move |character, tried, fonts| {
            let found = other_font(character, tried, fonts);
            if let (None, false, Ok(mut missing)) = (found, is_invisible(character), missing.lock()) {
                missing.insert(character);
            }
            found
        }),
    };
    Ok(options)
}

/// Whether a character only has an effect on others: directions, joiners, and the choice of a coloured emoji.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2069}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0020}'..='\u{E007F}')
}

fn sans_serif(fonts: &Database) -> Option<String> {
    let is_here = |name: &&str| fonts.query(&Query { families: &[Family::Name(name)], ..Query::default() }).is_some();
    let known = FONTS.iter().copied().find(is_here).map(str::to_owned);
    let any = || fonts.faces().find_map(|face| face.families.first().map(|(name, _)| name.clone()));
    known.or_else(any)
}
