// The name on the label, live on the picture; search among many cards; and the Update button out of the way while
// choices answer by themselves. Everything works without this file.
(() => {
  const field = document.getElementById("label");
  const letters = new Intl.Segmenter(document.documentElement.lang, { granularity: "grapheme" });
  const show = () => {
    const print = document.getElementById("bottle-label"); // found anew: an answer may bring another picture
    const shown = Array.from(letters.segment(field.value.trim()), (part) => part.segment).slice(0, 24);
    print.textContent = shown.join("");
    if (shown.length > 10 && print.closest(".bottle")) {
      print.setAttribute("textLength", "60");
      print.setAttribute("lengthAdjust", "spacingAndGlyphs");
    } else {
      print.removeAttribute("textLength");
    }
  };
  field.addEventListener("input", show);
  show();

  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  for (const search of document.querySelectorAll("input[data-cards]")) {
    const cards = [...document.getElementById(search.dataset.cards).children];
    const found = document.getElementById(search.getAttribute("aria-describedby"));
    search.parentElement.hidden = false;
    search.addEventListener("input", () => {
      const words = plain(search.value).split(/\s+/);
      for (const card of cards) {
        const said = plain(card.querySelector("label").textContent);
        card.hidden = !words.every((word) => said.includes(word));
      }
      const shown = cards.filter((card) => !card.hidden).length;
      found.textContent = search.value.trim() ? found.dataset.found.replace("%s", shown) : "";
    });
    search.addEventListener("change", (event) => event.stopPropagation()); // no choice, so nothing to ask
    search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
  }

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
    const title = document.getElementById("bottle-title");
    if (title) title.textContent = document.title.split(" · ")[0];
  });
})();
