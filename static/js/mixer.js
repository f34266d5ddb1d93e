// The name on the label, live on the bottle. Everything else works without this file.
(() => {
  const field = document.getElementById("label");
  const print = document.getElementById("bottle-label");
  if (!field || !print) return;
  const letters = new Intl.Segmenter(document.documentElement.lang, { granularity: "grapheme" });
  const show = () => {
    const shown = Array.from(letters.segment(field.value.trim()), (part) => part.segment).slice(0, 24);
    print.textContent = shown.join("");
    if (shown.length > 10) {
      print.setAttribute("textLength", "60");
      print.setAttribute("lengthAdjust", "spacingAndGlyphs");
    } else {
      print.removeAttribute("textLength");
    }
  };
  field.addEventListener("input", show);
  show();
  // The picture's name for screen readers follows the answer.
  document.body.addEventListener("htmx:afterSettle", () => {
    const name = document.querySelector("title");
    const title = document.getElementById("bottle-title");
    if (name && title) title.textContent = name.textContent.split(" · ")[0];
  });
})();
