/* Terms of the trade explained in place. Without this script a term is a link to the glossary. */
(() => {
  "use strict";

  if (!HTMLElement.prototype.hasOwnProperty("popover")) return;
  const more = document.currentScript.dataset.more;
  const EDGE = 16;

  const place = (box, button) => {
    const { left, top, bottom } = button.getBoundingClientRect();
    const width = Math.min(320, document.documentElement.clientWidth - 2 * EDGE);
    const right = document.documentElement.clientWidth - EDGE - width;
    box.style.width = `${width}px`;
    box.style.right = "auto";
    box.style.left = `${window.scrollX + Math.max(EDGE, Math.min(left, right))}px`;
    const under = window.innerHeight - bottom > box.offsetHeight + EDGE;
    box.style.top = `${window.scrollY + (under ? bottom + 6 : Math.max(EDGE, top - box.offsetHeight - 6))}px`;
  };

  document.querySelectorAll("a.term[data-term]").forEach((link, number) => {
    const box = document.createElement("span");
    box.className = "menu-panel term-box";
    box.id = `term-${number}`;
    box.popover = "auto"; // closes with Escape and when one presses elsewhere
    const words = document.createElement("span");
    words.setAttribute("role", "status"); // read out when they appear
    const way = document.createElement("a");
    way.href = link.href;
    way.textContent = more;
    box.append(words, way);

    const button = document.createElement("button");
    button.type = "button";
    button.className = "term";
    button.textContent = link.textContent;
    button.setAttribute("aria-expanded", "false");
    button.popoverTargetElement = box;
    box.addEventListener("toggle", (event) => {
      const open = event.newState === "open";
      button.setAttribute("aria-expanded", String(open));
      words.textContent = open ? link.dataset.term : "";
      if (open) place(box, button);
    });
    link.replaceWith(button, box);
  });
})();
