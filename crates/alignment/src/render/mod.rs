//! Attention and links as text, SVG and HTML.

mod concordance;
mod gloss_page;
mod glossed_sentence;
mod grid;
mod heat_map_layout;
mod label;
mod labelled;
mod marian;
pub mod palette;
mod shades;
mod svg;
mod svg_colors;
mod text_width;

pub use concordance::{Concordance, Occurrence, TranslationGroup};
pub use gloss_page::{gloss_fragment, gloss_page};
pub use glossed_sentence::GlossedSentence;
pub use grid::grid;
pub use label::{escape_xml, phrase};
pub use labelled::{LabelError, LabelledAttention};
pub use marian::marian_soft_alignment;
pub use shades::{Colors, Shades};
pub use svg::{HeatMap, heat_map};
pub use svg_colors::{Role, SvgColors};
pub use text_width::{text_width, wrapped};
