// The queue in the browser: waiting, superseded, cancelled, paused, stopped, what cannot be graded.
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
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const pathOf = (page) => new URL(page.url()).pathname;

async function submit(page, assignment = homework) {
  await open(page, assignment);
  await page.locator("#files").setInputFiles([`${source}conf/demo/roman-numerals/solution/roman.c`]);
  await press(page, "Submit");
  await page.waitForURL(/submissions\/\d+/);
  return pathOf(page);
}

test("a course is paused, a submission waits, and is graded when it goes on", async () => {
  await open(teacher, course);
  await press(teacher, "Pause grading");
  await teacher.getByText("Grading is paused. Students can still submit.").waitFor();
  await looksRight(teacher);
  const place = await submit(student);
  await student.getByText("Grading is paused for this course.").waitFor();
  await looksRight(student);
  await open(teacher, place);
  await teacher.getByRole("button", { name: "Grade it next" }).waitFor();
  await looksRight(teacher);
  await open(admin, "/admin");
  await admin.getByRole("row", { name: /cs101/ }).first().getByText("paused").waitFor();
  await looksRight(admin);
  await open(teacher, course);
  await press(teacher, "Resume grading");
  await student.getByText("Graded.").waitFor({ timeout: 60000 }); // live, without a click
  await student.getByText("How it was graded").click();
  await student.getByText("sha256:").waitFor();
  await looksRight(student);
  for (const page of [student, teacher, admin]) isQuiet(page);
});

test("a newer submission supersedes one that waits, which is then graded on demand", async () => {
  await open(admin, "/admin");
  await press(admin, "Stop the queue");
  await admin.getByText("Runs in progress will be finished.").waitFor();
  const first = await submit(student);
  await student.getByText("Grading is stopped for maintenance.").waitFor();
  await submit(student);
  await open(student, first);
  await student.getByText("You submitted again").waitFor();
  await looksRight(student);
  await press(student, "Grade this one as well");
  await student.getByText("Queued to be graded.").waitFor();
  await open(admin, "/admin");
  await looksRight(admin);
  await press(admin, "Restart the queue");
  await student.getByText("Graded.").waitFor({ timeout: 60000 });
  for (const page of [student, admin]) isQuiet(page);
});

test("staff stop a run that waits; its buttons follow its state", async () => {
  await open(admin, "/admin");
  await press(admin, "Stop the queue");
  const place = await submit(student);
  await open(teacher, place);
  assert.equal(await teacher.getByRole("button", { name: /Grade again/ }).isVisible(), false);
  await press(teacher, "Grade it next");
  await teacher.getByText("It will be graded next.").waitFor();
  assert.equal(await teacher.getByRole("button", { name: "Grade it next" }).isVisible(), false);
  await press(teacher, "Stop grading it");
  await student.getByText("Grading was stopped by staff.").waitFor(); // live
  await looksRight(student);
  await teacher.getByRole("button", { name: /Grade again/ }).click();
  await open(admin, "/admin");
  await press(admin, "Restart the queue");
  await teacher.getByText("Graded.").waitFor({ timeout: 60000 });
  for (const page of [student, teacher, admin]) isQuiet(page);
});

test("what broken stages cannot grade is told to staff", async () => {
  const place = await submit(student, `${course}/assignments/unstartable`);
  await student.getByText("It cannot be graded").waitFor({ timeout: 60000 });
  await student.getByText("cannot be graded", { exact: true }).waitFor();
  await looksRight(student);
  await open(teacher, course);
  await teacher.getByRole("link", { name: "1 not graded" }).click();
  await teacher.getByRole("heading", { name: "Not graded" }).waitFor();
  await looksRight(teacher);
  await teacher.getByRole("link", { name: /attempt 1/ }).click();
  assert.equal(pathOf(teacher), place);
  await teacher.getByText("could not be started").first().waitFor();
  await looksRight(teacher);
  for (const page of [student, teacher]) isQuiet(page);
});

test("an admin weighs a course", async () => {
  await open(admin, "/admin/courses");
  const field = admin.getByLabel(/^Weight of/);
  await field.fill("4");
  await press(admin, "Set");
  await admin.getByText("Saved.").waitFor();
  assert.equal(await field.inputValue(), "4");
  await looksRight(admin);
  isQuiet(admin);
});
