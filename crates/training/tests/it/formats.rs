//! Formats of configurations and logs: any text is one or an error, and each is read back as it was written.

use crate::support::SMALL;
use glosser_attention_decoder::Score;
use glosser_training::{Budget, Event, Overrides, Progress, Sample, Settings, Validation, read_log};
use glosser_translator::DevMetric;
use proptest::collection::vec;
use proptest::prelude::*;
use std::fs;

/// Reads a log of these bytes.
fn log(bytes: &[u8]) -> Result<Vec<Event>, String> {
    let place = tempfile::tempdir().expect("a directory");
    let path = place.path().join("log.jsonl");
    fs::write(&path, bytes).expect("written");
    read_log(&path).map_err(|error| format!("{error:#}"))
}

fn settings(file: toml::Table) -> Result<Settings, String> {
    Settings::for_corpus(SMALL, &Overrides { file, ..Overrides::default() }).map_err(|error| error.to_string())
}

/// Lines of configurations, and other lines.
fn configuration() -> impl Strategy<Value = String> {
    let key = prop_oneof![
        "(tokenizer|model|training|training.guided_alignment|training.budget|x)\\.(vocab|joint|embed|seed|epochs|minutes|dropout|clip|x)",
        "[a-z.\\[\\]\"']{0,12}",
    ];
    let value = prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| format!("{number:?}")),
        prop::sample::select(vec![
            "true",
            "nan",
            "-inf",
            "0.5",
            "300",
            "\"dot\"",
            "[]",
            "{}",
            "{ epochs = 2 }",
            "[[[["
        ])
        .prop_map(str::to_owned),
    ];
    let line = prop_oneof![
        (key, value).prop_map(|(key, value)| format!("{key} = {value}")),
        "\\[(tokenizer|model|training|training.guided_alignment|x)\\]",
        any::<String>(),
    ];
    vec(line, 0..5).prop_map(|lines| lines.join("\n"))
}

/// A number that JSON has without rounding.
fn figure() -> impl Strategy<Value = f64> {
    any::<i32>().prop_map(|number| f64::from(number) / 1024.0)
}

