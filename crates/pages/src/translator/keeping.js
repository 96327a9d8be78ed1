// Copying of a text, and keeping of the typed one for a reload of the page.

/** Copies a text on a page without https, which has no `navigator.clipboard`. */
function copyWithoutClipboard(text) {
  const area = make("textarea", { class: "visually-hidden", readonly: "" });
  area.value = text;
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  return isCopied;
}

/** Copies a text and shows for a moment that it was done. */
async function copy(button, text, done = "Copied") {
  button.dataset.name ??= button.textContent;
  const written = navigator.clipboard?.writeText(text) ?? Promise.reject();
  const isCopied = await written.then(() => true, () => copyWithoutClipboard(text));
  button.textContent = isCopied ? done : "Not copied";
  button.focus();
  announce(button.textContent);
  setTimeout(() => { button.textContent = button.dataset.name; }, 2000);
}

/** Whether the button already waits for the translation. */
let isCopying = false;

/** Copies the translation of the text as it is now. If it is still being translated, the button waits for it. */
async function copyTranslation(button) {
  if (isCopying) return;
  if (lines.some((line) => line.isWaiting)) {
    isCopying = true;
    button.dataset.name ??= button.textContent;
    button.textContent = "Waiting ...";
    announce("Copied when the text is translated");
    translateText();
    await untilTranslated();
    isCopying = false;
    button.textContent = button.dataset.name;
  }
  const missing = lines.filter((line) => !line.isBlank && line.found === null).length;
  if (lines.some((line) => line.isWaiting) || wholeTranslation().trim() === "") return void announce("Not copied");
  await copy(button, wholeTranslation(), missing > 0 ? `Copied without ${counted(missing, "line")}` : "Copied");
}

/** The name of the text in the storage of this tab. All pages that are files may share one storage. */
const KEPT = `text of ${location.pathname}`;

/** Keeps the text for a reload of the page, in this tab of the browser: it is not sent anywhere. */
function keepText() {
  try {
    sessionStorage.setItem(KEPT, textField.value);
  } catch {
    // A browser may have no storage for a file, or too little for a long text.
  }
}

/** The text before a reload. */
function keptText() {
  try {
    return sessionStorage.getItem(KEPT) ?? "";
  } catch {
    return "";
  }
}

/** Translates the text anew, as into another language. */
function translateAnew() {
  stopRequest();
  closeMenu(false);
  clear();
  forgetLines();
  output.replaceChildren();
  clearProblem();
  translateText();
}
