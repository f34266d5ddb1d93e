// The name on the label, live on the bottle, and the Update button out of the way while choices answer by themselves.
// Everything works without this file.
(() => {
  const field = document.getElementById("label");
  const print = document.getElementById("bottle-label");
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

  const update = document.getElementById("update");
  update.hidden = "htmx" in window;
  for (const failure of ["htmx:sendError", "htmx:responseError"]) {
    document.body.addEventListener(failure, () => {
      update.hidden = false;
      update.querySelector("button").focus();
    });
  }

  // The picture's name for screen readers follows the answer.
  document.body.addEventListener("htmx:afterSettle", () => {
    document.getElementById("bottle-title").textContent = document.title.split(" · ")[0];
  });
})();
