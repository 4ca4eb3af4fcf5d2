// Says which files were chosen or dropped on a file field. The field works without this script.

(() => {
  document.addEventListener("change", (event) => {
    const input = event.target.closest(".aw-drop input[type=file]");
    if (!input) return;
    const said = input.closest(".aw-drop").querySelector(".aw-drop__said");
    said.textContent = [...input.files].map((file) => `${file.name}, ${Math.max(1, Math.round(file.size / 1024))} KB`).join("; ");
  });

  ["dragover", "dragleave", "drop"].forEach((name) => {
    document.addEventListener(name, (event) => {
      const drop = event.target.closest?.(".aw-drop");
      if (drop) drop.classList.toggle("is-over", name === "dragover");
    });
  });
})();
