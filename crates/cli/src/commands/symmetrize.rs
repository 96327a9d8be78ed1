use crate::args::{SymmetrizeArgs, wrong_usage};
use crate::corpora::text;
use crate::output::writer;
use anyhow::{Result, ensure};
use glosser_alignment::{IndexBase, Links, TextFile, symmetrize};
use std::io::Write;
use std::path::Path;

/// Two files of links in, one line of links a pair out.
pub fn run(args: SymmetrizeArgs) -> Result<()> {
    if [&args.forward, &args.reverse].iter().all(|path| path.as_path() == Path::new("-")) {
        return Err(wrong_usage("standard input can be read once: give a file for one of the directions".to_owned()));
    }
    let (forward, reverse) = (read(&args.forward)?, read(&args.reverse)?);
    ensure!(
        forward.len() == reverse.len(),
        "{} has {} lines but {} has {}; give both one line for each sentence pair, an empty one where there are no links",
        args.forward.display(),
        forward.len(),
        args.reverse.display(),
        reverse.len()
    );
    let mut out = writer(None)?;
    for (forward, reverse) in forward.iter().zip(reverse) {
        let reverse = if args.reverse_order { reverse.transposed() } else { reverse };
        writeln!(out, "{}", symmetrize(forward, &reverse, args.method.into()))?;
    }
    out.flush()?;
    Ok(())
}

fn read(path: &Path) -> Result<Vec<Links>> {
    let file = TextFile { name: &path.display().to_string(), text: &text(path)? };
    Ok(file.parse_lines(|line| Links::parse(line, IndexBase::Zero))?)
}
