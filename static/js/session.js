/* Warns before the session ends and extends it on request. Times come from the dialog's data
   attributes; every open tab hears when one of them has extended the session. */
(() => {
  "use strict";
  const dialog = document.getElementById("session-dialog");
  if (!dialog || typeof dialog.showModal !== "function") return;

  const before = dialog.querySelector("[data-before]");
  const after = dialog.querySelector("[data-after]");
  const minutes = dialog.querySelector("[data-minutes-text]");
  const button = dialog.querySelector("[data-extend]");
  const warnBefore = Number(dialog.dataset.warnBefore) * 1000;
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("stars-session") : null;
  let endsAt = Date.now() + Number(dialog.dataset.expiresIn) * 1000;
  let timer = 0;

  // setTimeout counts in 32 bits and sleeps with the computer: look again at least every minute.
  const tick = () => {
    clearTimeout(timer);
    const left = endsAt - Date.now();
    if (left <= 0) {
      before.hidden = true;
      after.hidden = false;
      if (!dialog.open) dialog.showModal();
      return;
    }
    if (left <= warnBefore) {
      minutes.textContent = `${minutes.dataset.minutesText} ${Math.max(1, Math.ceil(left / 60000))}`;
      if (!dialog.open) dialog.showModal();
    }
    const wait = left > warnBefore ? left - warnBefore : Math.min(left, 20000);
    timer = setTimeout(tick, Math.min(wait, 60000));
  };

  const extended = (seconds) => {
    endsAt = Date.now() + seconds * 1000;
    before.hidden = false;
    after.hidden = true;
    if (dialog.open) dialog.close();
    tick();
  };

  const extend = async () => {
    button.setAttribute("aria-busy", "true");
    try {
      const token = dialog.querySelector("[name=csrfmiddlewaretoken]")?.value
        ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value;
      const answer = await fetch(dialog.dataset.extendUrl, {
        method: "POST",
        headers: { "X-CSRFToken": token, Accept: "application/json" },
        credentials: "same-origin",
        redirect: "error",
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const { expires_in: seconds } = await answer.json();
      extended(seconds);
      channel?.postMessage(seconds);
    } catch {
      endsAt = Date.now();
      tick();
    } finally {
      button.removeAttribute("aria-busy");
    }
  };

  button.addEventListener("click", extend);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    if (!before.hidden) extend();
  });
  channel?.addEventListener("message", (event) => extended(event.data));
  document.addEventListener("visibilitychange", () => { if (!document.hidden) tick(); });
  tick();
})();
