//! The program as users and scripts see it: arguments and input; output, messages and exit code.
//!
//! All tests share one small model, trained once by the program itself (see `support`).

mod cli {
    mod aer;
    mod align;
    mod align_statistical;
    mod audit;
    mod batching;
    mod both_directions;
    mod check;
    mod completions;
    mod concordance;
    mod copying;
    mod curve;
    mod degraded;
    mod documentation;
    mod ensemble;
    mod evaluate;
    mod exit_codes;
    mod explain;
    mod file_formats;
    mod files;
    mod filter;
    mod gloss;
    mod golden;
    mod heat_map;
    mod help;
    mod hostile;
    mod info;
    mod interrupt;
    mod languages;
    mod lexicon;
    mod links;
    mod man;
    mod model_directory;
    mod next_steps;
    mod output_formats;
    mod packaging;
    mod page;
    mod pair_rows;
    mod panics;
    mod quantize;
    mod real_text;
    mod report;
    mod rows;
    mod runs;
    mod runs_scores;
    mod score;
    mod serve;
    mod support;
    mod symmetrize;
    #[cfg(unix)]
    mod terminal;
    mod terminal_safety;
    mod train_faults;
    mod train_from;
    mod train_json;
    mod training;
    mod unknown_words;
    mod validation_metric;
    mod words;
}
