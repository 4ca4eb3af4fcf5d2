// Dialogs: <button data-dialog="id"> opens <dialog id="id">, a [data-close] inside closes it.
// The act itself is an ordinary form inside the dialog; without script the button's own link or form works.

(() => {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.dialog);
      if (dialog) {
        event.preventDefault();
        dialog.showModal();
      }
      return;
    }
    const closer = event.target.closest("dialog [data-close]");
    if (closer) closer.closest("dialog").close();
  });
})();
