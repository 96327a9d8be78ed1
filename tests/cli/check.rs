//! `check`: a clean corpus gets one fault, and exactly this fault is reported at its line.

mod faults;
mod fix;
mod line_shifts;
mod support;
