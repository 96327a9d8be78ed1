//! Python arguments: texts, pairs, and the choices of a search.

use crate::error::{GlosserError, raised};
use glosser_text::{Lines, Split, Terms, open};
use glosser_translator::{Copying, SearchOptions, Translator};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyMapping, PyString};
use std::path::PathBuf;

/// The greatest width of a beam and the greatest length of a translation: more needs too much memory.
const MAX_BEAM: usize = 1000;
const MAX_LENGTH: usize = 10_000;

/// Texts to translate.
pub struct Texts {
    pub texts: Vec<String>,
    /// Whether one text was given, and not a list of texts.
    pub is_one: bool,
}

impl Texts {
    /// Reads a `str` or an iterable of them.
    pub fn read(given: &Bound<'_, PyAny>) -> PyResult<Self> {
        if given.is_instance_of::<PyString>() {
            return Ok(Self { texts: vec![given.extract()?], is_one: true });
        }
        let expected = "a str or an iterable of str";
        let items = iterate(given, "texts", expected)?;
        let texts = items.enumerate().map(|(index, item)| text(&item?, || format!("texts[{index}]")));
        Ok(Self { texts: texts.collect::<PyResult<_>>()?, is_one: false })
    }
}

/// Reads an iterable of pairs of `str`.
pub fn pairs(given: &Bound<'_, PyAny>) -> PyResult<Vec<(String, String)>> {
    let items = iterate(given, "pairs", "an iterable of pairs (source, target)")?;
    items.enumerate().map(|(index, item)| pair(&item?, index)).collect()
}

fn pair(given: &Bound<'_, PyAny>, index: usize) -> PyResult<(String, String)> {
    let sides: Vec<Bound<'_, PyAny>> =
        iterate(given, &format!("pairs[{index}]"), "a pair (source, target)")?.collect::<PyResult<_>>()?;
    let [source, target] = &sides[..] else {
        let found = sides.len();
        return Err(PyValueError::new_err(format!("pairs[{index}] has {found} items; a pair is (source, target)")));
    };
    Ok((text(source, || format!("pairs[{index}][0]"))?, text(target, || format!("pairs[{index}][1]"))?))
}

/// Iterates over anything but a text, whose items would be characters.
fn iterate<'py>(
    given: &Bound<'py, PyAny>,
    name: &str,
    expected: &str,
) -> PyResult<impl Iterator<Item = PyResult<Bound<'py, PyAny>>> + use<'py>> {
    let is_text = given.is_instance_of::<PyString>() || given.is_instance_of::<PyBytes>();
    let wrong = |given: &Bound<'_, PyAny>| match given.get_type().name() {
        Ok(found) => PyTypeError::new_err(format!("{name} is {found}; give {expected}")),
        Err(error) => error,
    };
    if is_text {
        return Err(wrong(given));
    }
    given.try_iter().map_err(|_| wrong(given))
}

fn text(given: &Bound<'_, PyAny>, name: impl Fn() -> String) -> PyResult<String> {
    if !given.is_instance_of::<PyString>() {
        return Err(PyTypeError::new_err(format!("{} is {}, not str", name(), given.get_type().name()?)));
    }
    given.extract()
}

/// The choices of a search.
pub struct SearchArguments<'a, 'py> {
    pub beam_size: usize,
    pub length_penalty: Option<f32>,
    pub max_length: Option<usize>,
    pub split: &'a str,
    pub glossary: Option<&'a Bound<'py, PyAny>>,
    pub keep: Option<&'a Bound<'py, PyAny>>,
    pub copy: bool,
    pub batch_size: usize,
}

impl SearchArguments<'_, '_> {
    /// Returns the options of a search by `translator`, whose defaults hold for what was not given.
    ///
    /// # Errors
    /// If a value is out of range.
    pub fn options(&self, translator: &Translator) -> PyResult<SearchOptions> {
        let options = translator.search_options();
        let length_penalty = self.length_penalty.unwrap_or(options.length_penalty);
        in_range("beam_size", self.beam_size, MAX_BEAM)?;
        self.max_length.map_or(Ok(()), |length| in_range("max_length", length, MAX_LENGTH))?;
        in_range("batch_size", self.batch_size, usize::MAX)?;
        if !length_penalty.is_finite() || length_penalty < 0.0 {
            return Err(PyValueError::new_err(format!("length_penalty is {length_penalty}; give a number from 0")));
        }
        let (beam_size, batch_size) = (self.beam_size, self.batch_size);
        Ok(SearchOptions { beam_size, length_penalty, max_length: self.max_length, batch_size, short_list: true })
    }

