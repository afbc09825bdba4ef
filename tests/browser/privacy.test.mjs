// One's own data, and erasing a person: the pages before, while and after.
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { start, source, isQuiet, looksRight } from "./harness.mjs";

const course = "/courses/cs101", homework = `${course}/assignments/roman-numerals`;
let site, student, teacher, admin;
before(async () => {
  site = await start();
  [student, teacher, admin] = [await site.visitor("student"), await site.visitor("instructor"), await site.visitor("admin")];
});
after(async () => { await site?.stop(); });

const open = (page, path) => page.goto(site.url + path);
// For looking at: SCREENSHOTS=directory.
async function shoot(page, name) {
  if (!process.env.SCREENSHOTS) return;
  for (const [width, colorScheme] of [[360, "dark"], [1280, "light"]]) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}-${width}-${colorScheme}.png`, fullPage: true });
  }
}

test("a student downloads what is stored about them", async () => {
  await open(student, "/settings");
  await student.getByRole("link", { name: "Your data" }).click();
  await looksRight(student);
  await shoot(student, "privacy");
  const [download] = await Promise.all([student.waitForEvent("download"), student.getByRole("button", { name: "Download my data" }).click()]);
  assert.equal(download.suggestedFilename(), "student-data.zip");
  assert.equal(await download.failure(), null);
  isQuiet(student);
});

test("staff are told how long work is kept", async () => {
  await open(teacher, course);
  await teacher.getByText("5 years after the course").waitFor();
  await looksRight(teacher);
  await shoot(teacher, "course");
  isQuiet(teacher);
});

test("an admin erases a person, and what needs the files says that they are gone", async () => {
  await open(student, homework);
  await student.locator("#files").setInputFiles([`${source}conf/demo/roman-numerals/solution/roman.c`]);
  await student.getByRole("button", { name: "Submit" }).click();
  await student.getByText("finished", { exact: true }).waitFor({ timeout: 90000 });
  const place = new URL(student.url()).pathname;
  await open(admin, "/admin/users");
  await admin.getByRole("row", { name: /^student/ }).getByText("Change").click();
  await looksRight(admin);
  await admin.getByRole("row", { name: /^student/ }).getByRole("link", { name: /Export or erase/ }).click();
  await looksRight(admin);
  await shoot(admin, "admin");
  await admin.getByLabel("Type the username").fill("studemt");
  await admin.getByRole("button", { name: "Erase student" }).click();
  await admin.getByText("What you typed is not the username.").waitFor();
  await looksRight(admin);
  await shoot(admin, "refused");
  await admin.getByLabel("although they are in a course").check();
  await admin.getByLabel("Type the username").fill("student");
  await admin.getByRole("button", { name: "Erase student" }).click();
  await admin.getByText("This person was erased already").waitFor();
  await looksRight(admin);
  await shoot(admin, "erased");
  await open(teacher, place);
  await teacher.getByText("were removed with the account of who handed them in").waitFor();
  await looksRight(teacher);
  await shoot(teacher, "submission");
  await open(teacher, `${place}/grade`);
  await looksRight(teacher);
  const gone = await open(teacher, `${place}/archive`);
  assert.equal(gone.status(), 410);
  await looksRight(teacher);
  await shoot(teacher, "gone");
  await open(student, "/");
  await student.waitForURL(/login/);
});
