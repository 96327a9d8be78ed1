use super::shared::ModelArg;
use clap::Args;

/// Say what a model is: what it was trained on and how, its sizes, its figures
#[derive(Args)]
pub struct InfoArgs {
    #[command(flatten)]
    pub model: ModelArg,
}
