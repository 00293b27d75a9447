// Filters of the page of pairs. Without it every pair is shown.
"use strict";
const selects = [...document.querySelectorAll(".filters select")];
const articles = [...document.querySelectorAll("article[data-kind]")];
const count = document.getElementById("count");

function filter() {
  let shown = 0;
  for (const article of articles) {
    const fits = selects.every((select) => !select.value || article.dataset[select.name] === select.value);
    article.hidden = !fits;
    shown += fits;
  }
  count.textContent = `${shown} / ${articles.length}`;
}

function remember() {
  const chosen = selects.filter((select) => select.value).map((select) => [select.name, select.value]);
  history.replaceState(null, "", `#${new URLSearchParams(chosen)}`);
  filter();
}

function recall() {
  const chosen = new URLSearchParams(location.hash.slice(1));
  for (const select of selects) {
    const value = chosen.get(select.name) ?? "";
    select.value = [...select.options].some((option) => option.value === value) ? value : "";
  }
  filter();
}

for (const select of selects) select.addEventListener("change", remember);
addEventListener("hashchange", () => {
  recall();
  document.querySelector(".filters").scrollIntoView();
});
document.querySelector(".filters").hidden = false;
recall();
