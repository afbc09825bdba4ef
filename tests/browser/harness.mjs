// A site of the tests' own (site.py), a real Chromium in front of it, and what a page must be like.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const launch = {
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
  // as in the browser of a student: "back" shows a kept page
  ignoreDefaultArgs: ["--disable-back-forward-cache"],
};
export const source = new URL("../../", import.meta.url).pathname;

export async function start(script = "site.py") {
  const child = spawn("python3", ["-B", "-W", "ignore", `${source}tests/browser/${script}`], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([once(lines, "line"), once(child, "exit").then(() => { throw new Error("the site did not start"); })]);
  const site = JSON.parse(line);
  const browser = await chromium.launch(launch);
  const others = [];
  return {
    ...site,
    // A visitor with a window of their own; `options` are Playwright's of a context.
    async visitor(username, options = {}) {
      const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1280, height: 800 }, ...options });
      const page = await context.newPage();
      const complaints = [];
      page.on("console", (message) => { if (message.type() === "error" || message.type() === "warning") complaints.push(message.text()); });
      page.on("pageerror", (error) => complaints.push(error.message));
      page.complaints = complaints;
      if (username) await login(page, site, username);
      return page;
    },
    // One with JavaScript off in the engine itself: unlike Playwright's own switch, this makes the
    // parser read what stands in <noscript>.
    async visitorWithoutScript(username, options = {}) {
      const scriptless = await chromium.launch({ ...launch, args: [...launch.args, "--blink-settings=scriptEnabled=false"] });
      others.push(scriptless);
      const context = await scriptless.newContext({ ignoreHTTPSErrors: true, ...options });
      const page = await context.newPage();
      await login(page, site, username);
      return page;
    },
    async stop() {
      for (const other of others) await other.close();
      await browser.close();
      child.stdin.end();
      const [code] = await once(child, "exit");
      assert.equal(code, 0, "the site ended badly; its log stands above");
    },
  };
}

export async function login(page, site, username) {
  await page.goto(`${site.url}/login`);
  await page.getByLabel("Username").fill(username);
  await page.getByLabel("Password").fill(site.passwords[username]);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL(`${site.url}/`);
}

const looks = [
  { width: 320, height: 640, colorScheme: "dark" },
  { width: 375, height: 700, colorScheme: "light" },
  { width: 1280, height: 800, colorScheme: "dark" },
  { width: 1280, height: 800, colorScheme: "light" },
];

// What is on the page now, on a phone and on a desk, by day and by night.
export async function looksRight(page) {
  for (const { colorScheme, ...size } of looks) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme });
    const where = `${page.url()}, ${colorScheme}, ${size.width} px`;
    const content = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(content <= size.width, `${where}: the page is ${content} px wide`);
    await isAccessible(page, where);
  }
}

async function isAccessible(page, where) {
  if (!await page.evaluate(() => "axe" in globalThis)) await page.evaluate(axe);
  const result = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }));
  const found = result.violations.map((one) => `${one.id}: ${one.help}\n    ${one.nodes.map((node) => node.html).join("\n    ")}`);
  assert.deepEqual(found, [], `${where}: ${found.join("\n")}`);
}

// No error and no warning on the console, so no violation of the Content-Security-Policy either.
export function isQuiet(page) {
  assert.deepEqual(page.complaints, [], page.url());
}

// Files and folders of the disk, dropped by the browser itself (a made-up event has no folders).
export async function dropFiles(page, selector, paths) {
  const box = await page.locator(selector).boundingBox();
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"])
    await session.send("Input.dispatchDragEvent", { type, x: box.x + box.width / 2, y: box.y + 10, data });
}
