//! A parallel corpus to a trained model directory
