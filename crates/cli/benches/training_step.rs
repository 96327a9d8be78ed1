//! The whole training step of the standard model at the standard shape.
#![expect(clippy::print_stdout, reason = "figures are the program's output")]

mod figures;

use criterion::{Criterion, criterion_group};
use figures::{Shape, Trainer, median, peak_mb, sgemm_rate};
use std::time::Instant;

fn training_step(criterion: &mut Criterion) {
    let mut trainer = Trainer::new(Shape::standard()).expect("the standard model");
    let mut group = criterion.benchmark_group("training_step");
    group.sample_size(10);
    group.bench_function("standard", |bencher| bencher.iter(|| trainer.step().expect("a step")));
    group.finish();
}

/// The figures that other programs are compared by, one `name value` line each.
fn figures() {
    let rate = sgemm_rate();
    let flops = Shape::standard().step_flops();
    let mut trainer = Trainer::new(Shape::standard()).expect("the standard model");
    (0..3).for_each(|_| trainer.step().expect("a step"));
    let seconds = median((0..15).map(|_| {
        let started = Instant::now();
        trainer.step().expect("a step");
        started.elapsed().as_secs_f64()
    }));
    println!("sgemm_gflops {:.1}", rate / 1e9);
    println!("step_ms {:.1}", seconds * 1e3);
    println!("target_tokens_per_s {:.0}", trainer.tokens() as f64 / seconds);
    println!("step_gflops {:.1}", flops / seconds / 1e9);
    println!("share_of_sgemm {:.3}", flops / seconds / rate);
    if let Some(peak) = peak_mb() {
        println!("peak_mb {peak:.0}");
    }
}

criterion_group!(benches, training_step);

fn main() {
    glosser_kernels::keep_candle_single_threaded();
    // As the program does: the loop itself runs on a thread of the pool.
    rayon::ThreadPoolBuilder::new().build().expect("a pool").install(|| {
        if !std::env::args().any(|argument| argument == "--figures") {
            benches();
        }
        figures();
    });
}
