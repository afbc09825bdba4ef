#!/usr/bin/env python3
"""What attackers hand in through the browser: the archives of the kit, and stages that write HTML, escapes and
odd bytes into everything a page shows."""
import io
import json
import pathlib
import tarfile
import unittest

from harness import INSTALL, Site

KIT = INSTALL / "share/gradeoven/hostile/attacks"
HW = "/courses/cs101/assignments/roman-numerals"
# A site has other limits than `gradeovenctl`; these meet the one of entries or of bytes first.
OTHER_ERRORS = {"zip-bomb-by-count": "more than 5000 files", "tar-bomb-by-count": "more than 5000 files",
                "zip-bomb-by-ratio": "unpacks to more than", "tar-bomb-by-ratio": "unpacks to more than"}

MAIN = """#!/usr/bin/env python3
import os
os.chdir("/grade_oven/output")
evil = b"<script>alert(1)</script><img src=x onerror=alert(2)>\\"'&\\x00\\xff\\x1b[31m\\xe2\\x80\\xae</textarea></pre></script>"
for name in ("status", "errors", "debug"):
    open(name, "ab").write(evil + b"\\n")
os.write(1, evil)
os.write(2, evil)
open("progress", "wb").write(evil)
open("score", "wb").write(evil)
open("status", "a").write("the end\\n")
"""


def archive_of(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(text.encode()), 0o755
            archive.addfile(info, io.BytesIO(text.encode()))
    return out.getvalue()


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site().start()
        cls.addClassCleanup(cls.site.stop)
        cls.site.load_demo()
        cls.student, cls.teacher = cls.site.browser("student"), cls.site.browser("instructor")

    def hand_in(self, name, content):
        page = self.student.json(HW)
        return self.student.upload(page["submit_url"], {"once": page["once"]}, [("files", name, content)])

    def files_of_the_site(self):
        return {str(path) for path in pathlib.Path(self.site.state).rglob("*")
                if path.is_file() and "sqlite" not in path.name and ".db" not in path.name}

    def test_no_archive_of_the_kit_becomes_a_submission_that_should_not(self):
        before = self.files_of_the_site()
        tried = 0
        for path in sorted(KIT.glob("*/submission.*")):
            expected = json.loads((path.parent / "expect.json").read_text())
            if expected.get("state") != "refused":
                continue
            with self.subTest(path.parent.name):
                answer = self.hand_in(path.name, path.read_bytes())
                self.assertIn(answer.status, (400, 413, 422), answer.text[:500])
                shown = answer.text.replace("&quot;", '"').replace("&#34;", '"')
                self.assertIn(OTHER_ERRORS.get(path.parent.name, expected["error"]), shown)
                self.assertNotRegex(answer.text, "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\\u202e]")
                tried += 1
        self.assertGreater(tried, 30)
        self.assertEqual(self.student.json(HW)["submissions"], [])
        self.assertEqual(self.files_of_the_site(), before)
        self.assertFalse(list(pathlib.Path("/tmp").glob("slipped-*")))

    def test_what_stages_write_is_shown_as_text(self):
        base = "/courses/cs101/assignments/evil"
        self.teacher.post("/courses/cs101/assignments", {"name": "evil", "title": "evil", "description": "", "due": ""})
        answer = self.teacher.upload(base + "/versions", {}, [
            ("archive", "a.tar.gz", archive_of({"stages": "test\n", "test/main": MAIN}))])
        self.assertEqual(answer.status, 303, answer.text)
        self.assertEqual(self.teacher.post(base + "/publish", {"published": "1", "anyway": "1"}).status, 303)
        place = self.student.submit("cs101", "evil", {"x.c": b"int x;\n"})
        run = self.student.wait_for_run(place)
        self.assertEqual((run["state"], run["score"]), ("finished", None))
        self.assertEqual(run["status"][-1], "the end")
        for browser in (self.student, self.teacher):
            page = browser.get(place).text
            self.assertIn("&lt;script&gt;alert(1)", page)
            for raw in ("<script>alert", "<img src=x", "\x1b", "\x00"):
                self.assertNotIn(raw, page)
            self.assertNotIn("\x1b", json.dumps(browser.json(place), ensure_ascii=False))
        self.assertNotIn("debug", json.dumps(sorted(self.student.json(place)["run"])))


if __name__ == "__main__":
    unittest.main()
