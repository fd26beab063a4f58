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

  // What was compared last stays with this tab, so that the next "Compare" adds to it. In the list
  // the press chooses and stays there; a bar counts and leads to the comparison.
  const KEY = "compare";
  const MOST = 4;
  const kept = () => { try { return JSON.parse(sessionStorage.getItem(KEY)) || []; } catch { return []; } };
  const keep = (slugs) => { try { sessionStorage.setItem(KEY, JSON.stringify(slugs)); } catch { /* private window */ } };
  const query = (slugs) => slugs.map((each) => `p=${encodeURIComponent(each)}`).join("&");
  const table = document.querySelector("[data-compared]");
  const bar = document.querySelector("[data-compare-bar]");

  const count = () => {
    const slugs = kept();
    const list = new URLSearchParams({ list: window.location.search.slice(1) });
    const link = bar.querySelector("a");
    link.search = query(slugs) + (window.location.search ? `&${list}` : "");
    bar.hidden = !slugs.length;
    bar.querySelector("span").textContent = `${bar.querySelector("span").dataset.chosen} ${slugs.length}`;
    document.querySelectorAll("a[data-compare]").forEach((each) => {
      each.setAttribute("role", "button");
      each.setAttribute("aria-pressed", String(slugs.includes(each.dataset.compare)));
    });
  };
  const choose = (link) => {
    const slug = link.dataset.compare;
    const slugs = kept();
    if (slugs.includes(slug)) keep(slugs.filter((each) => each !== slug));
    else if (slugs.length < MOST) keep([...slugs, slug]);
    else {
      bar.querySelector("span").textContent = bar.querySelector("span").dataset.full;
      return;
    }
    count();
  };

  if (table) {
    keep(table.dataset.compared.split(" ").filter(Boolean));
  } else {
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-compare]");
      if (!link) return;
      if (bar) {
        event.preventDefault();
        choose(link);
        return;
      }
      // The page of the comparison refuses the fifth.
      const slug = link.dataset.compare;
      link.search = query([...kept().filter((each) => each !== slug), slug]);
    }, true);
  }
  if (bar) {
    count();
    window.addEventListener("pageshow", count);
    document.addEventListener("keydown", (event) => {
      if (event.key !== " " || !event.target.matches("a[data-compare]")) return;
      event.preventDefault();
      choose(event.target);
    });
    document.addEventListener("htmx:afterSettle", count);
  }

  // "Show more" by keyboard: the focus goes to the first of the new cards.
  let before = 0;
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.matches("[data-more]")) before = document.querySelectorAll("#cards > *").length;
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (!before) return;
    document.querySelectorAll("#cards > *")[before]?.querySelector("h3 a").focus();
    before = 0;
  });
})();
