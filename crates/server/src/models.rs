//! The models as the engine of the queue.

use crate::queue::{Engine, Search};
use glosser_translator::{LineTranslation, Models, SearchOptions};

/// The number of batches for each thread.
const BATCHES_PER_THREAD: usize = 2;

/// The least number of lines of a batch.
const FEWEST_LINES: usize = 4;

/// The default search of a model.
pub fn search(models: &Models, model: usize) -> Search {
    Search { model, beam_size: models.beam_size(), n_best: 1 }
}

/// The options of a search.
fn options(models: &Models, search: Search) -> SearchOptions {
    SearchOptions { beam_size: search.beam_size, ..models.options(search.model) }
}

/// Translates the lines of the queue.
impl Engine for Models {
    type Line = LineTranslation;

    fn translate(&self, search: Search, lines: &[&str]) -> Result<Vec<LineTranslation>, String> {
        let translator = &self.all()[search.model].translator;
        let options = options(self, search);
        // With two batches per thread, each thread searches one by itself. Smaller batches are slower than this gains.
        let batches = BATCHES_PER_THREAD * rayon::current_num_threads();
        let batch_size = lines.len().div_ceil(batches).clamp(FEWEST_LINES, options.batch_size);
        let options = SearchOptions { batch_size, ..options };
        let found = translator.translate_sentences(lines, &options, search.n_best);
        found.map_err(|error| error.to_string())
    }
}
