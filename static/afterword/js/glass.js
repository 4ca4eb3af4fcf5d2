// How long a file stays open by break-glass. The server decides; this only counts down what it said.
(() => {
  const clocks = [...document.querySelectorAll("[data-until]")];
  const show = () => {
    for (const clock of clocks) {
      const left = Math.max(0, Math.floor((Date.parse(clock.dataset.until) - Date.now()) / 1000));
      const words = `, ${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")} left`;
      clock.nextElementSibling.textContent = left ? words : ", over: the file is closed to you";
    }
  };
  show();
  setInterval(show, 1000);
})();
