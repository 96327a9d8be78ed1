//! Every fault is planted alone in a clean corpus, and exactly that one is named at its line.

mod faults;
mod fix;
mod slips;
mod support;
