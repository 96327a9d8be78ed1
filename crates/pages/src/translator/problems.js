// What went wrong, in a plain sentence with its remedy. The last translation stays visible.

/** Shows a sentence, and a button to try again. */
function showText(text, canRetry) {
  const problem = document.getElementById("problem");
  document.getElementById("problem-text").textContent = text;
  document.getElementById("retry").hidden = !canRetry;
  if (problem.hidden) announce(text);
  problem.hidden = false;
}

/** A sentence about a failure that ends the request. */
function showProblem(error) {
  if (error.kind === "key") {
    showText("This server needs an API key, or rejects the one that was sent. Ask whoever runs the server for a key.", false);
    document.getElementById("key-form").hidden = false;
  } else {
    showText(`The text was not translated: ${error.message}`, true);
  }
}

/** A sentence about a failure that passes: the next try follows by itself. */
function showWaiting(error, seconds) {
  const when = `Trying again in ${counted(Math.ceil(seconds), "second")}.`;
  showText(error.kind === "busy"
    ? `The server has too many requests at the moment. ${when}`
    : `The server does not answer. Check that it is running and that this device is connected to it. ${when}`, true);
}

function clearProblem() {
  document.getElementById("problem").hidden = true;
  document.getElementById("key-form").hidden = true;
}

/** The sentence for a line with more characters than the engine accepts. */
function tooLong(text) {
  const limit = characterLimit === null ? "" : ` (the limit is ${whole(characterLimit)})`;
  return `This line is too long to be translated: ${counted([...text].length, "character")}${limit}. Break it into several lines.`;
}

/** Has a screen reader read a text when it has nothing else to read. */
function announce(text) {
  document.getElementById("status").textContent = text;
}
