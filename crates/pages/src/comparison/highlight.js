// The setting or the run that stands out: lines and rows of all others are pale.

/** What the pointer or the keyboard is at, and what a click has kept: `{ setting, run }` or null. */
let pointed = null;
let kept = null;

/** The setting and the run that an element belongs to; null if none. */
function subjectOf(element) {
  const owner = element.closest?.("[data-setting]");
  if (!owner) return null;
  const run = owner.dataset.run === undefined ? null : Number(owner.dataset.run);
  return { setting: owner.dataset.setting, run };
}

function isSame(one, other) {
  return one !== null && other !== null && one.setting === other.setting && one.run === other.run;
}

/** Whether an element belongs to what stands out. */
function belongs(element, { setting, run }) {
  if (element.dataset.setting !== setting) return false;
  return run === null || element.dataset.run === undefined || Number(element.dataset.run) === run;
}

function showHighlight() {
  const subject = pointed ?? kept;
  for (const element of document.querySelectorAll("[data-setting]")) {
    const isChosen = subject !== null && belongs(element, subject);
    element.classList.toggle("chosen", isChosen);
    element.classList.toggle("single", isChosen && subject.run !== null && element.dataset.run !== undefined);
    element.classList.toggle("faded", subject !== null && !isChosen && element.closest("svg") !== null);
  }
  document.getElementById("reading").replaceChildren(...describeSubject(subject));
}

/** Whether the page is used with fingers. */
function isTouched() {
  return matchMedia("(hover: none)").matches;
}

/** What is known of a run or a setting, as a sentence. */
function describeSubject(subject) {
  if (subject === null) return [isTouched() ? "Tap a line or a row." : "Point at a line or a row."];
  const setting = comparison.settings.find(({ number: found }) => String(found) === subject.setting);
  if (subject.run === null) {
    const spread = setting.sample_standard_deviation === null ? ""
      : `, sample standard deviation ${score(setting.sample_standard_deviation)},`;
    const mean = setting.mean === null ? "no finished run"
      : `mean ${SCORE} ${score(setting.mean)}${spread} over ${counted(setting.finished, "finished run")}`;
    return [`Setting ${setting.number} (${settingText(setting)}): ${mean}.`];
  }
  const values = setting ? `setting ${setting.number}: ${settingText(setting)}` : "its settings are not known yet";
  const run = comparison.runs[subject.run];
  const seed = run.seed === null ? "" : `, seed ${run.seed}`;
  const best = run.best_step === null ? "no validation yet"
    : `${scoresText(run)} at step ${whole(run.best_step)}`;
  const at = subject.at === undefined ? "" : ` Here, at step ${whole(subject.at.step)}: ${CURVE_SCORE} `
    + `${score(subject.at.score)}, loss ${number(subject.at.loss, DIGITS.loss)}.`;
  return [make("bdi", {}, run.directory), `${seed} (${values}). Saved model: ${best}; ${stateText(run)}.${at}`];
}

/** The scores of a run; an unfinished one has only that of greedy search. */
function scoresText(run) {
  const greedy = `${CURVE_SCORE} ${score(run.greedy_score)}`;
  return comparison.search !== "beam" || run.score === null ? greedy : `${SCORE} ${score(run.score)}, ${greedy}`;
}

function point(subject) {
  pointed = subject;
  showHighlight();
}

/** Keeps what stands out, or lets it go. */
function keep(subject) {
  kept = subject === null || isSame(subject, kept) ? null : subject;
  pointed = null;
  showHighlight();
}

function listenForHighlight() {
  document.addEventListener("pointerover", (event) => point(subjectOf(event.target)));
  document.addEventListener("pointerleave", () => point(null));
  document.addEventListener("focusin", (event) => point(subjectOf(event.target)));
  document.addEventListener("focusout", () => point(null));
  document.addEventListener("click", (event) => {
    const subject = subjectOf(event.target);
    if (subject !== null) keep(subject);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("tr")) keep(subjectOf(event.target));
    if (event.key === "Escape") keep(null);
  });
}
