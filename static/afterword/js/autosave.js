// A question that was saved by itself is drawn again. Not where it was changed while it was being saved: that
// would take back what was typed or ticked since. The change has a save of its own, queued behind this one.

// Whoever leaves the page with an answer half typed is asked first, but for the quick exit.

(() => {
  const sent = new WeakMap();
  let sending = false;
  const standing = (question) =>
    JSON.stringify([...question.querySelectorAll("input, select, textarea")].map((control) => [control.value, control.checked]));

  document.addEventListener("htmx:beforeRequest", (event) => {
    const question = event.detail.elt;
    if (question.matches("[data-question]")) sent.set(question, standing(question));
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const question = event.detail.elt;
    if (sent.has(question) && sent.get(question) !== standing(question)) event.detail.shouldSwap = false;
  });

  document.addEventListener("submit", () => { sending = true; });
  window.addEventListener("beforeunload", (event) => {
    const control = document.activeElement?.closest("[data-question] :is(input, textarea)");
    if (!sending && !document.body.hidden && control && control.value !== control.defaultValue) event.preventDefault();
  });
})();
