// Fills the controls and starts the page.

/** Milliseconds without a key until the list is filtered. */
const DELAY = 120;

function fillSorts() {
  const options = [...SORTS].map(([value, [name]]) => make("option", { value }, name));
  document.getElementById("sort").replaceChildren(...options);
}

/** Shows the weights of the other view; keeps the page number and the order if possible. */
function changeView() {
  showFigures(wanted().kind);
  showTitle(wanted().kind);
  const before = page;
  refresh();
  page = Math.min(before, Math.max(0, Math.ceil(selected.length / PER_PAGE) - 1));
  list();
}

function toggleOrder(event) {
  const button = event.currentTarget;
  button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true");
  refresh();
}

function reset() {
  for (const id of ["search", "least-entropy", "least-eos"]) document.getElementById(id).value = "";
  for (const id of ["crossing", "unaligned"]) document.getElementById(id).checked = false;
  refresh();
  document.getElementById("search").focus();
}

/** Chooses the figure that the bar below a target word shows. */
function changeBars() {
  document.getElementById("sentences").dataset.bars = document.getElementById("bars").value;
}

/** `/` goes to the search. */
function onSlash(event) {
  if (event.key !== "/" || isTyping(event)) return;
  event.preventDefault();
  document.getElementById("search").focus();
}

function listenForControls() {
  const on = (id, event, run) => document.getElementById(id).addEventListener(event, run);
  for (const id of ["search", "least-entropy", "least-eos"]) on(id, "input", afterTyping(refresh, DELAY));
  for (const id of ["sort", "crossing", "unaligned"]) on(id, "change", refresh);
  for (const view of VIEWS) on(`view-${view}`, "change", changeView);
  on("order", "click", toggleOrder);
  on("reset", "click", reset);
  on("bars", "change", changeBars);
  on("against", "change", showCurves);
  on("curves", "toggle", showCurves);
  on("controls", "submit", (event) => event.preventDefault());
  document.addEventListener("keydown", onSlash);
  addEventListener("resize", () => document.getElementById("curves").open && showCurves());
}

/** Some browsers restore the values of controls after a reload, so the list is filtered by them from the start. */
function start() {
  const sentences = document.getElementById("sentences");
  fillSorts();
  showSubject();
  listenForExplanations();
  listenForWords(sentences);
  listenForKeys(sentences);
  listenForControls();
  showFigures(wanted().kind);
  showTitle(wanted().kind);
  changeBars();
  selected = select(wanted());
  if (selected.length > 0) opened.add(selected[0].line);
  list();
}

start();
