// What went wrong, in a plain sentence with its remedy. The last translation stays visible.

/** Shows a sentence with a button to try again, or with a field for a key. */
function showText(text, { canRetry = false, needsKey = false } = {}) {
  const problem = document.getElementById("problem");
  document.getElementById("problem-text").textContent = text;
  document.getElementById("retry").hidden = !canRetry;
  document.getElementById("key-form").hidden = !needsKey;
  if (problem.hidden) announce(text);
  problem.hidden = false;
}

/** A sentence about a failure that ends the request. */
function showProblem(error) {
  if (error.kind === "key") {
    askForKey();
  } else {
    showText(`The text was not translated: ${error.message}`, { canRetry: error.kind === "failed" });
  }
}

function askForKey() {
  const isSent = document.getElementById("key").value !== "";
  showText(isSent ? "The server does not know this API key. Ask whoever runs the server for another one."
    : "This server translates only with an API key. Ask whoever runs the server for one.", { needsKey: true });
}

/** A sentence about a failure that passes: the next try follows by itself. */
function showWaiting(error, seconds) {
  const when = `Trying again in ${counted(Math.ceil(seconds), "second")}.`;
  showText(error.kind === "busy"
    ? `The server has too many requests at the moment. ${when}`
    : `The server does not answer. Check that it is running and that this device is connected to it. ${when}`,
  { canRetry: true });
}

function clearProblem() {
  document.getElementById("problem").hidden = true;
}

/** The sentence for a line with more characters than the engine accepts. */
function tooLong(text) {
  const limit = characterLimit === null ? "" : ` (the limit is ${whole(characterLimit)})`;
  const length = counted([...text].length, "character");
  return `This line is too long to be translated: ${length}${limit}. Break it into several lines.`;
}

/** Has a screen reader read a text when it has nothing else to read. */
function announce(text) {
  document.getElementById("status").textContent = text;
}
