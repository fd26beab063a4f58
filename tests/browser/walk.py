"""What a keyboard, a narrow screen or wider letters would meet (docs/manual-tests.md)."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

NARROW = {"width": 320, "height": 640}
# Text spacing of WCAG 1.4.12.
SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important;
    word-spacing: .16em !important; } p { margin-bottom: 2em !important; }"""

# Texts that are cut off, and what stands beyond the edge of the page (tables in boxes may scroll).
_LOST = """() => {
  const found = [];
  const root = document.documentElement;
  const wide = root.scrollWidth - root.clientWidth;
  if (wide > 0) found.push(`the page scrolls sideways by ${wide} px`);
  const say = el =>
    `${el.tagName.toLowerCase()}.${el.className} “${el.textContent.trim().slice(0, 40)}”`;
  const hides = value => value === "hidden" || value === "clip";
  const silent = ".visually-hidden, .skip-link, [hidden], svg, option, dialog:not([open])";
  for (const el of document.querySelectorAll("body *")) {
    if (!el.checkVisibility({visibilityProperty: true}) || el.closest(silent)) continue;
    const style = getComputedStyle(el);
    const box = el.getBoundingClientRect();
    if (box.width <= 1 || box.height <= 1) continue;
    if (![...el.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
    if (hides(style.overflowX) && el.scrollWidth > el.clientWidth + 1)
      found.push(`cut off: ${say(el)}`);
    if (hides(style.overflowY) && el.scrollHeight > el.clientHeight + 1)
      found.push(`cut below: ${say(el)}`);
    let scrolls = false;
    for (let up = el.parentElement; up; up = up.parentElement)
      scrolls ||= ["auto", "scroll"].includes(getComputedStyle(up).overflowX);
    if (!scrolls && (box.right > innerWidth + 1 || box.left < -1))
      found.push(`beyond the edge: ${say(el)}`);
  }
  return [...new Set(found)];
}"""

# The focus of the keyboard: what it is on, whether one sees it, whether something lies over it.
_FOCUS = """() => {
  const el = document.activeElement;
  if (!el || el === document.body) return null;
  const name = el.textContent.trim() || el.getAttribute("aria-label") || el.name || "";
  const say = `${el.tagName.toLowerCase()}.${el.className} “${name.slice(0, 40)}”`;
  const label = el.id && document.querySelector(`label[for="${CSS.escape(el.id)}"]`);
  const near = [el, el.closest("label"), el.parentElement, label, el.nextElementSibling];
  const ring = s =>
    (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== "none";
  // The link of a card lies over the whole card, and so does its ring.
  const card = el.closest("article, .programme-card, .choice-card");
  const drawn = near.filter(Boolean).some(e => ring(getComputedStyle(e))) ||
    (card && getComputedStyle(card).outlineStyle !== "none");
  const small = el.getBoundingClientRect().width <= 1;
  const shown = small ? el.closest("label") || el.nextElementSibling || el : el;
  const box = shown.getClientRects()[0] || shown.getBoundingClientRect();
  const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
  const y = box.top + Math.min(box.height, 40) / 2;
  const inside = y >= 0 && y < innerHeight;
  const top = inside ? document.elementFromPoint(x, y) : null;
  const free = !!top && (shown.contains(top) || top.contains(shown) || el.contains(top));
  if (!el.dataset.walk) el.dataset.walk = String(window.walked = (window.walked || 0) + 1);
  return {say, drawn, inside, free, over: top ? top.className : "", key: el.dataset.walk};
}"""


def space_out(page: Page) -> None:
    """Give the page the text spacing; as a sheet of its own, which the page's policy lets in."""
    page.evaluate(
        "css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css);"
        " document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]; }",
        SPACED,
    )


def lost(page: Page) -> list[str]:
    """What a reader would miss on the page as it stands."""
    found: list[str] = page.evaluate(_LOST)
    return found


def tab_through(page: Page, most: int = 250) -> tuple[list[str], list[str]]:
    """Press Tab until the page has been gone through: what had the focus, and what was wrong.

    Wrong is a focus that nobody sees, that lies under something or off the screen, and a page that
    never lets go.
    """
    seen: list[str] = []
    wrong: list[str] = []
    keys: set[str] = set()
    page.evaluate("window.walked = 0")
    for _press in range(most):
        page.keyboard.press("Tab")
        here: dict[str, Any] | None = page.evaluate(_FOCUS)
        if here is None or here["key"] in keys:
            return seen, wrong
        keys.add(here["key"])
        seen.append(here["say"])
        if not here["drawn"]:
            wrong.append(f"no focus is drawn: {here['say']}")
        if not here["inside"]:
            wrong.append(f"the focus is off the screen: {here['say']}")
        elif not here["free"]:
            wrong.append(f"covered by {here['over']}: {here['say']}")
    return seen, [*wrong, f"still going after {most} presses"]
