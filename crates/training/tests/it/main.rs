//! Training from outside: whole runs into directories, and the whole model's gradient.

mod budget;
mod divergence;
mod formats;
mod gradients;
mod guided_alignment;
mod independence;
mod inputs;
mod prepared;
mod resume;
mod reverse;
mod support;
mod weights;
