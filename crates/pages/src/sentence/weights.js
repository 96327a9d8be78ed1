// Weights between the words of a pair, their links, and values computed from them.

/** The end-of-sentence symbol as it is displayed. */
const END = "</s>";

/** Parses links `0-0 1-2` to pairs of a source and a target index. */
function parseLinks(text) {
  return text === "" ? [] : text.split(" ").map((link) => link.split("-").map(Number));
}

/** Whether any two links cross. The links are sorted by source word. */
function areCrossing(links) {
  let furthest = -1;
  let furthestOfSource = -1;
  let source = -1;
  for (const [from, to] of links) {
    if (from !== source) {
      furthest = Math.max(furthest, furthestOfSource);
      furthestOfSource = -1;
      source = from;
    }
    if (to < furthest) return true;
    furthestOfSource = Math.max(furthestOfSource, to);
  }
  return false;
}

/** Weights of one kind between the words of a pair, `[target words][source words + 1]`, as levels of 0 to 255; the last
 * column is the end of the source. */
class View {
  constructor({ levels, entropy, links }, sourceLength, targetLength) {
    this.width = sourceLength + 1;
    this.levels = levels;
    this.entropy = entropy;
    this.links = parseLinks(links);
    this.isCrossing = areCrossing(this.links);
    this.unalignedSource = sourceLength - new Set(this.links.map(([source]) => source)).size;
    this.unalignedTarget = targetLength - new Set(this.links.map(([, target]) => target)).size;
  }

  weight(target, source) {
    return this.levels[target * this.width + source] / 255;
  }

  /** The weight on the end of the source. */
  end(target) {
    return this.weight(target, this.width - 1);
  }

  /** The weights of a target word, `[source words + 1]`. */
  row(target) {
    return Array.from({ length: this.width }, (_, source) => this.weight(target, source));
  }

  /** The weights of a source word, or of the end of the source, `[target words]`. */
  column(source) {
    return Array.from({ length: this.entropy.length }, (_, target) => this.weight(target, source));
  }

  /** The mean of a value over the target words; 0 without target words. */
  mean(ofWord) {
    const words = this.entropy.length;
    let sum = 0;
    for (let target = 0; target < words; target++) sum += ofWord(target);
    return words === 0 ? 0 : sum / words;
  }

  get meanEntropy() {
    return this.mean((target) => this.entropy[target]);
  }

  get meanEnd() {
    return this.mean((target) => this.end(target));
  }

  get highestEntropy() {
    return this.entropy.reduce((most, entropy) => Math.max(most, entropy), 0);
  }

  get highestEnd() {
    return this.entropy.reduce((most, _, target) => Math.max(most, this.end(target)), 0);
  }
}

/** The log probability of a reading per target word, or null. */
function perWord(reading) {
  return reading.log_prob === null ? null : reading.log_prob / reading.target.length;
}

/** The log probability of the end of the target. */
function endLogProb(reading) {
  return reading.log_prob - reading.word_log_probs.reduce((sum, word) => sum + word, 0);
}