fn event() -> impl Strategy<Value = Event> {
    let validation = (any::<[usize; 3]>(), (figure(), figure(), figure()), any::<bool>(), any::<[String; 3]>());
    prop_oneof![
        any::<String>().prop_map(|text| Event::Note { text }),
        (2..1_000_000_usize, any::<Option<usize>>()).prop_map(|(steps, validation_pairs)| {
            let schedule = validation_pairs.map(|_| format!("{},{steps}@1", steps + 9).parse().expect("steps"));
            Event::StepsFixed { steps, schedule, validation_pairs }
        }),
        (any::<[usize; 2]>(), any::<String>(), figure()).prop_map(|([step, back_to], what, learning_rate)| {
            Event::RolledBack { step, what, back_to, learning_rate }
        }),
        (any::<usize>(), any::<Option<usize>>(), figure(), any::<i8>()).prop_map(|(step, steps, figure, small)| {
            Event::Progress(Progress {
                step,
                steps,
                loss: figure,
                gradient_norm: small.into(),
                learning_rate: small.into(),
                tokens_per_second: figure,
                seconds: figure,
                seconds_left: steps.map(|_| figure),
            })
        }),
        validation.prop_map(|([step, one, other], (epochs, dev_loss, dev_bleu), is_best, texts)| {
            let [source, reference, translation] = texts;
            Event::Validated(Validation {
                step,
                epochs,
                dev_loss,
                dev_bleu,
                dev_chrf: is_best.then_some(epochs),
                metric: if is_best { DevMetric::Chrf } else { DevMetric::Bleu },
                is_best,
                seconds: epochs,
                distinct_translations: one,
                distinct_references: other,
                sample: Sample { source, reference, translation },
            })
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_a_configuration_or_an_error(text in configuration()) {
        let Ok(file) = text.parse::<toml::Table>() else { return Ok(()) };
        if let Ok(found) = settings(file) {
            let written = toml::to_string(&found).expect("TOML");
            prop_assert_eq!(settings(written.parse().expect("TOML")).expect("as it was written"), found);
        }
    }

    #[test]
    fn settings_are_read_back_as_they_were_written(
        sizes in prop::array::uniform8(1_usize..1_000_000),
        shares in prop::array::uniform4(0.0_f64..1.0),
        rate in 1e-12_f64..1e6,
        seed in 0..i64::MAX as u64,
        score in prop::sample::select(vec![Score::Dot, Score::General, Score::Additive, Score::Mlp]),
        budget in prop_oneof![
            (1_usize..1_000_000).prop_map(Budget::Epochs),
            (1_usize..1_000_000_000).prop_map(Budget::Steps),
            (3_usize..1_000_000).prop_map(|steps| Budget::Schedule(format!("{steps},5@2").parse().expect("steps"))),
            (1e-9_f64..1e6).prop_map(Budget::Minutes),
        ],
    ) {
        let mut found = settings(toml::Table::new()).expect("the defaults");
        let (model, training) = (&mut found.model, &mut found.training);
        found.tokenizer.vocab = sizes[0].max(300);
        (model.embed, model.encoder_hidden, model.decoder_hidden) = (sizes[1], sizes[2], sizes[3]);
        (model.attention, model.encoder_layers, model.ensemble) = (score, sizes[4] % 100 + 1, sizes[3] % 100 + 1);
        (training.batch_tokens, training.warmup_steps, training.longest) = (sizes[5], sizes[6], sizes[7]);
        (training.dropout, training.label_smoothing, training.placeholders) = (shares[0], shares[1], shares[2]);
        training.target_word_dropout = shares[3];
        (training.learning_rate, training.clip, training.seed, training.budget) = (rate, rate, seed, budget);
        training.weight_decay = 100.0 * shares[1];
        training.sampled_vocabulary = sizes[0] - 1;
        let written = toml::to_string(&found).expect("TOML");
        prop_assert_eq!(settings(written.parse().expect("TOML")).expect("as it was written"), found);
    }

    #[test]
    fn any_bytes_are_a_log_or_an_error_with_its_line(
        bytes in prop_oneof![vec(any::<u8>(), 0..80), "(\\{\"event\":\"[a-z-]{0,9}\"\\}\n?){0,3}".prop_map(String::into_bytes)],
    ) {
        if let Err(message) = log(&bytes) {
            prop_assert!(message.contains("log.jsonl:") && message.contains("not an event of a training log"), "{}", message);
        }
    }

    #[test]
    fn events_are_read_back_as_they_were_written(events in vec(event(), 0..6), cut in any::<prop::sample::Index>()) {
        let lines: String =
            events.iter().map(|event| serde_json::to_string(event).expect("JSON") + "\n").collect();
        prop_assert_eq!(&log(lines.as_bytes()).expect("as it was written"), &events);
        // Of a log that was cut short, the line is named where it was.
        let whole = lines.len().saturating_sub(1);
        let cut = if whole == 0 { 0 } else { cut.index(whole) };
        if let Err(message) = log(&lines.as_bytes()[..cut]) {
            let line = lines.as_bytes()[..cut].iter().filter(|byte| **byte == b'\n').count() + 1;
            prop_assert!(message.contains(&format!("log.jsonl:{line}: ")), "{}", message);
        }
    }
}

#[test]
fn a_seed_above_the_integers_of_toml_is_kept() {
    let overrides = Overrides { seed: Some(u64::MAX), ..Overrides::default() };
    let found = Settings::for_corpus(SMALL, &overrides).expect("settings");
    assert_eq!(found.training.seed, u64::MAX);
    let saved = serde_json::to_value(&found).expect("JSON");
    assert_eq!(serde_json::from_value::<Settings>(saved).expect("as it was saved"), found);
}
