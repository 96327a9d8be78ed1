//! The number of steps of a run, with the corrections by which a run keeps its time budget.

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// The number of steps of a run. A run by minutes corrects it if the machine becomes slower or faster. The same
/// schedule gives the same weights, byte for byte.
///
/// It is written as `5000`, or with corrections as `5000,4800@1200`: 5000 steps were planned; after step 1200, the
/// whole run had 4800.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    planned: usize,
    corrections: Vec<Correction>,
}

/// A new number of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Correction {
    /// The last step of the former schedule.
    after: usize,
    /// Steps of the whole run.
    steps: usize,
}

impl Schedule {
    /// Plans a number of steps.
    pub fn new(steps: usize) -> Self {
        Self { planned: steps, corrections: Vec::new() }
    }

    /// Returns the number of steps of the whole run.
    pub fn steps(&self) -> usize {
        self.corrections.last().map_or(self.planned, |correction| correction.steps)
    }

    /// Returns the number of steps that were planned first.
    pub fn planned(&self) -> usize {
        self.planned
    }

    /// Returns whether the number of steps was corrected.
    pub fn is_corrected(&self) -> bool {
        !self.corrections.is_empty()
    }

    /// Returns the schedule with another number of steps of the whole run from the step after `after` on.
    pub(crate) fn corrected(mut self, after: usize, steps: usize) -> Self {
        self.corrections.push(Correction { after, steps });
        self
    }

    /// Returns the largest number in it.
    pub(crate) fn largest(&self) -> usize {
        self.corrections.iter().map(|correction| correction.steps).fold(self.planned, usize::max)
    }

    /// Returns the learning rate of a step, which is counted from one: it rises linearly to `peak` over `warmup` steps,
    /// then falls linearly and would be zero after the last step. After a correction it falls from where it is.
    pub fn learning_rate(&self, step: usize, warmup: usize, peak: f32) -> f32 {
        if step <= warmup {
            return warm_up(step, warmup, peak);
        }
        let falling = |(start, rate, steps): (usize, f32, usize), step: usize| {
            let left = (steps + 1).saturating_sub(step);
            rate * left as f32 / (steps + 1 - start.min(steps)) as f32
        };
        let mut part = (warmup, peak, self.planned);
        for Correction { after, steps } in self.corrections.iter().filter(|correction| correction.after < step) {
            let (start, rate, _) = part;
            part = if *after > start { (*after, falling(part, *after), *steps) } else { (start, rate, *steps) };
        }
        falling(part, step)
    }
}

/// Returns the learning rate of a step of the warm-up. It does not depend on the number of steps, which a time budget
/// fixes only during the warm-up: a run with that number of steps is then the same run.
pub(crate) fn warm_up(step: usize, warmup: usize, peak: f32) -> f32 {
    peak * step as f32 / warmup as f32
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}", self.planned)?;
        self.corrections.iter().try_for_each(|Correction { after, steps }| write!(f, ",{steps}@{after}"))
    }
}

impl FromStr for Schedule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let problem =
            || "give a whole number from 1, or what a run by minutes printed, such as 5000,4800@1200".to_owned();
        let number = |text: &str| text.parse().ok().filter(|number| *number > 0).ok_or_else(problem);
        let mut parts = text.split(',');
        let mut schedule = Self::new(number(parts.next().unwrap_or_default())?);
        let mut before = 0;
        for part in parts {
            let (steps, after) = part.split_once('@').ok_or_else(problem)?;
            let (steps, after) = (number(steps)?, number(after)?);
            if after <= before || after >= schedule.steps() || steps < after {
                return Err(format!(
                    "{steps} steps after step {after} do not continue the schedule before; {}",
                    problem()
                ));
            }
            schedule = schedule.corrected(after, steps);
            before = after;
        }
        Ok(schedule)
    }
}

/// A number, or a text if it was corrected: earlier versions wrote a number.
impl Serialize for Schedule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.is_corrected() {
            true => serializer.collect_str(self),
            false => serializer.serialize_u64(self.planned as u64),
        }
    }
}

impl<'de> Deserialize<'de> for Schedule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberOrText;
        impl Visitor<'_> for NumberOrText {
            type Value = Schedule;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a number of steps, or a text such as \"5000,4800@1200\"")
            }

            fn visit_u64<E: de::Error>(self, steps: u64) -> Result<Schedule, E> {
                usize::try_from(steps).map(Schedule::new).map_err(E::custom)
            }

            fn visit_i64<E: de::Error>(self, steps: i64) -> Result<Schedule, E> {
                usize::try_from(steps).map(Schedule::new).map_err(E::custom)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Schedule, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_any(NumberOrText)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(text: &str) -> Schedule {
        text.parse().expect(text)
    }

    #[test]
    fn a_schedule_is_read_back_as_it_was_written() {
        for (text, steps, json) in [
            ("70", 70, "70"),
            ("70,60@50", 60, "\"70,60@50\""),
            ("70,60@60", 60, "\"70,60@60\""),
            ("70,60@50,65@51", 65, "\"70,60@50,65@51\""),
        ] {
            let found = schedule(text);
            assert_eq!((found.to_string().as_str(), found.steps(), found.planned()), (text, steps, 70));
            assert_eq!(serde_json::to_string(&found).expect("JSON"), json);
            assert_eq!(serde_json::from_str::<Schedule>(json).expect(json), found);
        }
        for text in
            ["", "0", "-1", "x", "70,", "70,60", "70,50@60", "70,60@60,65@60", "70,80@70", "70,60@50,55@50", "70,0@5"]
        {
            assert!(text.parse::<Schedule>().is_err(), "{text}");
            assert!(serde_json::from_value::<Schedule>(text.into()).is_err(), "{text}");
        }
    }

    #[test]
    fn the_learning_rate_of_a_corrected_schedule_has_no_jump_and_ends_near_zero() {
        let (warmup, peak) = (100, 1e-3);
        for text in ["1000", "1000,600@400", "1000,1800@400", "1000,600@400,900@500,880@800", "1000,300@50"] {
            let found = schedule(text);
            let rate = |step| found.learning_rate(step, warmup, peak);
            let (steps, most) = (found.steps(), 1.01 * peak / 100.0);
            assert!((rate(warmup) - peak).abs() < 1e-9, "{text}");
            for step in 1..steps {
                assert!((rate(step + 1) - rate(step)).abs() <= most, "{text}: {step}");
                assert_eq!(rate(step + 1) > rate(step), step < warmup, "{text}: {step}");
            }
            assert!(rate(steps) > 0.0 && rate(steps) < most, "{text}: {}", rate(steps));
        }
    }

    #[test]
    fn the_steps_before_a_correction_do_not_depend_on_it() {
        let (plain, corrected) = (schedule("1000"), schedule("1000,600@400"));
        let rates = |schedule: &Schedule| -> Vec<f32> {
            (1..=400).map(|step| schedule.learning_rate(step, 100, 1e-3)).collect()
        };
        assert_eq!(rates(&plain), rates(&corrected));
        assert!(corrected.learning_rate(401, 100, 1e-3) < plain.learning_rate(401, 100, 1e-3));
    }
}
