/* Small improvements of pages that work without them. No inline handlers: data attributes only. */
(() => {
  "use strict";

  // The error summary takes the focus: after a full load and after htmx has put it in.
  const takeFocus = (root) => root.querySelector("[data-take-focus]")?.focus();
  takeFocus(document);
  document.addEventListener("htmx:afterSettle", (event) => takeFocus(event.target));

  // A form is sent once: the pressed button says so and refuses a second press.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (form.method !== "post" || event.defaultPrevented) return;
    form.dataset.sent = "yes";
    const button = event.submitter;
    if (button?.dataset.busy) {
      button.setAttribute("aria-busy", "true");
      button.textContent = button.dataset.busy;
    }
  });
  // Coming back with the browser's button must not find a dead form.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
    document.querySelectorAll("[aria-busy=true]").forEach((button) => button.removeAttribute("aria-busy"));
  });

  // What is left empty does not stand in the address.
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.target.matches("[data-without-empty]")) return;
    const sent = event.detail.parameters;
    Object.keys(sent).forEach((name) => { if (sent[name] === "") delete sent[name]; });
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-without-empty]")) return;
    const empty = [...event.target.elements].filter((field) => field.name && !field.value);
    empty.forEach((field) => { field.disabled = true; });
    setTimeout(() => empty.forEach((field) => { field.disabled = false; }));
  });

  // Menus close with Escape and when one looks elsewhere; so does the sheet of filters.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details.menu[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    } else if (document.querySelector(".filters:target")) {
      document.querySelector(".sheet-head a")?.click();
      document.getElementById("open-filters")?.focus();
    }
  });
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  // The slim bar comes on a desktop when the box with the price has left the screen.
  const bar = document.querySelector(".action-bar[data-appears]");
  const box = document.querySelector("[data-price-box]");
  if (bar && box && "IntersectionObserver" in window) {
    new IntersectionObserver(([entry]) => {
      bar.classList.toggle("is-shown", !entry.isIntersecting && entry.boundingClientRect.top < 0);
    }).observe(box);
  }

  // A choice that is sent as soon as it is made (sorting) has no button with JavaScript.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-send-on-change]")) event.target.form.requestSubmit();
  });

  // Tables of a workspace: arrows move between rows, Enter opens the row's action, "/" searches.
  const rows = () => [...document.querySelectorAll("tr[data-row]")];
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && !event.target.matches("input, select, textarea")) {
      const search = document.querySelector("[data-search-key]");
      if (search) {
        event.preventDefault();
        search.focus();
      }
      return;
    }
    const row = event.target.closest?.("tr[data-row]");
    if (!row || row !== event.target) return;
    if (event.key === "Enter") {
      row.querySelector("a")?.click();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const all = rows();
      const next = all[all.indexOf(row) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) {
        all.forEach((other) => { other.tabIndex = -1; });
        next.tabIndex = 0;
        next.focus();
      }
    }
  });
})();
