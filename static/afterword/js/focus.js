// After a form came back with errors, the summary takes the focus, so that it is read first.

(() => {
  const toSummary = (root) => {
    const summary = root.querySelector("[data-focus]");
    if (summary) summary.focus();
  };

  toSummary(document);
  document.addEventListener("htmx:afterSwap", (event) => toSummary(event.target));
})();
