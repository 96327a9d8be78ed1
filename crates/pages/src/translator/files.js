// The panel of files that are translated: progress, cancel, and a link to the result.

/** The number of files that are not translated yet. */
let filesLeft = 0;

/** Translates files one after the other. */
async function translateFiles(files) {
  document.getElementById("files").hidden = false;
  const rows = [...files].map((file) => ({ file, row: fileRow(file), pair: languagePair() }));
  filesLeft += rows.length;
  for (const own of rows) {
    await translateFile(own);
    filesLeft -= 1;
  }
}

/** The row of a file with its name, its progress, and a button that cancels. */
function fileRow(file) {
  const bar = make("progress", { max: 1, value: 0, "aria-label": `Progress of ${file.name}` });
  const state = make("span", { class: "quiet" }, "waiting");
  const cancel = make("button", { type: "button", "aria-label": `Cancel ${file.name}` }, "Cancel");
  const controller = new AbortController();
  const element = make("div", { class: "file" }, make("bdi", { class: "file-name" }, file.name), bar, state, cancel);
  cancel.addEventListener("click", () => controller.abort());
  document.getElementById("files").append(element);
  return { bar, state, cancel, controller, element };
}

/** A button that removes the row of a file that is no longer translated. */
function removeButton(name, element) {
  const button = make("button", { type: "button", class: "icon", "aria-label": `Remove ${name}` }, "×");
  button.addEventListener("click", () => {
    const next = element.nextElementSibling ?? element.previousElementSibling;
    const link = element.querySelector("a");
    if (link) URL.revokeObjectURL(link.href);
    element.remove();
    document.getElementById("files").hidden = next === null;
    (next?.querySelector("a, button") ?? document.getElementById("file")).focus();
  });
  return button;
}

/** The time that is left, roughly. */
function timeLeft(started, done, all) {
  const seconds = ((Date.now() - started) / done) * (all - done) / 1000;
  if (seconds < 60) return `about ${counted(Math.ceil(seconds), "second")} left`;
  return `about ${counted(Math.ceil(seconds / 60), "minute")} left`;
}

async function translateFile({ file, row, pair }) {
  const { bar, state, cancel, controller, element } = row;
  try {
    controller.signal.throwIfAborted();
    announce(`Translating ${file.name}`);
    const { texts, written } = fileLines(file.name, await textOfFile(file));
    if (texts.every((text) => text.trim() === "")) throw new Error("The file is empty.");
    state.textContent = `0 of ${counted(texts.length, "line")}`;
    const started = Date.now();
    const translations = await translateAll(texts, pair, controller.signal, {
      onDone(done) {
        bar.value = done / texts.length;
        const left = timeLeft(started, done, texts.length);
        state.textContent = `${whole(done)} of ${counted(texts.length, "line")}, ${left}`;
      },
      onWait(error, seconds) {
        const why = error.kind === "busy" ? "The server has too many requests" : "The server does not answer";
        state.textContent = `${why}. Trying again in ${counted(Math.ceil(seconds), "second")}.`;
      },
    });
    const skipped = translations.filter((translation) => translation === null).length;
    const left = skipped === 0 ? "" : `; ${counted(skipped, "line")} too long or not possible, left blank`;
    state.textContent = `${counted(texts.length, "line")} translated${left}`;
    element.append(resultLink(file.name, pair.target, written(translations.map((one) => one ?? ""))));
    announce(`${file.name}: ${state.textContent}`);
  } catch (error) {
    state.textContent = isAbort(error) ? "cancelled" : sentenceOn(error);
    announce(`${file.name}: ${state.textContent}`);
  }
  bar.remove();
  const remove = removeButton(file.name, element);
  element.append(remove);
  if (document.activeElement === cancel) (element.querySelector("a") ?? remove).focus();
  cancel.remove();
}

/** A link that saves the result beside the file: `text.txt` becomes `text.en.txt`. */
function resultLink(name, target, parts) {
  const saved = name.replace(/(\.[^.]*)?$/, `.${target}$1`);
  const href = URL.createObjectURL(new Blob(parts, { type: "text/plain;charset=utf-8" }));
  return make("a", { class: "button", href, download: saved }, `Save ${saved}`);
}

/** Files that are dropped anywhere on the page are translated. */
function listenForFiles() {
  const input = document.getElementById("file");
  input.addEventListener("change", () => {
    translateFiles(input.files);
    input.value = "";
  });
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) document.body.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    document.body.classList.remove("dropping");
    translateFiles(event.dataTransfer.files);
  });
  // Whoever leaves the page loses the translations.
  addEventListener("beforeunload", (event) => filesLeft > 0 && event.preventDefault());
}
