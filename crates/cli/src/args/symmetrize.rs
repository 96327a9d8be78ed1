use clap::{Args, ValueEnum};
use glosser_alignment::Symmetrization;
use std::path::PathBuf;

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
