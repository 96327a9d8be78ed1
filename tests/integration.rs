//! The program from outside, as people and scripts meet it: arguments and bytes in; bytes, messages and an exit code out.
//!
//! All tests share one small model, trained once by the program itself (see `support`).

mod cli {
    mod aer;
    mod align;
    mod align_statistical;
    mod audit;
    mod check;
    mod concordance;
    mod copying;
    mod curve;
    mod degraded;
    mod directions;
    mod evaluate;
    mod exit_codes;
    mod explain;
    mod faults;
    mod filter;
    mod formats;
    mod further;
    mod gloss;
    mod golden;
    mod heat_map;
    mod help;
    mod hostile;
    mod info;
    mod interrupt;
    mod lexicon;
    mod model_directory;
    mod neighbours;
    mod panics;
    mod quantize;
    mod report;
    mod score;
    mod support;
    mod symmetrize;
    mod training;
    mod ways;
}
