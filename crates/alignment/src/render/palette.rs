//! The colours of all pictures: terminal, heat map, learning curve and report, on a light and on a dark background.

use std::fmt::{self, Write};

/// A colour in sRGB: red, green and blue. It is displayed as `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rgb(pub [u8; 3]);

/// The background that a picture is drawn for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Theme {
    /// Dark letters on a light background.
    Light,
    /// Light letters on a dark background.
    Dark,
}

/// The colours of one theme. Text, links and warnings have a contrast of at least 4.5 to the background, to a card and to
/// a soft area (WCAG 2.2, level AA).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    /// Background of a page.
    pub background: Rgb,
    /// Background of a picture, and of a box on a page.
    pub card: Rgb,
    /// Background of a button that is pressed, or of a box above a card.
    pub raised: Rgb,
    /// Background of an area that is set apart a little: the column of the end of the sentence, a label.
    pub soft: Rgb,
    /// Text, and the frame around the cell of a link.
    pub text: Rgb,
    /// Text of less importance: axes, captions, units.
    pub muted: Rgb,
    /// Lines of a grid, borders.
    pub grid: Rgb,
    /// A weight of 1. Smaller weights are mixed with the background, see [`Palette::weight`].
    pub weight: Rgb,
    /// A weight of 1 on the end of the source sentence, which is no word.
    pub end_weight: Rgb,
    /// A weight of 1 behind a word; the word stays readable.
    pub shade: Rgb,
    /// A chosen word, a link, and the first curve.
    pub accent: Rgb,
    /// Text on `accent`.
    pub on_accent: Rgb,
    /// A gold link: one that a person has drawn.
    pub gold: Rgb,
    /// A warning, and a link that is wrong.
    pub warning: Rgb,
    /// Bars of surprise (negative log probability).
    pub surprise: Rgb,
    /// Bars of entropy.
    pub entropy: Rgb,
    /// The curves of several models; the first is `accent`. A validation has a line of this colour, the best one a ring of
    /// it, and a training loss a line of [`Palette::faint`] of it.
    pub series: [Rgb; 6],
}

/// A weight in a terminal whose background is unknown: it can be read on black and on white.
pub const ANY_BACKGROUND: Rgb = Rgb([0x00, 0x84, 0x7A]);

/// The colours on a light background.
pub const LIGHT: Palette = Palette {
    background: Rgb([0xFA, 0xF9, 0xF7]),
    card: Rgb([0xFF, 0xFF, 0xFF]),
    raised: Rgb([0xFF, 0xFF, 0xFF]),
    soft: Rgb([0xF1, 0xEF, 0xEA]),
    text: Rgb([0x22, 0x26, 0x2A]),
    muted: Rgb([0x5A, 0x62, 0x69]),
    grid: Rgb([0xE1, 0xDE, 0xD8]),
    weight: Rgb([0x0A, 0x5C, 0x57]),
    end_weight: Rgb([0x4F, 0x57, 0x5E]),
    shade: Rgb([0x4A, 0xC7, 0xB6]),
    accent: Rgb([0x0B, 0x6E, 0x66]),
    on_accent: Rgb([0xFF, 0xFF, 0xFF]),
    gold: Rgb([0x87, 0x58, 0x00]),
    warning: Rgb([0xB3, 0x26, 0x1E]),
    surprise: Rgb([0x6B, 0x73, 0x7A]),
    entropy: Rgb([0xB4, 0xBA, 0xBF]),
    series: [
        Rgb([0x0B, 0x6E, 0x66]),
        Rgb([0xB4, 0x45, 0x0A]),
        Rgb([0x2B, 0x5F, 0xC7]),
        Rgb([0x8D, 0x3F, 0x9E]),
        Rgb([0x75, 0x65, 0x00]),
        Rgb([0x3F, 0x44, 0x49]),
    ],
};

/// The colours on a dark background.
pub const DARK: Palette = Palette {
    background: Rgb([0x14, 0x17, 0x1A]),
    card: Rgb([0x1B, 0x1F, 0x23]),
    raised: Rgb([0x3B, 0x43, 0x4A]),
    soft: Rgb([0x24, 0x29, 0x2E]),
    text: Rgb([0xE7, 0xE9, 0xEA]),
    muted: Rgb([0x9B, 0xA4, 0xAB]),
    grid: Rgb([0x33, 0x3A, 0x40]),
    weight: Rgb([0x7F, 0xE3, 0xD2]),
    end_weight: Rgb([0xB6, 0xBE, 0xC4]),
    shade: Rgb([0x0E, 0x6C, 0x63]),
    accent: Rgb([0x5F, 0xD0, 0xC0]),
    on_accent: Rgb([0x10, 0x20, 0x1E]),
    gold: Rgb([0xE8, 0xB9, 0x4A]),
    warning: Rgb([0xFF, 0x9B, 0x8A]),
    surprise: Rgb([0xAE, 0xB6, 0xBC]),
    entropy: Rgb([0x5B, 0x64, 0x6B]),
    series: [
        Rgb([0x5F, 0xD0, 0xC0]),
        Rgb([0xFF, 0x9D, 0x5C]),
        Rgb([0x8F, 0xB4, 0xFF]),
        Rgb([0xDC, 0x9C, 0xF0]),
        Rgb([0xD9, 0xC9, 0x4A]),
        Rgb([0xC3, 0xC9, 0xCE]),
    ],
};

impl Theme {
    /// The colours of the theme.
    pub fn palette(self) -> &'static Palette {
        match self {
            Self::Light => &LIGHT,
            Self::Dark => &DARK,
        }
    }
}

