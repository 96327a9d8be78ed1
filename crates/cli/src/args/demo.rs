use super::shared::at_least_one;
use clap::Args;
use std::path::PathBuf;

/// See everything once: train on the bundled English-French corpus, translate, show the attention
///
/// Takes a few minutes. The model stays in a directory of its own, to be tried with the other commands; a second
/// run uses it again.
#[derive(Args)]
pub struct DemoArgs {
    /// Directory of the model [example: --model /tmp/demo]
    #[arg(short, long, value_name = "DIR", default_value = "demo-model")]
    pub model: PathBuf,

    /// Train anew even if the directory holds a model
    #[arg(long)]
    pub overwrite: bool,

    /// Stop training after so many steps, for a quick look [default: 2000; example: --steps 500]
    #[arg(long, value_name = "N", default_value = "2000", hide_default_value = true, value_parser = at_least_one)]
    pub steps: usize,

    /// Show no progress
    #[arg(short, long)]
    pub quiet: bool,
}
