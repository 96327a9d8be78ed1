//! Training from outside: whole runs into directories, and the whole model's gradient.

mod budget;
mod divergence;
mod formats;
mod gradients;
mod guide;
mod independence;
mod inputs;
mod resume;
mod reverse;
mod support;
mod weights;
