/* Keeps what is written in the editor of a programme, and never loses it: what could not be sent
   stays in this browser until the server has it. Without this script the page is sent by a button. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const said = document.querySelector("[data-said]");
  const key = `draft:${form.dataset.key}`;
  const PAUSE = 1200;
  const AGAIN = 5000;
  const NOT_KEPT = ["csrfmiddlewaretoken", "seen"];
  let timer = 0;
  let busy = false;
  let dirty = false;

  const say = (text) => { if (said.textContent !== text) said.textContent = text; };
  const entries = () => [...new FormData(form)].filter(([name]) => !NOT_KEPT.includes(name));
  const remember = () => { try { localStorage.setItem(key, JSON.stringify({ seen: form.elements.seen.value, entries: entries() })); } catch { /* full or private */ } };
  const forget = () => { try { localStorage.removeItem(key); } catch { /* private */ } };

  // Lines of lists are named alike; as many as are wanted are made of the last one.
  const addLine = (box) => {
    const last = box.lastElementChild;
    const line = last.cloneNode(true);
    line.querySelectorAll("input, select").forEach((field) => { field.value = ""; });
    box.append(line);
    return line;
  };
  const restore = (kept) => {
    const byName = new Map();
    kept.forEach(([name, value]) => byName.set(name, [...(byName.get(name) || []), value]));
    byName.forEach((values, name) => {
      const first = form.querySelector(`[data-lines] [name="${CSS.escape(name)}"]`);
      const box = first?.closest("[data-lines]");
      if (box) while (box.children.length < values.length) addLine(box);
      const fields = form.querySelectorAll(`[name="${CSS.escape(name)}"]`);
      values.forEach((value, at) => { if (fields[at] && fields[at].type !== "hidden") fields[at].value = value; });
    });
  };

  // Marks say what was seen of each unit ("title_lv:1a2b…"); a unit is a box or all lines of a list.
  const marksOf = (line) => new Map(line.split(" ").map((part) => part.split(":")));
  const valueOf = (unit) => {
    const start = unit === "offers" ? "offer_" : `${unit}_`;
    const lines = form.querySelector(`[data-lines="${unit}"]`);
    return JSON.stringify(entries().filter(([name]) => (lines ? name.startsWith(start) : name === unit)));
  };
  const took = (answer, sent) => {
    const before = marksOf(form.elements.seen.value);
    const after = marksOf(answer.seen);
    // What a colleague changed comes in, but never over what was typed while this was on its way.
    const brought = (unit, bring) => {
      if (valueOf(unit) === sent[unit]) bring();
      else if (before.has(unit)) after.set(unit, before.get(unit));
    };
    Object.entries(answer.moved).forEach(([unit, value]) => brought(unit, () => { form.elements[unit].value = value; }));
    Object.entries(answer.rows).forEach(([unit, html]) => brought(unit, () => { form.querySelector(`[data-lines="${unit}"]`).innerHTML = html; }));
    form.elements.seen.value = [...after].map((pair) => pair.join(":")).join(" ");
    Object.entries(answer.notes).forEach(([unit, html]) => {
      const box = form.querySelector(`[data-notes="${unit}"]`);
      if (box && box.innerHTML !== html) box.innerHTML = html;
    });
    form.querySelector("[data-missing]").innerHTML = answer.missing;
    say(answer.said);
  };

  const keep = async () => {
    clearTimeout(timer);
    if (busy) return;
    busy = true;
    dirty = false;
    say(form.dataset.saving);
    const sent = Object.fromEntries([...marksOf(form.elements.seen.value).keys()].map((unit) => [unit, valueOf(unit)]));
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body: new FormData(form), credentials: "same-origin", redirect: "error", headers: { Accept: "application/json" } });
      const data = await answer.json();
      if (!answer.ok) { say(data.message); return; }
      took(data, sent);
      if (dirty) remember();
      else if (data.whole) forget();
    } catch {
      say(form.dataset.waits);
      dirty = true;
      timer = setTimeout(keep, AGAIN);
      return;
    } finally {
      busy = false;
    }
    if (dirty) timer = setTimeout(keep, PAUSE);
  };
  const changed = () => {
    dirty = true;
    remember();
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  };

  form.addEventListener("input", changed);
  window.addEventListener("online", () => { if (dirty) keep(); });
  // Coming back to the page shows what a colleague has written meanwhile.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") keep();
    else if (dirty) keep();
  });
  form.addEventListener("click", (event) => {
    const more = event.target.closest("[data-more]");
    if (!more) return;
    event.preventDefault();
    addLine(form.querySelector(`[data-lines="${more.dataset.more}"]`)).querySelector("input, select").focus();
  });
  form.addEventListener("submit", () => clearTimeout(timer));
  window.addEventListener("beforeunload", (event) => { if (dirty && !form.dataset.sent) event.preventDefault(); });

  let kept = null;
  try { kept = JSON.parse(localStorage.getItem(key)); } catch { /* private */ }
  if (kept && JSON.stringify(kept.entries) !== JSON.stringify(entries())) {
    // Marks of what was seen then: what a colleague has changed since is told, not overwritten.
    restore(kept.entries);
    form.elements.seen.value = kept.seen;
    say(form.dataset.restored);
    timer = setTimeout(keep, PAUSE);
  } else if (kept) {
    forget();
  }
})();
