// Ctrl+K (or Command+K) goes to the search field. No single-letter shortcuts: WCAG 2.1.4.

(() => {
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
    const find = document.getElementById("find");
    if (!find) return;
    event.preventDefault();
    find.focus();
  });
})();
