//! Places: at the market, in the kitchen, behind the house.

use crate::lexicon::Noun;
use crate::subject::{Role, any_noun, noun_phrase};
use crate::word::Phrase;
use crate::writer::Writer;

/// Any place where people do things.
pub(crate) fn place(writer: &mut Writer<'_>) -> Phrase {
    match writer.weighted(&[(25, 'f'), (30, 'i'), (25, 'a'), (20, 'b')]) {
        'f' => writer.fixed("place"),
        'i' => inside(writer, |noun| noun.is("in")),
        'a' => {
            let noun = any_noun(writer, &["at"]);
            let at = writer.fixed("at");
            at.then(noun_phrase(writer, noun, Role::Place, false).phrase)
        }
        _ => beside(writer),
    }
}

/// In one of the places that fit.
pub(crate) fn inside(writer: &mut Writer<'_>, fits: impl Fn(&Noun) -> bool) -> Phrase {
    let noun = writer.noun(fits).expect("the lexicon has places");
    writer.fixed("in").then(noun_phrase(writer, noun, Role::Place, false).phrase)
}

/// Near, behind, in front of, next to a building.
pub(crate) fn beside(writer: &mut Writer<'_>) -> Phrase {
    let noun = any_noun(writer, &["place", "building", "tree", "home"]);
    let beside = writer.fixed("beside");
    beside.then(noun_phrase(writer, noun, Role::Place, false).phrase)
}

/// Where things lie: on the table, under the bed, in the bag, in the kitchen.
pub(crate) fn spot(writer: &mut Writer<'_>) -> Phrase {
    match writer.weighted(&[(45, 't'), (25, 'c'), (30, 'r')]) {
        't' => {
            let noun = any_noun(writer, &["furniture"]);
            writer.fixed("top").then(noun_phrase(writer, noun, Role::Place, false).phrase)
        }
        'c' => {
            let noun = any_noun(writer, &["bag", "box"]);
            writer.fixed("in").then(noun_phrase(writer, noun, Role::Place, false).phrase)
        }
        _ => inside(writer, |noun| noun.is("room") || noun.is("garden")),
    }
}
