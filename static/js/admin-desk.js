// The desk of a recipe and the page of a component: what a rule would do, while it is typed, and the sum of a
// composition, while it is typed. Everything works without this file.
(() => {
  const PART = 10_000; // a share is written with four places, so that sums are whole numbers of these

  const readShares = (scope, prefix) => {
    const shares = [];
    for (const input of scope.querySelectorAll(`input[name^="${prefix}-"][name$="-percent"]`)) {
      const remove = scope.querySelector(`[name="${input.name.replace(/percent$/, "DELETE")}"]`);
      if (input.value !== "" && !remove?.checked && !input.name.includes("__prefix__")) {
        shares.push(Math.round(Number(input.value) * PART));
      }
    }
    return shares;
  };
  for (const line of document.querySelectorAll(".composition-sum")) {
    const form = line.closest("form");
    const said = line.querySelector("output");
    const show = () => {
      const shares = readShares(form, line.dataset.prefix);
      const sum = shares.reduce((total, share) => total + share, 0);
      const missing = 100 * PART - sum;
      const off = line.dataset.off
        .replace("SUM", String(sum / PART))
        .replace("MISSING", (missing > 0 ? "+" : "−") + Math.abs(missing) / PART);
      const text = shares.length ? (missing ? off : line.dataset.whole) : line.dataset.none;
      if (said.textContent !== text) said.textContent = text;
      line.classList.toggle("is-off", shares.length > 0 && missing !== 0);
    };
    for (const event of ["input", "change", "click"]) {
      form.addEventListener(event, () => setTimeout(show)); // a click may take a row away
    }
    show();
  }

  const editor = document.querySelector(".rule-editor");
  if (!editor) return;
  const effect = document.getElementById("effect");
  let waiting;
  let asked;
  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(editor.dataset.effect, {
        method: "POST",
        body: new FormData(editor),
        signal: asked.signal,
      });
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      effect.innerHTML = await answer.text();
    } catch (error) {
      if (error.name !== "AbortError") effect.textContent = editor.dataset.failed;
    }
  };
  editor.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 200);
  });
})();
