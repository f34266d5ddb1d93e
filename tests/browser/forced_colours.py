"""What a page must still show when the reader's system takes its colours away (forced colours, high contrast)."""

from playwright.sync_api import Page

UNSEEN = """() => {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = "Canvas";
  const canvas = getComputedStyle(probe).color;
  probe.remove();
  const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getBoundingClientRect().width > 1;
  const said = (e) => e.outerHTML.replace(/\\s+/g, " ").slice(0, 90);
  const line = (width, style, colour) => parseFloat(width) > 0 && !["none", "hidden"].includes(style) && colour !== canvas;
  const edged = (s) => ["Top", "Right", "Bottom", "Left"].every((side) =>
    line(s[`border${side}Width`], s[`border${side}Style`], s[`border${side}Color`]));
  const ringed = (s) => line(s.outlineWidth, s.outlineStyle, s.outlineColor);
  const lined = (e) => [e, ...e.querySelectorAll("*")].some((x) => getComputedStyle(x).textDecorationLine !== "none");
  const marked = (e) => ["::before", "::after"].some((part) => !["none", "normal", '""'].includes(getComputedStyle(e, part).content));
  const native = (e) => e.matches("[type=radio], [type=checkbox]") && getComputedStyle(e).appearance !== "none";
  const coloured = (e) => e.matches("a:not(.button, .chip)") && getComputedStyle(e).color !== getComputedStyle(e.parentElement).color;
  const pictured = (e) => e.matches(".tick") && e.querySelector("svg rect") && getComputedStyle(e.querySelector("rect")).stroke !== "none";
  const controls = [...document.querySelectorAll("button, input:not([type=hidden]), select, textarea, summary, a[href]")].filter(shown);
  const found = [];

  for (const e of controls) {
    const style = getComputedStyle(e);
    if (!(edged(style) || lined(e) || marked(e) || native(e) || coloured(e) || pictured(e)))
      found.push(`nothing tells that this is a control: ${said(e)}`);
    if (e.closest("label.opt") && !edged(getComputedStyle(e.closest("label.opt"))))
      found.push(`a card without an edge: ${said(e)}`);
  }

  const form = (e) => JSON.stringify([e, ...e.querySelectorAll("path")].flatMap((x) => ["", "::before", "::after"].map((part) => {
    const s = getComputedStyle(x, part || null);
    return [s.borderWidth, s.borderStyle, s.outlineStyle, s.textDecorationLine !== "none" && [s.textDecorationLine, s.textDecorationThickness], s.fontWeight, s.content,
      x.matches("path") && s.stroke !== "none"];
  })));
  const differs = (e, change, back) => {
    const before = form(e);
    change();
    const after = form(e);
    back();
    return before !== after;
  };
  const without = (e, name) => [() => e.removeAttribute(name), ((value) => () => e.setAttribute(name, value))(e.getAttribute(name))];
  const states = [];
  for (const e of document.querySelectorAll("[aria-current]:not(.brand)")) states.push([e, ...without(e, "aria-current")]);
  for (const e of document.querySelectorAll("[aria-pressed=true]")) states.push([e, ...without(e, "aria-pressed")]);
  for (const e of document.querySelectorAll("[aria-pressed=false]"))
    states.push([e, () => e.setAttribute("aria-pressed", "true"), () => e.setAttribute("aria-pressed", "false")]);
  for (const e of document.querySelectorAll(".done")) states.push([e, () => e.classList.remove("done"), () => e.classList.add("done")]);
  for (const e of document.querySelectorAll("label.opt input:checked"))
    states.push([e.closest("label"), () => { e.checked = false; }, () => { e.checked = true; }]);
  for (const [e, change, back] of states)
    if (shown(e) && !differs(e, change, back)) found.push(`its state is told by colour alone: ${said(e)}`);

  for (const e of controls) {
    e.focus({ preventScroll: true });
    if (document.activeElement !== e) continue;
    if (![e, e.closest("label")].some((x) => x && ringed(getComputedStyle(x)))) found.push(`focus is not seen on ${said(e)}`);
  }
  return found;
}"""


def find_unseen(page: Page) -> list[str]:
    """Controls without edge, underline or mark, states that only a colour tells, and focus without a ring.

    Each state is switched off and on in place: lines, weight, marks or drawing must change with it. Links in a
    colour of their own count as told, for the reader's system gives them one; the shop's name at the top looks the
    same on its own page in any colours. A key is pressed first, so that focus
    is that of a keyboard.
    """
    page.emulate_media(forced_colors="active")
    page.keyboard.press("Tab")
    found: list[str] = page.evaluate(UNSEEN)
    return found
