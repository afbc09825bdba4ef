// The second factor and the links, as a person sees them: each page looked at, and the whole way walked.
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { start, isQuiet, looksRight, login } from "./harness.mjs";

let site;
before(async () => { site = await start(); });
after(async () => { await site?.stop(); });

// RFC 6238, of so many half minutes from now.
function totp(secret, steps = 0) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret.replaceAll(" ", "")].map((one) => alphabet.indexOf(one).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + steps));
  const digest = createHmac("sha1", key).update(counter).digest();
  return String((digest.readUInt32BE(digest.at(-1) & 15) & 0x7fffffff) % 1e6).padStart(6, "0");
}

// The console names the answer to the form that was just refused, and nothing else.
function onlyRefused(page) {
  assert.deepEqual(page.complaints.splice(0).filter((one) => !one.includes("422")), []);
}

test("a second factor is set up, asked for, and turned off", async () => {
  const page = await site.visitor("student");
  await page.goto(`${site.url}/settings`);
  await page.getByRole("link", { name: "Second factor" }).click();
  await looksRight(page);
  await page.getByRole("button", { name: "Set it up" }).click();
  const secret = await page.locator("code.key").textContent();
  await page.getByRole("img", { name: "QR code of the key" }).waitFor();
  await looksRight(page);
  await page.getByLabel("The code that the app shows now").fill(totp(secret, -1));
  await page.getByLabel("Your password").fill(site.passwords.student);
  await page.getByRole("button", { name: "Turn it on" }).click();
  await page.getByText("They are shown only now.").waitFor();
  assert.equal(await page.locator(".codes li").count(), 10);
  await looksRight(page);
  await page.getByRole("link", { name: "I have kept them" }).click();
  await page.getByRole("button", { name: "Log out" }).click();
  await page.getByLabel("Username").fill("student");
  await page.getByLabel("Password").fill(site.passwords.student);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL(`${site.url}/login/code`);
  await looksRight(page);
  await page.getByLabel("Code of your app").fill("000");
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("alert").waitFor();
  await looksRight(page);
  onlyRefused(page);
  await page.getByLabel("Code of your app").fill(totp(secret));
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL(`${site.url}/`);
  await page.goto(`${site.url}/settings/second-factor`);
  await looksRight(page);
  await page.getByLabel("Your password").fill(site.passwords.student);
  await page.getByLabel("Code of your app, or a recovery code").fill(totp(secret, 1));
  await page.getByRole("button", { name: "Turn it off" }).click();
  await page.getByText("The second factor is off.").waitFor();
  isQuiet(page);
});

test("a student without a password is invited by a link and comes in", async () => {
  const teacher = await site.visitor("instructor");
  await teacher.goto(`${site.url}/courses/cs101/roster`);
  const add = teacher.locator("form:has(#username)");
  await add.getByLabel("Username").fill("newcomer");
  await add.getByLabel("a student without a password").check();
  await add.getByRole("button", { name: "Add" }).click();
  await teacher.getByText("by a link", { exact: true }).waitFor();
  await looksRight(teacher);
  await teacher.getByRole("button", { name: "Make links for all of them" }).click();
  const url = await teacher.locator("#links code").first().textContent();
  await looksRight(teacher);
  isQuiet(teacher);
  const page = await site.visitor(null);
  await page.goto(url);
  await looksRight(page);
  await page.getByLabel("Password", { exact: true }).fill("a word of my own");
  await page.getByLabel("Password again").fill("another word");
  await page.getByRole("button", { name: "Set it and log in" }).click();
  await page.getByRole("alert").waitFor();
  await looksRight(page);
  onlyRefused(page);
  await page.getByLabel("Password", { exact: true }).fill("a word of my own");
  await page.getByLabel("Password again").fill("a word of my own");
  await page.getByRole("button", { name: "Set it and log in" }).click();
  await page.waitForURL(`${site.url}/`);
  isQuiet(page);
  await page.goto(url);
  await page.getByText("This link is not valid").waitFor();
  await looksRight(page);
});

test("an admin makes a link to a new password", async () => {
  const admin = await site.visitor("admin");
  await admin.goto(`${site.url}/admin/users`);
  const row = admin.getByRole("row").filter({ has: admin.getByRole("rowheader", { name: "other", exact: true }) });
  await row.getByText("Change", { exact: true }).click();
  await row.getByRole("button", { name: "Link to set a password" }).click();
  await admin.getByRole("heading", { name: "Link to a new password for other" }).waitFor();
  await looksRight(admin);
  isQuiet(admin);
});
