// Explanations of figures, shown beside the figure by pointer, touch and keyboard.

/** The one bubble of the page. */
const bubble = make("p", { id: "bubble", role: "tooltip", hidden: "" });

/** Pixels between a figure and its bubble, and between the bubble and the edge of the window. */
const BUBBLE_GAP = 6;

/** Gives an element an explanation. With `isStop`, the keyboard reaches the element with Tab. */
function explained(element, explanation, isStop = false) {
  element.dataset.tip = explanation;
  if (isStop) {
    element.tabIndex = 0;
    element.setAttribute("aria-describedby", bubble.id);
  }
  return element;
}

/** Shows the explanation of an element below it, or above it if there is no space below. That of a source word is above
 * it if it can, since its translation is below. */
function showBubble(element) {
  bubble.textContent = element.dataset.tip;
  bubble.hidden = false;
  const [figure, own] = [element.getBoundingClientRect(), bubble.getBoundingClientRect()];
  const { clientWidth, clientHeight } = document.documentElement;
  const below = figure.bottom + BUBBLE_GAP;
  const above = figure.top - BUBBLE_GAP - own.height;
  const isAbove = below + own.height > clientHeight || (element.matches(".line.source .word") && above >= 0);
  const top = isAbove ? above : below;
  const left = Math.min(figure.left, clientWidth - own.width - BUBBLE_GAP);
  bubble.style.top = `${Math.max(top, BUBBLE_GAP)}px`;
  bubble.style.left = `${Math.max(left, BUBBLE_GAP)}px`;
}

function hideBubble() {
  bubble.hidden = true;
}

/** Shows explanations from now on. */
function listenForExplanations() {
  document.body.append(bubble);
  const onEnter = (event) => {
    const element = event.target.closest?.("[data-tip]");
    if (element) showBubble(element);
    else hideBubble();
  };
  document.addEventListener("pointerover", onEnter);
  document.addEventListener("focusin", onEnter);
  document.addEventListener("focusout", hideBubble);
  document.addEventListener("scroll", hideBubble, { capture: true, passive: true });
  document.addEventListener("keydown", (event) => event.key === "Escape" && hideBubble());
}
