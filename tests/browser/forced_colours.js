// What a page no longer shows in forced colours: controls, states and focus that only a colour tells. Gives a list.
() => {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = "Canvas";
  const canvas = getComputedStyle(probe).color;
  probe.remove();

  const found = [];
  const said = (e) => e.outerHTML.replace(/\s+/g, " ").slice(0, 90);
  const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getBoundingClientRect().width > 1;
  const all = (selector) => [...document.querySelectorAll(selector)].filter(shown);
  const look = (e, part) => getComputedStyle(e, part);

  const isLine = (width, style, colour) =>
    parseFloat(width) > 0 && !["none", "hidden"].includes(style) && colour !== canvas;
  const hasEdge = (e) => {
    const s = look(e);
    const isEdge = (side) => isLine(s[`border${side}Width`], s[`border${side}Style`], s[`border${side}Color`]);
    return ["Top", "Right", "Bottom", "Left"].every(isEdge);
  };
  const hasRing = (e) => isLine(look(e).outlineWidth, look(e).outlineStyle, look(e).outlineColor);
  const isUnderlined = (e) => [e, ...e.querySelectorAll("*")].some((x) => look(x).textDecorationLine !== "none");
  const isMarked = (e) =>
    ["::before", "::after"].some((part) => !["none", "normal", '""'].includes(look(e, part).content));
  const isNative = (e) => e.matches("[type=radio], [type=checkbox]") && look(e).appearance !== "none";
  const isColouredLink = (e) => e.matches("a:not(.button, .chip)") && look(e).color !== look(e.parentElement).color;
  const isDrawnBox = (e) => e.matches(".tick:has(rect)") && look(e.querySelector("rect")).stroke !== "none";
  const isTold = [hasEdge, isUnderlined, isMarked, isNative, isColouredLink, isDrawnBox];

  const controls = all("button, input:not([type=hidden]), select, textarea, summary, a[href]");
  for (const e of controls) {
    if (!isTold.some((tells) => tells(e))) found.push(`nothing tells that this is a control: ${said(e)}`);
    const card = e.closest("label.opt");
    if (card && !hasEdge(card)) found.push(`a card without an edge: ${said(e)}`);
  }

  // All of its looks but colours.
  const shape = (e) => {
    const shapeOf = (x, part) => {
      const s = look(x, part);
      const underline = s.textDecorationLine !== "none" && s.textDecorationThickness;
      return [s.borderWidth, s.borderStyle, s.outlineStyle, underline, s.fontWeight, s.content,
        x.matches("path") && s.stroke !== "none"];
    };
    const parts = [e, ...e.querySelectorAll("path")];
    return JSON.stringify(parts.map((x) => [null, "::before", "::after"].map((part) => shapeOf(x, part))));
  };
  const check = (e, turn, turnBack) => {
    const before = shape(e);
    turn();
    const after = shape(e);
    turnBack();
    if (before === after) found.push(`its state is told by colour alone: ${said(e)}`);
  };
  for (const e of all("[aria-current]:not(.brand)")) {
    const value = e.getAttribute("aria-current");
    check(e, () => e.removeAttribute("aria-current"), () => e.setAttribute("aria-current", value));
  }
  for (const e of all("[aria-pressed]")) {
    const value = e.getAttribute("aria-pressed");
    const other = value === "true" ? "false" : "true";
    check(e, () => e.setAttribute("aria-pressed", other), () => e.setAttribute("aria-pressed", value));
  }
  for (const e of all(".done")) check(e, () => e.classList.remove("done"), () => e.classList.add("done"));
  for (const e of all("label.opt:has(:checked)")) {
    const box = e.querySelector(":checked");
    check(e, () => { box.checked = false; }, () => { box.checked = true; });
  }

  for (const e of controls) {
    e.focus({ preventScroll: true });
    const isFocused = document.activeElement === e;
    if (isFocused && ![e, e.closest("label")].some((x) => x && hasRing(x))) found.push(`focus is not seen on ${said(e)}`);
  }
  return found;
}
