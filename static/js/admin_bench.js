// While a page of the bench is open, the jobs on it stay with whoever opened it: their leases are made longer.
(() => {
  const form = document.querySelector("[data-keep]");
  if (!form) return;
  const EVERY = 5 * 60 * 1000;
  let last = Date.now();

  const warn = (texts) => {
    const list = form.querySelector("[data-keep-warnings]");
    list.replaceChildren(...texts.map((text) => {
      const item = document.createElement("li");
      item.className = "warning";
      item.textContent = text;
      return item;
    }));
  };
  const keep = async () => {
    last = Date.now();
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
        redirect: "error", // to the sign-in
      });
      if (!answer.ok) throw new Error(answer.statusText);
      const { said, warnings } = await answer.json();
      form.querySelector("[data-keep-said]").textContent = said;
      warn(warnings);
    } catch {
      warn([form.dataset.failed]);
    }
  };
  setInterval(keep, EVERY);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() - last > EVERY) keep();
  });
})();
