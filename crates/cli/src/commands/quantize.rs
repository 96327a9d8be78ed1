use crate::args::QuantizeArgs;
use crate::output::say;
use anyhow::{Context, Result, ensure};
use glosser_translator::ModelDirectory;
use std::path::Path;

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
