// Grade Oven: what script adds to pages that work without it. Data is shown as text, never as HTML.
export const find = (selector, root = document) => root.querySelector(selector);
export const make = (name, text = "", className = "") =>
  Object.assign(document.createElement(name), { textContent: text, className });

for (const link of document.querySelectorAll("nav a"))
  if (link.pathname === location.pathname) link.setAttribute("aria-current", "page");

// The reader's own zone as a tooltip; how far away, where that helps more than the date.
for (const time of document.querySelectorAll("time")) {
  const then = new Date(time.dateTime), hours = (then - Date.now()) / 36e5;
  time.title = then.toLocaleString(undefined, { dateStyle: "full", timeStyle: "long" });
  if (!("distance" in time.dataset) || Math.abs(hours) > 24 * 60) continue;
  const [count, unit] = Math.abs(hours) < 48 ? [hours, "hour"] : [hours / 24, "day"];
  time.after(` (${new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.trunc(count), unit)})`);
}
