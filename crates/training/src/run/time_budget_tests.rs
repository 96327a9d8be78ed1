//! Tests of the time budget, with a clock that stands in for a machine.

use super::*;

const COSTS: Costs = Costs { validation: 20.0, finish: 50.0 };

#[test]
fn the_steps_within_a_time_need_no_more_than_it_and_one_more_step_would() {
    for steps_per_epoch in [1, 7, 100, 10_000] {
        for step in [0, 5, 99, 100, 450] {
            for time in [-10.0, 0.0, 71.0, 72.0, 300.0, 1000.5, 20_000.0] {
                let steps = COSTS.steps_within(time, step, steps_per_epoch);
                let left = |steps| COSTS.left(step, steps, steps_per_epoch);
                assert!(left(steps) <= time || steps <= step + 1, "{steps_per_epoch} {step} {time}: {steps}");
                assert!(left(steps + 1) > time, "{steps_per_epoch} {step} {time}: {steps}");
            }
        }
    }
}

#[test]
fn a_run_without_time_left_ends_at_the_end_of_an_epoch_or_one_step_later() {
    for (step, expected) in [(99, 100), (100, 100), (101, 102), (200, 200)] {
        assert_eq!(COSTS.steps_within(0.0, step, 100), expected, "{step}");
    }
}

#[test]
fn every_epoch_and_the_last_step_have_one_validation() {
    let costs = Costs { validation: 1000.0, finish: 0.0 };
    for (step, steps, validations) in [(0, 99, 1), (0, 100, 1), (0, 101, 2), (0, 300, 3), (100, 300, 2), (299, 300, 1)]
    {
        let expected = (steps - step) as f64 + 1000.0 * f64::from(validations);
        assert_eq!(costs.left(step, steps, 100), expected, "{step} {steps}");
    }
}

/// Seconds of a step at a second.
type Speed = fn(f64) -> f64;

/// A run on a machine with a clock of its own.
struct Machine {
    now: f64,
    speed: Speed,
    /// Real costs, in steps.
    costs: Costs,
}

impl Machine {
    fn work(&mut self, steps: f64) {
        for _ in 0..steps as usize {
            self.now += (self.speed)(self.now);
        }
        self.now += steps.fract() * (self.speed)(self.now);
    }

    /// Trains with a budget and estimated costs. Returns the second of the end, and the corrections.
    fn train(mut self, minutes: f64, mut costs: Costs, steps_per_epoch: usize) -> (f64, usize) {
        let mut budget = TimeBudget::new(minutes, self.now, steps_per_epoch);
        let (mut step, mut steps, mut corrections) = (0, None, 0);
        let mut timed = (0, 0.0);
        while steps.is_none_or(|steps| step < steps) {
            let started = self.now;
            self.work(1.0);
            step += 1;
            timed = (timed.0 + 1, timed.1 + self.now - started);
            let at = |now| Moment { now, step, seconds_per_step: timed.1 / f64::from(timed.0) };
            if steps.is_none() && budget.is_due(self.now) {
                steps = Some(budget.steps(at(self.now), &costs));
                budget.time_again(at(self.now), &costs);
                timed = (0, 0.0);
                continue;
            }
            if step.is_multiple_of(steps_per_epoch) || Some(step) == steps {
                self.work(self.costs.validation);
                costs.validation = self.costs.validation;
            }
            if let Some(planned) = steps
                && step < planned
                && budget.is_due(self.now)
            {
                costs = self.costs;
                let correction = budget.correction(at(self.now), &costs, planned);
                corrections += usize::from(correction.is_some());
                steps = correction.or(steps);
                budget.time_again(at(self.now), &costs);
                timed = (0, 0.0);
            }
        }
        self.work(self.costs.finish);
        (self.now, corrections)
    }
}

#[test]
fn a_run_ends_within_five_percent_of_its_budget_whatever_the_machine_does() {
    let speeds: [(&str, Speed); 6] = [
        ("even", |_| 0.25),
        ("slower from the middle on", |now| if now < 300.0 { 0.2 } else { 0.4 }),
        ("faster from the middle on", |now| if now < 300.0 { 0.4 } else { 0.2 }),
        ("three times as slow after a minute", |now| if now < 70.0 { 0.1 } else { 0.3 }),
        ("busy every other half minute", |now| if ((now / 30.0) as usize).is_multiple_of(2) { 0.2 } else { 0.4 }),
        ("ever slower", |now| 0.1 + now / 2000.0),
    ];
    for (name, speed) in speeds {
        for (validation, finish) in [(1.0, 2.0), (20.0, 50.0), (40.0, 20.0)] {
            for steps_per_epoch in [50, 278, 100_000] {
                let machine = Machine { now: 15.0, speed, costs: Costs { validation, finish } };
                let estimate = Costs { validation: 20.0, finish: 50.0 };
                let (end, corrections) = machine.train(10.0, estimate, steps_per_epoch);
                let case = format!("{name}, {validation}, {finish}, {steps_per_epoch}");
                assert!((570.0..630.0).contains(&end), "{case}: {end:.1} seconds");
                assert!(corrections <= 6, "{case}: {corrections} corrections");
            }
        }
    }
}

#[test]
fn on_an_even_machine_with_well_estimated_costs_nothing_is_corrected() {
    for minutes in [0.2, 1.0, 10.0, 300.0] {
        let machine = Machine { now: 1.0, speed: |_| 0.02, costs: COSTS };
        let (end, corrections) = machine.train(minutes, COSTS, 278);
        assert_eq!(corrections, 0, "{minutes}");
        let share = if minutes < 5.0 { 0.1 } else { 0.05 };
        assert!((end / (60.0 * minutes) - 1.0).abs() < share, "{minutes}: {end:.1} seconds");
    }
}

#[test]
fn without_time_for_steps_there_is_one_step_more() {
    let budget = TimeBudget::new(0.2, 30.0, 100);
    assert!(budget.is_due(30.0));
    let at = Moment { now: 31.0, step: 1, seconds_per_step: 1.0 };
    assert_eq!(budget.steps(at, &COSTS), 2);
    assert!(budget.end(at, &COSTS, 2) > 12.0);
}
