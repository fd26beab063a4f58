/* Handing a page on, and comparing: both work by plain links and a field without this. */
(() => {
  "use strict";

  // The phone's own sheet where there is one; otherwise the address is copied as the field opens.
  document.querySelectorAll("[data-share]").forEach((box) => {
    const { title, url } = box.dataset;
    box.querySelector("summary").addEventListener("click", (event) => {
      if (!navigator.share) return;
      event.preventDefault();
      navigator.share({ title, url }).catch(() => {});
    });
    box.addEventListener("toggle", () => {
      if (!box.open) return;
      box.querySelector("input").select();
      const said = box.querySelector("[data-copied]");
      navigator.clipboard?.writeText(url).then(() => { said.textContent = said.dataset.copied; }, () => {});
    });
  });

  // What was compared last stays with this tab, so that the next "Compare" adds to it.
  const KEY = "compare";
  const MOST = 4;
  const kept = () => { try { return JSON.parse(sessionStorage.getItem(KEY)) || []; } catch { return []; } };
  const table = document.querySelector("[data-compared]");
  if (table) {
    try { sessionStorage.setItem(KEY, JSON.stringify(table.dataset.compared.split(" ").filter(Boolean))); } catch { /* private window */ }
  } else {
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-compare]");
      if (!link) return;
      const slug = link.dataset.compare;
      const others = kept().filter((each) => each !== slug).slice(1 - MOST);
      link.search = [...others, slug].map((each) => `p=${encodeURIComponent(each)}`).join("&");
    }, true);
  }
})();
