//! `glosser quantize`: writes a copy of a model with 8-bit weights.

use crate::arguments::OnlyModelArg;
use crate::output::say;
use anyhow::{Context, Result, ensure};
use clap::Args;
use glosser_kernels::QuantizedMatrix;
use glosser_translator::{ModelDirectory, Quantization};
use std::path::{Path, PathBuf};

/// Write a smaller and faster copy of a model, with 8-bit weights
///
/// The matrices become 8-bit integers, a quarter of the size, and translation computes with them. The copy is used like
/// any other model, but cannot be trained on. Translations differ a little; compare with `glosser evaluate`. A model of
/// the opposite direction inside the directory (`train --both-directions`) is copied too.
#[derive(Args)]
#[command(after_help = "\
Examples:
  glosser quantize de-en -o de-en-8bit
  glosser quantize --model de-en --output de-en-8bit --overwrite
  glosser quantize de-en -o de-en-small --bits 5
  glosser evaluate --model de-en-8bit test.de test.en")]
pub struct QuantizeArgs {
    #[command(flatten)]
    pub model: OnlyModelArg,

    /// Directory of the 8-bit model [example: --output de-en-8bit]
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,

    /// Number of bits that a weight really uses, from 3 to 8: fewer make the file smaller when it is compressed, and
    /// translations worse; speed and memory stay the same [example: --bits 6]
    #[arg(long, value_name = "B", default_value = "8", value_parser = bits)]
    pub bits: u32,

    /// Keep only the first encoder-decoder of an ensemble: a smaller and faster model with worse translations
    #[arg(long)]
    pub single: bool,

    /// Replace the model in that directory
    #[arg(long)]
    pub overwrite: bool,
}

/// The fewest bits that are offered: with two bits a row has only three different values.
const MIN_BITS: u32 = 3;

/// Parses a number of bits.
fn bits(text: &str) -> Result<u32, String> {
    let most = QuantizedMatrix::MAX_BITS;
    let number = text.parse().ok().filter(|number| (MIN_BITS..=most).contains(number));
    number.ok_or_else(|| format!("give a whole number from {MIN_BITS} to {most}"))
}

/// Quantizes the model, and the model of the opposite direction if there is one.
pub fn run(args: QuantizeArgs) -> Result<()> {
    let (model, output) = (ModelDirectory::new(args.model.directory()?), ModelDirectory::new(&args.output));
    ensure!(
        !is_same_directory(model.path(), output.path()),
        "{}: the output cannot be the directory of the model; give another --output",
        output.path().display()
    );
    ensure!(
        args.overwrite || !output.holds_a_model(),
        "{} already contains a model; give another --output, or --overwrite to replace it",
        output.path().display()
    );
    let (reverse, reverse_output) = (model.reverse(), output.reverse());
    ensure!(
        reverse.holds_a_model() || !reverse_output.holds_a_model(),
        "{} has a model of the opposite direction, and {} has none to replace it with; remove it",
        reverse_output.path().display(),
        model.path().display()
    );
    let quantization = Quantization { bits: args.bits, is_single: args.single };
    quantize(&model, &output, quantization)?;
    if reverse.holds_a_model() {
        quantize(&reverse, &reverse_output, quantization)?;
    }
    Ok(())
}

fn quantize(model: &ModelDirectory, output: &ModelDirectory, quantization: Quantization) -> Result<()> {
    model.save_quantized(output, quantization)?;
    let (before, after) = (size(model)?, size(output)?);
    let bits = quantization.bits;
    let used = if bits < QuantizedMatrix::MAX_BITS { format!(" ({bits} bits used)") } else { String::new() };
    say(&format!(
        "{}: 8-bit model{used} written; weights {:.1} MB instead of {:.1} MB",
        output.path().display(),
        after as f64 / 1e6,
        before as f64 / 1e6
    ));
    Ok(())
}

fn is_same_directory(one: &Path, other: &Path) -> bool {
    one.canonicalize().is_ok_and(|one| other.canonicalize().is_ok_and(|other| one == other))
}

/// Size of the weights in bytes.
fn size(directory: &ModelDirectory) -> Result<u64> {
    let file = directory.weights();
    Ok(std::fs::metadata(&file).with_context(|| format!("{}: cannot be read", file.display()))?.len())
}
