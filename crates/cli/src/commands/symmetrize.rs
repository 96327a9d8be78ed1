//! `glosser symmetrize`: joins the word links of two directions.

use crate::corpora::text;
use crate::output::writer;
use anyhow::{Result, ensure};
use clap::{Args, ValueEnum};
use glosser_alignment::{IndexBase, Links, NamedText, Symmetrization, symmetrize};
use glosser_text::counted;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Join the word links of two directions into one alignment
///
/// Both files have one line of links per pair, from any tool: one from a model that translates from source to target,
/// one from a model of the opposite direction. The result is the same as that of `atools` of fast_align.
#[derive(Args)]
#[command(after_help = "\
Examples:
  glosser symmetrize forward.pharaoh reverse.pharaoh > links.pharaoh
  glosser symmetrize forward.pharaoh reverse.pharaoh --method intersection > sure.pharaoh
  glosser symmetrize forward.pharaoh en-de.pharaoh --reverse-order > links.pharaoh")]
pub struct SymmetrizeArgs {
    /// Links of the direction from source to target, source first
    #[arg(value_name = "FORWARD")]
    pub forward: PathBuf,

    /// Links of the direction from target to source, source first unless --reverse-order is given
    #[arg(value_name = "REVERSE")]
    pub reverse: PathBuf,

    /// Heuristic that selects the links [example: --method intersection]
    #[arg(long, default_value = "grow-diag-final-and")]
    pub method: SymmetrizationArg,

    /// Read REVERSE with the target first [default: source first]
    #[arg(long)]
    pub reverse_order: bool,
}

/// Heuristics that join the links of two directions.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SymmetrizationArg {
    /// Links in both files: high precision
    Intersection,
    /// Links in at least one file: high recall
    Union,
    /// The intersection, and links of the union next to it of which a word has no link yet
    GrowDiag,
    /// As grow-diag, then all links of the union of which a word has no link yet
    GrowDiagFinal,
    /// As grow-diag, then all links of the union of which both words have no link yet
    GrowDiagFinalAnd,
}

impl From<SymmetrizationArg> for Symmetrization {
    fn from(arg: SymmetrizationArg) -> Self {
        match arg {
            SymmetrizationArg::Intersection => Self::Intersection,
            SymmetrizationArg::Union => Self::Union,
            SymmetrizationArg::GrowDiag => Self::GrowDiag,
            SymmetrizationArg::GrowDiagFinal => Self::GrowDiagFinal,
            SymmetrizationArg::GrowDiagFinalAnd => Self::GrowDiagFinalAnd,
        }
    }
}

/// Reads both files and writes one line of links per pair.
pub fn run(args: SymmetrizeArgs) -> Result<()> {
    let (forward, reverse) = (read(&args.forward)?, read(&args.reverse)?);
    ensure!(
        forward.len() == reverse.len(),
        "{} has {} but {} has {}; both files must have one line per pair, which is empty without links",
        args.forward.display(),
        counted(forward.len(), "line"),
        args.reverse.display(),
        reverse.len()
    );
    let mut out = writer();
    for (forward, reverse) in forward.iter().zip(reverse) {
        let reverse = if args.reverse_order { reverse.transposed() } else { reverse };
        writeln!(out, "{}", symmetrize(forward, &reverse, args.method.into()))?;
    }
    out.flush()?;
    Ok(())
}

fn read(path: &Path) -> Result<Vec<Links>> {
    let file = NamedText { name: &path.display().to_string(), text: &text(path)? };
    Ok(file.parse_lines(|line| Links::parse(line, IndexBase::Zero))?)
}
