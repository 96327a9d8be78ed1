// The two lines of a pair, and its heat map when it is opened.

/** The log probability of a full bar. */
const UNLIKELY = -6;

/** What the figures of a word and of a sentence mean. */
const TERMS = {
  surprise: "Natural logarithm of the probability that the model gives to a target word. 0 is certain, −0.7 a chance of one "
    + "in two, −4.6 one in a hundred. A full bar is −6 or less.",
  entropy: "How widely the weights of a target word are distributed, in nats. 0: all weight on one source word; 0.7: two "
    + "words equally. A full bar means equal weights on all words.",
  eos: `Weight on ${END}, the end of the source. A large weight often means that the target word translates no source word.`,
  crossing: "At least two links cross: the order of the words differs between the sides.",
  unaligned: "Words of both sides without a link.",
};

/** The filled parts of a target word's bars, as shares of 1: log probability, entropy, weight on the end of the source. */
function shares(reading, view, target) {
  return {
    surprise: (reading.word_log_probs[target] ?? 0) / UNLIKELY,
    entropy: view.width < 2 ? 0 : view.entropy[target] / Math.log(view.width),
    eos: view.end(target),
  };
}

/** A smaller share is not drawn: a bar of one pixel looks like a stain. */
const LEAST_SHARE = 0.04;

/** Sets the shares of a target word as properties for the style. */
function setShares(element, reading, view, target) {
  for (const [name, share] of Object.entries(shares(reading, view, target))) {
    element.style.setProperty(`--share-${name}`, share < LEAST_SHARE ? 0 : Math.min(share, 1).toFixed(3));
  }
}

/** A word for pointer and keyboard. Tab reaches the first word of a line, the arrow keys the others. */
function wordElement(text, side, index) {
  return make("span", {
    class: "word", role: "button", "aria-pressed": "false",
    tabindex: index === 0 ? 0 : -1, "data-side": side, "data-index": index,
  }, text);
}

function sourceWords(source) {
  const words = source.map((text, index) => wordElement(text, "source", index));
  const end = wordElement(END, "source", source.length);
  end.classList.add("end");
  end.setAttribute("aria-label", "end of the source");
  return [...words, end];
}

function targetWords(reading, view) {
  return reading.target.map((text, index) => {
    const word = wordElement(text, "target", index);
    setShares(word, reading, view, index);
    return word;
  });
}

/** The text before, between and after `count` words: one space between each two. */
function spaces(count) {
  return ["", ...Array(Math.max(count - 1, 0)).fill(" "), ""];
}

/** A line of words in the direction of its text. `gaps` is the text before, between and after the words; `lang` is the
 * language of the line, or null. */
function line(side, name, words, gaps = spaces(words.length), lang = null) {
  const spaced = [gaps[0], ...words.flatMap((word, at) => [word, gaps[at + 1]])].filter((part) => part !== "");
  const blank = make("span", { class: "quiet" }, "blank");
  return make("div", { class: `line ${side}`, role: "group", "aria-label": name, dir: "auto", lang },
    ...(words.length === 0 ? [blank] : spaced));
}

/** The panel of a pair; registers its words for highlighting. `of` names the pair, such as `of line 3`; `head` is null or
 * an element above the two lines. A reading has the words of the target and, if the pair was scored, their log
 * probabilities. `level` is that of the headings inside, 4 if it is left out.
 *
 * These may be left out: `end`, the name of the end of the source, which is the last word of the source line if `hasEnd`;
 * `figures`, the function that describes the figures of a target word; `gaps` and `languages` of both lines, see `line`. */
function readingPanel({
  source, reading, view, of, head, end = END, hasEnd = true, figures = figuresOf, gaps = {}, languages = {},
  level = 4,
}) {
  const words = { source: sourceWords(source), target: targetWords(reading, view) };
  const onLine = hasEnd ? words.source : words.source.slice(0, -1);
  const panel = make("section", { class: "reading", "aria-label": `Pair ${of}` }, head,
    line("source", `Source ${of}`, onLine, gaps.source, languages.source),
    line("target", `Target ${of}`, words.target, gaps.target, languages.target),
    make("div", { class: "details" }));
  panels.set(panel, { source, reading, view, words, of, end, figures, level });
  return panel;
}

/** The steps of the search, closed at first, if the reading has them. */
function searchSteps(reading) {
  if (reading.search === undefined) return [];
  const text = make("pre", { tabindex: 0, "aria-label": "Steps of the search" }, reading.search);
  return [make("details", { class: "search" }, make("summary", {}, "Steps of the search"), framed(text))];
}

/** Draws or removes the heat map. It is drawn only when opened, because most are never opened. */
function showDetails(panel, open) {
  const details = panel.querySelector(".details");
  if (shown?.panel === panel) clear();
  const { source, reading } = panels.get(panel);
  const isDrawable = source.length > 0 && reading.target.length > 0;
  const nothing = make("p", { class: "quiet" }, "No weights: the source or the target is blank.");
  const weights = () => (isDrawable ? [heatMap(panel), linkList(panel)] : [nothing]);
  details.replaceChildren(...(open ? [...weights(), ...searchSteps(reading)] : []));
  if (!open) Object.assign(panels.get(panel), { labels: undefined, svg: undefined });
}
