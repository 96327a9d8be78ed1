// What the user should know about the languages of the text, with buttons that choose others. Nothing is chosen without
// the user: the text may not be complete.

/** The language of a text that cannot be translated to the chosen one, and why, or null. */
function languageHint() {
  const { source, target } = languagePair();
  const all = lines.filter((line) => !line.isBlank);
  if (source !== AUTO || all.length === 0) return null;
  const stuck = all.find((line) => line.unreachable !== null);
  if (stuck) {
    const [own, name] = [nameOf(stuck.unreachable), nameOf(target)];
    const text = `${engineName()} cannot translate ${own} to ${name}.`;
    return { code: stuck.unreachable, text, verb: `Translate ${own} to` };
  }
  const isSame = ({ found }) => found !== null && found.detected === target && found.confidence >= CERTAIN;
  if (!all.every(isSame)) return null;
  return { code: target, text: `This text is already in ${nameOf(target)}.`, verb: "Translate it to" };
}

/** The name of the engine at the beginning of a sentence. */
function engineName() {
  return engine.name[0].toUpperCase() + engine.name.slice(1);
}

/** A button that takes a target language. */
function targetButton(code, verb) {
  const button = make("button", { type: "button" }, `${verb} ${nameOf(code)}`);
  button.addEventListener("click", () => {
    const select = document.getElementById("target-language");
    select.value = code;
    select.focus();
    onLanguage("target");
  });
  return button;
}

/** At most so many languages have a button. */
const MOST_BUTTONS = 4;

/** Shows the hint on the languages. It is written anew only if it changes, since a screen reader reads it then. */
function showHint() {
  const hint = languageHint();
  const place = document.getElementById("hint");
  const key = hint === null ? "" : `${hint.text} ${hint.code}`;
  if (place.dataset.key === key) return;
  place.dataset.key = key;
  const buttons = hint === null ? [] : targetsOf(hint.code).slice(0, MOST_BUTTONS);
  place.replaceChildren(...(hint === null ? []
    : [make("p", {}, hint.text), ...buttons.map((code) => targetButton(code, hint.verb))]));
}
