// "Exit this page": replaces this page in the browser's history, so that Back does not return to it.
// Also on Shift pressed three times within two seconds, with no other key between.

(() => {
  const PRESSES = 3;
  const WITHIN_MS = 2000;
  let times = [];

  const leave = (href) => {
    document.body.hidden = true;
    window.location.replace(href);
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-exit]");
    if (!link || event.button !== 0 || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    leave(link.href);
  });

  document.addEventListener("keyup", (event) => {
    if (event.key !== "Shift") {
      times = [];
      return;
    }
    const now = Date.now();
    times = [...times.filter((time) => now - time < WITHIN_MS), now];
    const link = document.querySelector("a[data-exit]");
    if (times.length >= PRESSES && link) leave(link.href);
  });
})();
