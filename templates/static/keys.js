// The keyboard on the pages of grading: a link with data-key is followed by its key; on a list of
// links with data-row, j and k move the focus down and up.
const rows = [...document.querySelectorAll("[data-row]")];

const move = (step) => {
  const at = rows.indexOf(document.activeElement);
  const to = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1);
  rows[to].focus();
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  if (rows.length && (event.key === "j" || event.key === "k")) move(event.key === "j" ? 1 : -1);
  else if (/^[a-z]$/.test(event.key)) document.querySelector(`[data-key="${event.key}"]`)?.click();
});

for (const hint of document.querySelectorAll("[data-keys]")) hint.hidden = false;
