/* Suggestions while typing in the search box; without JavaScript it stays a plain form.
   The combobox pattern of the ARIA practices: the focus stays in the box, arrows move the choice. */
(() => {
  "use strict";

  const WAIT = 150;

  const setUp = (input) => {
    const list = document.createElement("ul");
    const said = document.createElement("p");
    const id = `${input.id}-list`;
    list.id = id;
    list.className = "menu-panel suggestions";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.labels[0]?.textContent ?? "");
    list.hidden = true;
    said.className = "visually-hidden";
    said.setAttribute("role", "status");
    input.after(list, said);
    Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id,
    }).forEach(([name, value]) => input.setAttribute(name, value));

    let timer = 0;
    let asked = 0;
    let chosen = -1;
    const options = () => [...list.children];

    const close = () => {
      list.hidden = true;
      chosen = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const choose = (at) => {
      const all = options();
      if (!all.length) return;
      chosen = (at + all.length) % all.length;
      all.forEach((option, n) => option.setAttribute("aria-selected", String(n === chosen)));
      input.setAttribute("aria-activedescendant", all[chosen].id);
      all[chosen].scrollIntoView({ block: "nearest" });
    };
    const go = (option) => { window.location.assign(option.dataset.url); };
    const show = (found) => {
      list.replaceChildren(...found.suggestions.map((one, n) => {
        const option = document.createElement("li");
        const kind = document.createElement("span");
        option.id = `${id}-${n}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.url = one.url;
        kind.className = "small soft";
        kind.textContent = one.kind;
        option.append(one.text, " ", kind);
        return option;
      }));
      said.textContent = found.said;
      chosen = -1;
      list.hidden = !found.suggestions.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
      input.removeAttribute("aria-activedescendant");
    };
    const ask = async () => {
      const text = input.value.trim();
      const number = ++asked;
      if (text.length < 2) {
        close();
        return;
      }
      const address = `${input.dataset.suggest}?${new URLSearchParams({ q: text })}`;
      try {
        const response = await fetch(address, { headers: { Accept: "application/json" } });
        const found = response.ok ? await response.json() : null;
        if (found && number === asked && document.activeElement === input) show(found);
      } catch {
        close(); // no connection: the form still works
      }
    };

    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, WAIT);
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        close();
      } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        if (list.hidden) return;
        event.preventDefault();
        if (event.key === "ArrowDown") choose(chosen + 1);
        else choose(chosen < 0 ? -1 : chosen - 1);
      } else if (event.key === "Enter" && chosen >= 0 && !list.hidden) {
        event.preventDefault();
        go(options()[chosen]);
      }
    });
    input.addEventListener("blur", () => { ++asked; close(); });
    // The focus stays in the box while an option is pressed.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) go(option);
    });
  };

  document.querySelectorAll("input[data-suggest]").forEach(setUp);
})();