impl Palette {
    /// The colour of a cell with a weight from 0 (the card) to 1. A greater weight is always farther from the card in
    /// lightness. NaN is 0. It is what `weight` with this opacity gives on a card, so CSS may use
    /// `rgb(var(--heat) / WEIGHT)`.
    pub fn weight(&self, weight: f32) -> Rgb {
        self.card.mixed(self.weight, weight)
    }

    /// The colour of a weight on the end of the source sentence, as [`Palette::weight`].
    pub fn end_weight(&self, weight: f32) -> Rgb {
        self.card.mixed(self.end_weight, weight)
    }

    /// A colour half-way to the card, for the line of a training loss beside that of the validations.
    pub fn faint(&self, color: Rgb) -> Rgb {
        self.card.mixed(color, 0.5)
    }

    /// The colours as CSS variables, `--paper: #faf9f7;` and so on, one per line. `--heat` and `--shade` are written as
    /// `R G B`, so that an opacity can be added: `rgb(var(--heat) / .4)`.
    pub fn css_variables(&self) -> String {
        let hex = [
            ("paper", self.background),
            ("card", self.card),
            ("raised", self.raised),
            ("soft", self.soft),
            ("ink", self.text),
            ("quiet", self.muted),
            ("rule", self.grid),
            ("accent", self.accent),
            ("on-accent", self.on_accent),
            ("gold", self.gold),
            ("warning", self.warning),
            ("surprise", self.surprise),
            ("entropy", self.entropy),
        ];
        let mut css = String::new();
        for (name, color) in hex {
            let _ = writeln!(css, "--{name}: {color};");
        }
        for (name, Rgb([red, green, blue])) in
            [("heat", self.weight), ("end-heat", self.end_weight), ("shade", self.shade)]
        {
            let _ = writeln!(css, "--{name}: {red} {green} {blue};");
        }
        for (index, color) in self.series.iter().enumerate() {
            let number = index + 1;
            let _ = writeln!(css, "--series-{number}: {color};\n--training-{number}: {};", self.faint(*color));
        }
        css
    }
}

/// The colours as a style sheet with the variables of [`Palette::css_variables`]: dark where the reader prefers it.
pub fn style_sheet() -> String {
    let [light, dark] = [LIGHT, DARK].map(|palette| palette.css_variables());
    let dark = format!("@media (prefers-color-scheme: dark) {{\n:root {{\n{dark}}}\n}}\n");
    format!(":root {{\ncolor-scheme: light dark;\n{light}}}\n{dark}")
}

impl Rgb {
    /// This colour with the fraction `share` (0 to 1) of another one. NaN is 0.
    pub fn mixed(self, other: Self, share: f32) -> Self {
        let share = if share > 0.0 { share.min(1.0) } else { 0.0 };
        let channel = |at: usize| {
            let (from, to) = (f32::from(self.0[at]), f32::from(other.0[at]));
            (from + share * (to - from)).round() as u8
        };
        Self([channel(0), channel(1), channel(2)])
    }

    /// Black or white, whichever is easier to read on this colour; the contrast is at least 4.5.
    pub fn readable_text(self) -> Self {
        let (black, white) = (Self([0; 3]), Self([255; 3]));
        if self.contrast(black) > self.contrast(white) { black } else { white }
    }

    /// The contrast of two colours, 1 to 21 (WCAG 2.2).
    pub fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// The relative luminance, 0 to 1 (WCAG 2.2).
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let channel = f64::from(channel) / 255.0;
            if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_links_and_warnings_have_a_contrast_of_at_least_4_5() {
        for theme in [LIGHT, DARK] {
            let texts = [theme.text, theme.muted, theme.accent, theme.gold, theme.warning];
            for color in texts.into_iter().chain(theme.series) {
                for background in [theme.background, theme.card, theme.soft] {
                    let contrast = color.contrast(background);
                    assert!(contrast >= 4.5, "{color} on {background}: {contrast:.2}");
                }
            }
            for (text, background) in [(theme.text, theme.shade), (theme.on_accent, theme.accent)] {
                let contrast = text.contrast(background);
                assert!(contrast >= 4.5, "{text} on {background}: {contrast:.2}");
            }
        }
    }

    #[test]
    fn the_colour_for_any_background_is_readable_on_black_and_on_white() {
        for background in [Rgb([0; 3]), Rgb([255; 3])] {
            assert!(ANY_BACKGROUND.contrast(background) >= 4.5);
        }
    }

    #[test]
    fn a_greater_weight_is_farther_from_the_card_and_any_weight_can_carry_text() {
        for theme in [LIGHT, DARK] {
            let weights: [fn(&Palette, f32) -> Rgb; 2] = [Palette::weight, Palette::end_weight];
            for weight in weights {
                let cells: Vec<Rgb> = (0..=20u8).map(|step| weight(&theme, f32::from(step) / 20.0)).collect();
                assert!(cells.windows(2).all(|two| theme.card.contrast(two[0]) < theme.card.contrast(two[1])));
                for cell in cells {
                    assert!(cell.contrast(cell.readable_text()) >= 4.5, "{cell}");
                }
                assert_eq!((weight(&theme, 0.0), weight(&theme, f32::NAN)), (theme.card, theme.card));
            }
        }
        assert_eq!((LIGHT.weight(1.0), LIGHT.weight(7.0)), (LIGHT.weight, LIGHT.weight));
    }

    #[test]
    fn both_themes_have_the_same_css_variables() {
        let names = |palette: Palette| {
            let css = palette.css_variables();
            css.lines().map(|line| line.split_once(':').map(|(name, _)| name.to_owned())).collect::<Vec<_>>()
        };
        assert_eq!(names(LIGHT), names(DARK));
        assert!(LIGHT.css_variables().starts_with("--paper: #faf9f7;\n"), "{}", LIGHT.css_variables());
    }
}
