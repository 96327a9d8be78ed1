//! Files from which another program does the same training: `config.json`, `initial.safetensors`, `batches.jsonl` with one
//! batch per line, and `losses.json`.

use anyhow::Result;
use glosser_training::PreparedTraining;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

/// Writes configuration, initial weights and all batches into a directory, which is created.
pub fn write(training: &mut PreparedTraining, directory: &Path) -> Result<()> {
    fs::create_dir_all(directory)?;
    let config = serde_json::json!({ "model": training.config(), "training": training.settings().training });
    fs::write(directory.join("config.json"), serde_json::to_string_pretty(&config)? + "\n")?;
    fs::write(directory.join("initial.safetensors"), training.weights()?)?;
    let mut file = BufWriter::new(File::create(directory.join("batches.jsonl"))?);
    while let Some(inputs) = training.draw()? {
        serde_json::to_writer(&mut file, &training.record(&inputs)?)?;
        file.write_all(b"\n")?;
    }
    Ok(file.flush()?)
}

/// Does all prepared steps and writes their losses: a program that does the same steps has the same losses.
pub fn write_losses(training: &mut PreparedTraining, directory: &Path) -> Result<()> {
    let mut losses = Vec::new();
    while let Some(inputs) = training.draw()? {
        losses.push(training.differentiate(inputs)?);
        training.update()?;
    }
    let losses = serde_json::json!({ "warmup_steps": training.settings().training.warmup_steps, "losses": losses });
    Ok(fs::write(directory.join("losses.json"), losses.to_string() + "\n")?)
}
