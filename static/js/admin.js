// Names for what Django's admin builds without one, so that screen readers can say what it is.
(() => {
  const name = () => {
    for (const cell of document.querySelectorAll(".inline-group thead th:empty")) {
      const text = document.createElement("span");
      text.className = "visually-hidden";
      text.textContent = "Row";
      cell.append(text);
    }
    for (const table of document.querySelectorAll(".inline-group .tabular.inline-related")) {
      if (table.scrollWidth > table.clientWidth && table.tabIndex < 0) {
        table.tabIndex = 0; // so that the keyboard can scroll it
        table.setAttribute("role", "group");
        table.setAttribute("aria-label", table.querySelector("h2")?.textContent.trim() || "Rows");
      }
    }
    for (const icon of document.querySelectorAll(".help-tooltip[aria-label]")) icon.setAttribute("role", "img");
    for (const field of document.querySelectorAll(".datetime input")) {
      field.setAttribute("aria-label", field.classList.contains("vTimeField") ? "Time" : "Date");
    }
    for (const box of document.querySelectorAll(".select2-selection")) {
      const select = box.closest(".select2-container").previousElementSibling;
      const label = select?.labels?.[0]?.textContent.trim() || select?.getAttribute("aria-label") || "Search";
      box.setAttribute("aria-label", label);
      for (const field of box.querySelectorAll("input, [role=textbox]")) field.setAttribute("aria-label", label);
      for (const list of box.querySelectorAll("ul")) list.setAttribute("role", "group");
      for (const item of box.querySelectorAll("li")) item.setAttribute("role", "none");
    }
  };
  // The widgets are built, and built anew, whenever a row is added: look again after every change of elements.
  new MutationObserver(name).observe(document.body, { childList: true, subtree: true });
  addEventListener("resize", name); // a table that fitted may not fit any more
  name();
})();
