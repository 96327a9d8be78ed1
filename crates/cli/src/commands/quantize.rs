//! `glosser quantize`.

use crate::arguments::ModelArg;
use crate::output::say;
use anyhow::{Context, Result, ensure};
use clap::Args;
use glosser_translator::ModelDirectory;
use std::path::{Path, PathBuf};

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

/// A model in, an 8-bit model out.
pub fn run(args: QuantizeArgs) -> Result<()> {
    let (model, output) = (ModelDirectory::new(&args.model.directory), ModelDirectory::new(&args.output));
    ensure!(
        !is_same_directory(model.path(), output.path()),
        "{}: the model cannot be replaced by itself; give another --output",
        output.path().display()
    );
    ensure!(
        args.overwrite || !output.holds_a_model(),
        "{}: there is a model already; give another --output, or --overwrite to replace it",
        output.path().display()
    );
    let (reverse, reverse_output) = (model.reverse(), output.reverse());
    ensure!(
        reverse.holds_a_model() || !reverse_output.holds_a_model(),
        "{}: the other direction of the model that is to be replaced, and {} has none; take it away",
        reverse_output.path().display(),
        model.path().display()
    );
    quantize(&model, &output)?;
    if reverse.holds_a_model() {
        quantize(&reverse, &reverse_output)?;
    }
    Ok(())
}

fn quantize(model: &ModelDirectory, output: &ModelDirectory) -> Result<()> {
    model.save_quantized(output)?;
    let (before, after) = (size(model)?, size(output)?);
    say(&format!(
        "{}: an 8-bit model; weights {:.1} MB, before {:.1} MB",
        output.path().display(),
        after as f64 / 1e6,
        before as f64 / 1e6
    ));
    Ok(())
}

fn is_same_directory(one: &Path, other: &Path) -> bool {
    one.canonicalize().is_ok_and(|one| other.canonicalize().is_ok_and(|other| one == other))
}

/// Bytes of the weights.
fn size(directory: &ModelDirectory) -> Result<u64> {
    let file = directory.weights();
    Ok(std::fs::metadata(&file).with_context(|| format!("{}: cannot be read", file.display()))?.len())
}
