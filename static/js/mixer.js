// The name on the label, live on the picture; search among many cards; a button that copies the link; and the Update
// button out of the way while choices answer by themselves. Everything works without this file.
(() => {
  const field = document.getElementById("label");
  const letters = new Intl.Segmenter(document.documentElement.lang, { granularity: "grapheme" });
  // As label_drawing.py does it, but measured: a long name in two lines, cut at a space; squeezed where still too wide.
  const halves = (shown) => {
    const cuts = shown.flatMap((letter, at) => (letter === " " ? [at + 1] : []));
    if (shown.length <= 12 || !cuts.length) return [shown];
    const longer = (cut) => Math.max(cut, shown.length - cut);
    const cut = cuts.reduce((best, next) => (longer(next) < longer(best) ? next : best));
    return [shown.slice(0, cut), shown.slice(cut)];
  };
  const show = () => {
    const print = document.getElementById("bottle-label"); // found anew: an answer may bring another picture
    const name = field.value.trim().replace(/\s+/g, " ");
    const shown = Array.from(letters.segment(name), (part) => part.segment).slice(0, 24);
    const lines = print.closest(".bottle") ? halves(shown) : [shown];
    const spans = lines.map((line, at) => {
      const span = document.createElementNS(print.namespaceURI, "tspan");
      span.textContent = line.join("");
      span.setAttribute("x", print.getAttribute("x"));
      span.setAttribute("y", Number(print.getAttribute("y")) + (lines.length > 1 ? 12 * at - 5 : 0));
      if (lines.length > 1) span.setAttribute("class", "half");
      return span;
    });
    print.removeAttribute("textLength");
    print.replaceChildren(...spans);
    for (const span of spans) {
      if (span.getComputedTextLength() <= print.dataset.room) continue;
      span.setAttribute("textLength", print.dataset.room);
      span.setAttribute("lengthAdjust", "spacingAndGlyphs");
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
  update.classList.toggle("wanted", !("htmx" in window));
  for (const failure of ["htmx:sendError", "htmx:responseError"]) {
    document.body.addEventListener(failure, () => {
      update.classList.add("wanted");
      update.querySelector("button").focus();
    });
  }

  const copy = document.getElementById("copy");
  copy.hidden = !navigator.clipboard; // only where the page came safely
  copy.addEventListener("click", async () => {
    const link = document.getElementById("copy-link"); // found anew: every answer brings another
    const said = document.getElementById("copied");
    link.select();
    said.textContent = "";
    await navigator.clipboard.writeText(link.value);
    said.textContent = said.dataset.said;
  });

  // The picture's name for screen readers follows the answer.
  document.body.addEventListener("htmx:afterSettle", () => {
    const title = document.getElementById("bottle-title");
    if (title) title.textContent = document.title.split(" · ")[0];
  });
})();