    /// Returns a translator with the choices that a search has not; `None` if all are the defaults.
    ///
    /// # Errors
    /// If a glossary cannot be read or has a faulty line, or `split` is unknown.
    pub fn changed(&self, translator: &Translator) -> PyResult<Option<Translator>> {
        let split = match self.split {
            "auto" => Split::Auto,
            "always" => Split::Always,
            "never" => Split::Never,
            other => {
                let problem = format!("split is {other:?}; give \"auto\", \"always\" or \"never\"");
                return Err(PyValueError::new_err(problem));
            }
        };
        if split == Split::Auto && self.copy && self.glossary.is_none() && self.keep.is_none() {
            return Ok(None);
        }
        let mut copying = Copying::by_looks();
        copying.automatic = self.copy;
        self.glossary.map_or(Ok(()), |glossary| add_glossary(&mut copying.terms, glossary))?;
        self.keep.map_or(Ok(()), |keep| add_kept(&mut copying.terms, keep))?;
        Ok(Some(translator.clone().with_copying(copying).with_split(split)))
    }
}

/// Checks that a number is from 1 to `most`.
pub fn in_range(name: &str, number: usize, most: usize) -> PyResult<()> {
    if (1..=most).contains(&number) {
        return Ok(());
    }
    let to = if most == usize::MAX { String::new() } else { format!(" to {most}") };
    Err(PyValueError::new_err(format!("{name} is {number}; give a whole number from 1{to}")))
}

/// Adds a file of terms, or a mapping from terms to their translations.
fn add_glossary(terms: &mut Terms, given: &Bound<'_, PyAny>) -> PyResult<()> {
    let Ok(mapping) = given.cast::<PyMapping>() else {
        return terms
            .add_glossary(open(&file(given, "glossary", "a dict or a path")?).map_err(raised)?)
            .map_err(raised);
    };
    let mut lines = String::new();
    for item in mapping.items()?.iter() {
        let (term, translation): (String, String) = item.extract()?;
        check_term("glossary", &term)?;
        check_term("glossary", &translation)?;
        lines += &format!("{term}\t{translation}\n");
    }
    terms.add_glossary(Lines::new(lines.as_bytes(), "glossary")).map_err(raised)
}

/// Adds a file of terms that are copied, or an iterable of them.
fn add_kept(terms: &mut Terms, given: &Bound<'_, PyAny>) -> PyResult<()> {
    if is_path(given)? {
        let file = file(given, "keep", "an iterable of str or a path")?;
        return terms.add_kept(open(&file).map_err(raised)?).map_err(raised);
    }
    let mut lines = String::new();
    for (index, item) in iterate(given, "keep", "an iterable of str or a path")?.enumerate() {
        let term = text(&item?, || format!("keep[{index}]"))?;
        check_term("keep", &term)?;
        lines += &format!("{term}\n");
    }
    terms.add_kept(Lines::new(lines.as_bytes(), "keep")).map_err(raised)
}

/// Rejects a term that a file of terms cannot have.
fn check_term(name: &str, term: &str) -> PyResult<()> {
    if term.trim().is_empty() || term.starts_with('#') || term.contains(['\t', '\n', '\r', '\0']) {
        let problem = format!(
            "{name}: {term:?} cannot be a term; a term has text, no tab and no line end, and does not begin with #"
        );
        return Err(PyValueError::new_err(problem));
    }
    Ok(())
}

/// Whether an argument is a path: a `str` or a `pathlib.Path`.
pub fn is_path(given: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(given.is_instance_of::<PyString>() || given.hasattr("__fspath__")?)
}

fn file(given: &Bound<'_, PyAny>, name: &str, expected: &str) -> PyResult<PathBuf> {
    if !is_path(given)? {
        return Err(PyTypeError::new_err(format!("{name} is {}; give {expected}", given.get_type().name()?)));
    }
    given.extract()
}

/// Converts a value of `serde` to Python objects.
pub fn to_python<'py>(py: Python<'py>, value: &impl serde::Serialize) -> PyResult<Bound<'py, PyDict>> {
    let json = serde_json::to_string(value).map_err(|cause| GlosserError::new_err(cause.to_string()))?;
    Ok(py.import("json")?.call_method1("loads", (json,))?.cast_into()?)
}
