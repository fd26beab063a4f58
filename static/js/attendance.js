/* Who is here: each touch is saved at once. What cannot be sent waits on this device, in order and
   with the version that was on the screen, and is sent when there is a connection again, from any
   list that is opened. Where somebody else was quicker, both marks are shown and one is chosen.
   Only keys of rows are kept, no names, for each user by themselves. Without this script the list
   is a form with a button. */
(() => {
  "use strict";
  const form = document.getElementById("attendance");
  if (!form) return;

  const { user, session, url } = form.dataset;
  const QUEUE = `attendance:${user}`;
  const CLASHES = `attendance-clashes:${user}`;
  const AGAIN = 10000;
  const MOST = 200;
  const status = document.getElementById("attendance-saved");
  const words = status.dataset;
  const merge = document.getElementById("attendance-merge");
  const state = document.getElementById("attendance-state");
  const rest = form.querySelector("[name=rest]");

  // A browser that keeps nothing (private window) still has the queue of this page.
  const memory = {};
  const read = (key) => {
    try { return JSON.parse(localStorage.getItem(key)) ?? []; } catch { return memory[key] ?? []; }
  };
  const write = (key, rows) => {
    memory[key] = rows;
    try { localStorage.setItem(key, JSON.stringify(rows)); } catch { /* in memory then */ }
  };

  const people = [...form.querySelectorAll("[data-who]")];
  const rowOf = (who) => people.find((row) => row.dataset.who === who);
  const field = (row, name) => row.querySelector(`[name=${name}-${CSS.escape(row.dataset.who)}]`);
  const radio = (row, value) => row.querySelector(`input[type=radio][value=${value}]`);
  const chosen = (row) => row.querySelector("input[type=radio]:checked")?.value ?? "";
  const word = (row, value) => radio(row, value).closest("label").textContent.trim();
  const show = (row, value) => { radio(row, value).checked = true; };

  const say = (text, saved) => {
    const line = document.createElement("span");
    line.className = saved ? "saved" : "small";
    line.textContent = text;
    status.replaceChildren(line);
  };
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
  const count = () => {
    const present = people.filter((row) => chosen(row) === "present").length;
    const absent = people.filter((row) => chosen(row) === "absent").length;
    const n = present + absent;
    state.querySelector("b").textContent = fill(words.marked, { n, all: people.length });
    state.querySelector(".num").textContent = fill(words.counts, { present, absent });
    const bar = state.querySelector("progress");
    bar.value = n;
    bar.setAttribute("aria-label", state.querySelector("b").textContent);
    rest.hidden = !people.some((row) => !chosen(row) && !("locked" in row.dataset));
  };
  const note = (row, text) => {
    const line = row.querySelector("[data-note]");
    line.textContent = text;
    line.hidden = !text;
  };
  const notes = () => {
    const waiting = new Set(read(QUEUE).filter((each) => each.session === session).map((each) => each.who));
    people.forEach((row) => {
      const line = row.querySelector("[data-note]");
      if (waiting.has(row.dataset.who)) note(row, words.row);
      else if (line.textContent === words.row) note(row, "");
    });
  };

  /* Both sides, and one to choose. */
  const drawClashes = () => {
    const mine = read(CLASHES).filter((each) => each.session === session && rowOf(each.who));
    const list = merge.querySelector("ul");
    list.replaceChildren(...mine.map((clash) => {
      const row = rowOf(clash.who);
      const item = document.getElementById("attendance-clash").content.firstElementChild.cloneNode(true);
      item.dataset.clash = clash.who;
      item.querySelector("[data-name]").textContent = row.querySelector("b").textContent;
      item.querySelector("[data-whose]").textContent = clash.by;
      item.querySelectorAll("[data-mine]").forEach((place) => { place.textContent = word(row, clash.mine); });
      item.querySelectorAll("[data-theirs]").forEach((place) => { place.textContent = word(row, clash.theirs); });
      return item;
    }));
    merge.hidden = !mine.length;
  };
  const settle = (who) => {
    write(CLASHES, read(CLASHES).filter((each) => each.session !== session || each.who !== who));
    drawClashes();
  };
  merge.addEventListener("submit", (event) => {
    const who = event.target.closest("[data-clash]").dataset.clash;
    const clash = read(CLASHES).find((each) => each.session === session && each.who === who);
    if (!clash) return; // drawn by the server: its form does it
    event.preventDefault();
    const row = rowOf(who);
    const value = event.submitter.dataset.choose === "mine" ? clash.mine : clash.theirs;
    settle(who);
    show(row, value);
    if (value !== clash.theirs) add(row, value);
    count();
    radio(row, value).focus();
  });

  /* The queue. An item that was on its way may have arrived: it is never changed, what comes after
     it stands behind it and gets its version from the answer. */
  const add = (row, presence) => {
    const who = row.dataset.who;
    const queue = read(QUEUE);
    const last = queue.findLast((each) => each.session === session && each.who === who);
    if (last && !last.tried) {
      last.presence = presence;
    } else {
      const version = last ? null : Number(field(row, "version").value);
      queue.push({ id: `${Date.now()}-${Math.random()}`, url, session, who, presence, version, tried: false });
    }
    write(QUEUE, queue);
    notes();
    send();
  };
  const batch = () => {
    const queue = read(QUEUE);
    const rows = [];
    for (const each of queue) {
      if (each.session !== queue[0].session || rows.some((row) => row.who === each.who)) break;
      if (rows.length === MOST) break;
      rows.push(each);
    }
    rows.forEach((each) => { each.tried = true; });
    write(QUEUE, queue);
    return rows;
  };
  const took = (item, answer) => {
    const queue = read(QUEUE).filter((each) => each.id !== item.id);
    const later = queue.find((each) => each.session === item.session && each.who === item.who);
    const row = item.session === session ? rowOf(item.who) : null;
    if (answer.status !== "clash") {
      if (later && later.version === null) later.version = answer.version ?? item.version;
    } else {
      const kept = queue.filter((each) => each.session !== item.session || each.who !== item.who);
      const others = read(CLASHES).filter((each) => each.session !== item.session || each.who !== item.who);
      const mine = later ? later.presence : item.presence;
      if (mine !== answer.presence) {
        others.push({ session: item.session, who: item.who, mine, theirs: answer.presence, by: answer.who });
      }
      write(CLASHES, others);
      queue.splice(0, queue.length, ...kept);
    }
    write(QUEUE, queue);
    if (!row) return;
    if (answer.version === undefined) {
      const was = field(row, "was").value;
      row.querySelectorAll("input[type=radio]").forEach((each) => { each.checked = each.value === was; });
      note(row, answer.text ?? "");
      return;
    }
    field(row, "version").value = answer.version;
    field(row, "was").value = answer.presence;
    if (answer.status === "clash" || !later) show(row, answer.presence);
  };

  let running = null;
  let timer = 0;
  const later = () => { clearTimeout(timer); timer = setTimeout(send, AGAIN); };
  const waits = () => {
    const marks = new Set(read(QUEUE).map((each) => `${each.session} ${each.who}`));
    say(`${words.waiting} ${marks.size}`, false);
    later();
  };
  const once = async () => {
    let saved = "";
    while (read(QUEUE).length) {
      const rows = batch();
      const marks = rows.map(({ who, presence, version }) => ({ participation: who, presence, version }));
      let answer;
      try {
        answer = await fetch(rows[0].url, {
          method: "POST",
          headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value, Accept: "application/json" },
          body: new URLSearchParams({ marks: JSON.stringify(marks) }),
          credentials: "same-origin",
          redirect: "manual",
        });
      } catch {
        waits();
        return;
      }
      if (answer.type === "opaqueredirect" || answer.status === 403) {
        say(words.signIn, false);
        return;
      }
      if (answer.status === 429 || answer.status >= 500) {
        waits();
        return;
      }
      const found = answer.ok ? await answer.json() : { rows: [] };
      rows.forEach((item) => {
        // A list that does not exist any more, for this person: it is not sent for ever.
        took(item, found.rows.find((each) => each.participation === item.who) ?? { status: "gone" });
      });
      if (found.rows.some((each) => each.status === "saved")) saved = found.saved;
      count();
      drawClashes();
    }
    notes();
    say(saved, Boolean(saved));
    if (!merge.hidden && !merge.contains(document.activeElement)) merge.focus();
  };
  const send = () => {
    if (!running && read(QUEUE).length) {
      clearTimeout(timer);
      say(words.sending, false);
      // Two tabs of one person do not send the same.
      running = (navigator.locks ? navigator.locks.request(QUEUE, once) : once())
        .finally(() => { running = null; });
    }
    return running;
  };

  form.addEventListener("change", (event) => {
    const row = event.target.closest("[data-who]");
    if (!row || event.target.type !== "radio" || "locked" in row.dataset) return;
    note(row, "");
    add(row, event.target.value);
    count();
  });
  rest.addEventListener("click", (event) => {
    event.preventDefault();
    people.filter((row) => !chosen(row) && !("locked" in row.dataset)).forEach((row) => {
      show(row, "present");
      add(row, "present");
    });
    count();
  });
  // Before the page is left by its button, what waits is sent; it stays if that does not work.
  document.addEventListener("submit", async (event) => {
    if (event.target !== form || !read(QUEUE).length) return;
    event.preventDefault();
    event.stopPropagation();
    const button = event.submitter;
    await send();
    if (!read(QUEUE).length && merge.hidden) form.requestSubmit(button);
  }, true);
  // Up and down go from person to person without choosing; left and right choose.
  form.addEventListener("keydown", (event) => {
    if (!["ArrowUp", "ArrowDown"].includes(event.key) || event.target.type !== "radio") return;
    event.preventDefault();
    const next = people[people.indexOf(event.target.closest("[data-who]")) + (event.key === "ArrowDown" ? 1 : -1)];
    next?.querySelector("input[type=radio]:checked, input[type=radio]")?.focus();
  });
  window.addEventListener("online", send);
  window.addEventListener("offline", () => { if (read(QUEUE).length) waits(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });

  const save = document.getElementById("attendance-save");
  save.hidden = !people.some((row) => "locked" in row.dataset);
  // What waits from an earlier visit is on the screen again; what it was marked against as well.
  read(QUEUE).filter((each) => each.session === session).forEach((each) => {
    const row = rowOf(each.who);
    if (row) show(row, each.presence);
  });
  const here = new Map(people.map((row) => [row.dataset.who, field(row, "was").value]));
  write(CLASHES, read(CLASHES).filter((each) => (
    each.session !== session || (here.get(each.who) === each.theirs && each.mine !== each.theirs)
  )));
  if (!merge.querySelector("[data-clash]")) drawClashes();
  notes();
  count();
  send();
})();
