// Checks before all other scripts whether this browser can run the page, and at the end whether the file is whole. It
// is written for browsers of 2012 (ECMAScript 5), so that they show a sentence and not a blank page.

(function () {
  "use strict";

  var root = document.documentElement;

  // A module with one function, of one instruction of SIMD: i32x4.splat.
  var SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 17, 11];

  // What the page needs and this browser does not have, or "".
  function missing() {
    if (typeof WebAssembly !== "object") return "WebAssembly";
    if (!WebAssembly.validate(new Uint8Array(SIMD))) return "SIMD in WebAssembly";
    if (typeof DecompressionStream !== "function") return "DecompressionStream";
    if (typeof Worker !== "function" || typeof Blob !== "function") return "workers";
    if (typeof AbortSignal !== "function" || !AbortSignal.prototype.throwIfAborted) return "AbortSignal";
    if (!window.CSS || !CSS.supports("color", "color-mix(in srgb, red, blue)")) return "color-mix";
    return "";
  }

  // Shows a sentence in place of the page.
  function show(text) {
    var notice = document.getElementById("notice");
    while (notice.firstChild) notice.removeChild(notice.firstChild);
    notice.appendChild(document.createTextNode(text));
    notice.className = "shown";
    notice.removeAttribute("hidden");
    root.className = "cannot-run";
  }

  // The sizes of what is there and of the whole file, unless they look equal. Almost all characters have one byte.
  function sizes(here, all) {
    var parts = [here, all].map(function (bytes) { return (bytes / 1e6).toFixed(1); });
    return all === null || parts[0] === parts[1] ? "" : ": only " + parts[0] + " of " + parts[1] + " MB are there";
  }

  // The size of the whole file, or null if even this number is missing.
  function wholeSize() {
    try {
      return JSON.parse(document.getElementById("page-data").textContent).bytes;
    } catch (error) {
      return null;
    }
  }

  function showIncomplete() {
    show("This page cannot begin because its file is incomplete" + sizes(root.outerHTML.length, wholeSize())
      + ". Copying or downloading it was interrupted. Get the file again.");
  }

  var lacks = missing();
  if (lacks !== "") {
    show("This browser is too old for this page, or a setting of it forbids what the page needs (" + lacks
      + "). Open the file with one of these browsers: Chrome or Edge 111, Firefox 113, Safari 16.4 (iPhone and iPad: "
      + "iOS 16.4), all of 2023, or a later one.");
    return;
  }
  document.addEventListener("DOMContentLoaded", function () {
    if (document.getElementById("end") === null) showIncomplete();
  });
}());
