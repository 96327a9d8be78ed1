use super::shared::ModelArg;
use clap::Args;
use std::path::PathBuf;

/// Make a model smaller and faster: an 8-bit one beside it, to translate with
///
/// Example: glosser quantize --model de-en --output de-en-8bit
///
/// Its matrices become 8-bit integers, a quarter of the size, and search multiplies them as such. It is used like any
/// other model; translations differ a little, and `glosser evaluate` says what that costs. A model of the other direction
/// that is inside the directory (`train --both-directions`) is made smaller with it.
#[derive(Args)]
pub struct QuantizeArgs {
    #[command(flatten)]
    pub model: ModelArg,

    /// Directory that the 8-bit model is written to [example: --output de-en-8bit]
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,

    /// Replace a model that is in that directory
    #[arg(long)]
    pub overwrite: bool,
}
