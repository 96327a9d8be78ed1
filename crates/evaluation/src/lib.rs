//! Translation metrics as sacreBLEU computes them
