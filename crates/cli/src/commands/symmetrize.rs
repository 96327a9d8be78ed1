//! `glosser symmetrize`.

use crate::arguments::wrong_usage;
use crate::corpora::text;
use crate::output::writer;
use anyhow::{Result, ensure};
use clap::{Args, ValueEnum};
use glosser_alignment::{IndexBase, Links, NamedText, Symmetrization, symmetrize};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Join the links of two directions into one alignment
///
/// Example: glosser symmetrize forward.pharaoh reverse.pharaoh > links.pharaoh
///
/// Both files have a line of links for each pair, made by any tool: the one by a model that goes from source to target,
/// the other by one that goes from target to source. The result is that of `atools` of fast_align, line by line.
#[derive(Args)]
pub struct SymmetrizeArgs {
    /// Links of the direction from source to target, source first
    #[arg(value_name = "FORWARD")]
    pub forward: PathBuf,

    /// Links of the direction from target to source, source first here too
    #[arg(value_name = "REVERSE")]
    pub reverse: PathBuf,

    /// Which links become part of the alignment
    #[arg(long, default_value = "grow-diag-final-and")]
    pub method: SymmetrizationArg,

    /// The links of REVERSE have the target first
    #[arg(long)]
    pub reverse_order: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SymmetrizationArg {
    /// Links that both have: precise
    Intersection,
    /// Links that either has: complete
    Union,
    /// The intersection, and links of the union that touch it and have a word without a link
    GrowDiag,
    /// Then all links of the union that have a word without a link
    GrowDiagFinal,
    /// Then all links of the union both of whose words have no link
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

/// Two files of links in, one line of links a pair out.
pub fn run(args: SymmetrizeArgs) -> Result<()> {
    if [&args.forward, &args.reverse].iter().all(|path| path.as_path() == Path::new("-")) {
        return Err(wrong_usage("standard input can be read once: give a file for one of the directions".to_owned()));
    }
    let (forward, reverse) = (read(&args.forward)?, read(&args.reverse)?);
    ensure!(
        forward.len() == reverse.len(),
        "{} has {} lines but {} has {}; give both one line for each sentence pair, an empty one where there are no links",
        args.forward.display(),
        forward.len(),
        args.reverse.display(),
        reverse.len()
    );
    let mut out = writer(None)?;
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
