// Fills the page and starts it.

function start() {
  showSubject();
  showSettings();
  showRuns();
  document.getElementById("training-choice").hidden = comparison.curves.every(({ training }) => training.length === 0);
  for (const id of ["against", "zoom", "training"]) document.getElementById(id).addEventListener("change", showCurves);
  addEventListener("resize", showCurves);
  listenForHighlight();
  showCurves();
}

start();
