// Grading by hand: the desk by keyboard alone, and files with their colours, which change no letter.
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { start, isQuiet, looksRight } from "./harness.mjs";

const desk = "/courses/cs101/assignments/roman-numerals/grading";
const code = `#include <stdio.h>
/* a comment
   "of two lines" */
int main(void) {
    const char *text = "<script>alert(1)</script> // no comment \\" still"; // a comment </code>
    return 0x1f & 'x';
}
`;
const script = "#!/bin/sh\n# <b>comment</b>\nif true; then echo \"two\nlines\"; fi\n";

let site;
before(async () => {
  site = await start();
  for (const name of ["student", "other"]) {
    const page = await site.visitor(name);
    await page.goto(`${site.url}/courses/cs101/assignments/roman-numerals`);
    await page.locator("#files").setInputFiles([["roman.c", code], ["run", script], ["notes.txt", "int is no word here\n"]]
      .map(([file, text]) => ({ name: file, mimeType: "text/plain", buffer: Buffer.from(text) })));
    await page.getByRole("button", { name: "Submit" }).click();
    await page.waitForURL(/submissions\/\d+/);
  }
});
after(async () => { await site?.stop(); });

const grading = (page) => page.waitForURL(/submissions\/\d+\/grade$/);
const pathOf = (page) => new URL(page.url()).pathname;

test("all submissions are graded by keyboard alone, one ungraded after the other", async () => {
  const page = await site.visitor("grader");
  await page.goto(site.url + desk);
  await page.getByText("Keys: j and k").waitFor();
  const rows = page.locator("[data-row]");
  assert.equal(await rows.count(), 2);
  const isFocused = (row) => row.evaluate((link) => link === document.activeElement);
  for (const [key, row] of [["j", 0], ["j", 1], ["j", 1], ["k", 0], ["k", 0]]) {
    await page.keyboard.press(key);
    assert.ok(await isFocused(rows.nth(row)), `${key} leads to row ${row}`);
  }
  await page.keyboard.press("Control+n"); // the browser's own
  assert.equal(pathOf(page), desk);
  await page.keyboard.press("Enter");
  await grading(page);
  const first = pathOf(page);
  await page.keyboard.press("j");
  await page.waitForURL((url) => url.pathname !== first);
  await page.keyboard.press("k");
  await page.waitForURL((url) => url.pathname === first);

  await page.keyboard.press("n"); // not the one that is open, which is ungraded as well
  await page.waitForURL((url) => url.pathname !== first);
  const graded = [];
  for (let left = 2; left > 0; left--) {
    graded.push(pathOf(page));
    await page.getByLabel("Adjustment in points").focus();
    await page.keyboard.type("2.5");
    await page.keyboard.press("Tab");
    await page.keyboard.type("neat, njk"); // letters that are keys elsewhere
    await page.keyboard.press("Tab");
    await page.keyboard.type("jolly nice, keep going");
    assert.equal(pathOf(page), graded.at(-1), "what is typed leads nowhere");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Done, and the next");
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.pathname !== graded.at(-1));
  }
  assert.equal(new Set(graded).size, 2);
  await page.goto(site.url + desk);
  await page.getByText("2 of 2 graded").waitFor();
  await page.keyboard.press("n"); // there is none any more
  await page.keyboard.press("j");
  assert.ok(await isFocused(rows.nth(0)));
  assert.equal(pathOf(page), desk);
  for (const path of [desk, graded[0]]) {
    await page.goto(site.url + path);
    await looksRight(page);
  }
  isQuiet(page);
});

// The text of each line as it is shown, and the kinds of its coloured pieces.
const shown = (page) => page.locator("[data-code] .line > code").evaluateAll((lines) => lines.map((line) => ({
  text: line.textContent, pieces: [...line.children].map((piece) => [piece.className, piece.textContent]) })));
const textOf = (lines) => lines.map((line) => line.text + "\n").join("");

test("a file has colours under the strict policy, and every letter stays", async () => {
  const page = await site.visitor("grader");
  const view = `${site.url}/courses/cs101/assignments/roman-numerals/submissions/1/view`;
  const answer = await page.goto(`${view}/roman.c`);
  const policy = answer.headers()["content-security-policy"];
  assert.doesNotMatch(policy, /unsafe|style-src[^;]*\*|script-src[^;]*\*/);
  await page.locator(".hl-word").first().waitFor();
  const lines = await shown(page);
  assert.equal(textOf(lines), code);
  assert.equal(await page.locator("[data-code] script").count(), 0);
  assert.deepEqual(lines[1].pieces, [["hl-comment", "/* a comment"]]);
  assert.deepEqual(lines[2].pieces, [["hl-comment", '   "of two lines" */']]);
  assert.deepEqual(lines[3].pieces, [["hl-word", "int"], ["hl-word", "void"]]);
  assert.deepEqual(lines[4].pieces.slice(2), [
    ["hl-string", '"<script>alert(1)</script> // no comment \\" still"'], ["hl-comment", "// a comment </code>"]]);
  assert.deepEqual(lines[5].pieces, [["hl-word", "return"], ["hl-number", "0x1f"], ["hl-string", "'x'"]]);
  const colour = (selector) => page.locator(selector).first().evaluate((piece) => getComputedStyle(piece).color);
  assert.notEqual(await colour(".hl-comment"), await colour("[data-code] code"));
  await looksRight(page);

  await page.goto(`${view}/run`); // by its first line
  await page.locator(".hl-word").first().waitFor();
  assert.equal(textOf(await shown(page)), script);
  assert.deepEqual((await shown(page))[3].pieces[0], ["hl-string", 'lines"']);
  await page.goto(`${view}/notes.txt`);
  assert.deepEqual(await shown(page), [{ text: "int is no word here", pieces: [] }]);
  isQuiet(page);
});

test("without JavaScript the desk and the files say the same", async () => {
  const page = await site.visitorWithoutScript("grader");
  await page.goto(site.url + desk);
  assert.ok(await page.getByText("Keys: j and k").isHidden());
  await page.locator("[data-row]").first().click();
  await grading(page);
  await page.getByRole("link", { name: "roman.c" }).click();
  await page.waitForURL(/view\/roman\.c$/);
  const lines = await page.locator("[data-code] .line > code").allTextContents();
  assert.equal(lines.map((line) => line + "\n").join(""), code);
  assert.equal(await page.locator("[data-code] span").count(), 0);
  await page.getByLabel("Comment on line").fill("4");
  await page.getByRole("button", { name: "Write" }).click();
  await page.locator("#text").fill("Say **why**");
  await page.getByRole("button", { name: "Comment", exact: true }).click();
  await page.locator("#L4 + tr strong", { hasText: "why" }).waitFor();
});
