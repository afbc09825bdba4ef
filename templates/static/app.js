// Grade Oven: what script adds to pages that work without it. Data is shown as text, never as HTML.
export const find = (selector, root = document) => root.querySelector(selector);
export const make = (name, text = "", className = "") =>
  Object.assign(document.createElement(name), { textContent: text, className });

for (const link of document.querySelectorAll("nav a"))
  if (link.pathname === location.pathname) link.setAttribute("aria-current", "page");

// The reader's own zone as a tooltip.
for (const time of document.querySelectorAll("time")) {
  time.title = new Date(time.dateTime).toLocaleString(undefined, { dateStyle: "full", timeStyle: "long" });
}
