"""Receipts, from the submission's page to gradeovenctl and openssl; a student's own submissions in
one archive; what a student sees of a course at a glance."""
import datetime
import hashlib
import io
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest
import zipfile

from pack import publish
from harness import INSTALL, SOURCE, DemoTest, Site, sanitize

FILES = {"main.c": b"int main;\n", "ein ümlaut.txt": b"\0\xff", "lib/x": b""}
# the score is what is handed in as "points", the errors likewise
MAIN = """#!/bin/sh
[ ! -f errors ] || cp errors /grade_oven/output/errors
[ ! -f points ] || cp points /grade_oven/output/score
[ ! -f fail ] || exit 3
"""


class Receipts(DemoTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        publish(cls.people["instructor"], "files", MAIN)
        cls.place = cls.student.submit("cs101", "files", FILES)

    def setUp(self):
        self.scratch = pathlib.Path(tempfile.mkdtemp(dir=self.site.root))

    def write(self, name, content):
        path = self.scratch / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def receipt(self, place=None):
        answer = self.student.get((place or self.place) + "/receipt")
        self.assertEqual(answer.status, 200)
        return answer.body

    def key(self):
        return self.write("key.pem", self.site.browser().get("/receipt-key").body)

    def verify(self, *arguments):
        """Where no site is: nothing but the key."""
        return subprocess.run([INSTALL / "sbin/gradeovenctl", "receipt", "verify", *map(str, arguments)],
                              capture_output=True, text=True, timeout=60, cwd="/",
                              env=dict(os.environ, **sanitize.options()))

    def unpacked(self):
        for name, content in FILES.items():
            self.write("files/" + name, content)
        return self.scratch / "files"

    def test_a_receipt_says_what_was_handed_in_when_and_is_the_same_each_time(self):
        answer = self.student.get(self.place + "/receipt")
        self.assertEqual(answer.headers["Content-Type"], "text/plain; charset=utf-8")
        self.assertTrue(answer.headers["Content-Disposition"].startswith("attachment"))
        self.assertIn(self.place + "/receipt", self.student.get(self.place).text)
        for reader in ("student", "grader", "instructor", "admin"):
            self.assertEqual(self.people[reader].get(self.place + "/receipt").body, answer.body)
        told = self.student.json(self.place + "/receipt")["receipt"]
        self.assertEqual(told["text"], answer.text)
        self.assertEqual({one["path"]: (one["sha256"], one["size"]) for one in told["files"]},
                         {name: (hashlib.sha256(content).hexdigest(), len(content))
                          for name, content in FILES.items()})
        page = self.student.json(self.place)["submission"]
        self.assertEqual((told["user"], told["course"], told["assignment"], told["submission"], told["attempt"],
                          told["received"], told["is_signed"]),
                         ("student", "cs101", "files", page["number"], page["attempt"],
                          page["submitted"]["iso"], True))
        for name, content in FILES.items():
            self.assertIn(f"\n{hashlib.sha256(content).hexdigest()}  {len(content)}  -  {name}\n", answer.text)

    def test_nobody_gets_anothers_receipt(self):
        for reader in ("other", "outsider"):
            answer = self.people[reader].get(self.place + "/receipt")
            self.assertEqual(answer.status, 404)
            self.assertNotIn("main.c", answer.text)
        self.assertEqual(self.site.browser().get(self.place + "/receipt").status, 303)

    def test_gradeovenctl_verifies_it_with_the_key_alone_and_with_the_site(self):
        receipt, files = self.write("r.txt", self.receipt()), self.unpacked()
        archive = self.write("all.zip", self.student.get(self.place + "/archive").body)
        done = self.verify(receipt, "--key", self.key())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("genuine", done.stdout)
        self.assertIn("user: student", done.stdout)
        for place in (files, archive):
            done = self.verify("--key", self.key(), receipt, place)
            self.assertEqual((done.returncode, "the same" in done.stdout), (0, True), done.stderr)
        self.assertEqual(self.site.ctl("receipt", "verify", receipt, files).returncode, 0)
        self.assertEqual(self.site.ctl("receipt", "key").stdout, self.key().read_text())

    def test_other_files_than_those_of_the_receipt_are_named(self):
        receipt, files = self.write("r.txt", self.receipt()), self.unpacked()
        (files / "main.c").write_bytes(b"int mein;\n")
        (files / "lib/x").unlink()
        (files / "new").write_bytes(b"")
        done = self.verify("--key", self.key(), receipt, files)
        self.assertEqual(done.returncode, 1)
        for line in ("not the same: main.c", "missing: lib/x", "not in the receipt: new"):
            self.assertIn(line, done.stdout)
        self.assertIn("3 differences", done.stderr)

    def test_a_forged_receipt_is_refused(self):
        genuine, key = self.receipt(), self.key()
        for old, new in ((b"user: student", b"user: another"), (b"attempt: 1", b"attempt: 2"),
                         (b"received: 2", b"received: 1"), (b"  -  main.c", b"  x  main.c"),
                         (b"signature: ", b"signature: A"), (genuine[-40:-30], b"A" * 10)):
            done = self.verify("--key", key, self.write("r.txt", genuine.replace(old, new)))
            self.assertEqual((done.returncode, done.stdout), (1, ""), old)
        other = subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519"], capture_output=True, check=True).stdout
        public = subprocess.run(["openssl", "pkey", "-pubout"], input=other, capture_output=True, check=True).stdout
        done = self.verify("--key", self.write("other.pem", public), self.write("r.txt", genuine))
        self.assertEqual(done.returncode, 1)
        self.assertIn("names the key", done.stderr)
        for arguments in ((), ("--key", key), ("a", "b", "c"), ("--wrong", "x")):
            self.assertEqual(self.verify(*arguments).returncode, 2, arguments)
        self.assertEqual(self.verify("--key", key, "/nowhere").returncode, 1)
        self.assertEqual(self.verify("--key", "0" * 63, self.write("r.txt", genuine)).returncode, 1)

    def test_the_manual_pages_recipe_verifies_it_with_openssl_alone(self):
        manual = (SOURCE / "man/gradeoven-receipt.5.scd").read_text()
        recipe = manual.split("```\n")[3]
        self.assertIn("openssl pkeyutl", recipe)
        self.write("receipt.txt", self.receipt())
        self.write("key.pem", self.key().read_bytes())
        good = subprocess.run(["sh", "-e", "-c", recipe], cwd=self.scratch, capture_output=True, text=True)
        self.assertEqual((good.returncode, good.stdout), (0, "Signature Verified Successfully\n"), good.stderr)
        self.write("receipt.txt", self.receipt().replace(b"student", b"another"))
        bad = subprocess.run(["sh", "-e", "-c", recipe], cwd=self.scratch, capture_output=True, text=True)
        self.assertNotEqual(bad.returncode, 0)

    def test_the_secret_key_is_for_httpds_user_alone(self):
        self.receipt()
        info = (self.site.state / "receipt.key").stat()
        self.assertEqual((info.st_mode & 0o7777, info.st_uid), (0o600, __import__("pwd").getpwnam("www-data").pw_uid))
        self.assertEqual([one.name for one in self.site.state.glob("receipt.key?*")], [])

    def test_all_ones_own_submissions_come_in_one_archive(self):
        self.student.submit("cs101", "files", {"second": b"2"})
        place = self.people["other"].submit("cs101", "files", {"of another": b"x"})
        publish(self.people["instructor"], "withdrawn", MAIN)
        self.student.submit("cs101", "withdrawn", {"draft": b"d"})
        self.people["instructor"].post("/courses/cs101/assignments/withdrawn/publish", {"published": "0"})
        answer = self.student.get("/courses/cs101/my-submissions")
        self.assertEqual(answer.headers["Content-Type"], "application/zip")
        archive = zipfile.ZipFile(io.BytesIO(answer.body))
        self.assertIsNone(archive.testzip())
        names = set(archive.namelist())
        self.assertEqual(archive.read("files/attempt-1/files/main.c"), FILES["main.c"])
        self.assertEqual(archive.read("files/attempt-1/receipt.txt"), self.receipt())
        self.assertIn("files/attempt-2/files/second", names)
        self.assertFalse([name for name in names if "another" in name or "withdrawn" in name])
        archive.extractall(self.scratch)
        done = self.verify("--key", self.key(), self.scratch / "files/attempt-1/receipt.txt",
                           self.scratch / "files/attempt-1/files")
        self.assertEqual(done.returncode, 0, done.stderr)
        one = zipfile.ZipFile(io.BytesIO(self.student.get("/courses/cs101/assignments/files/my-submissions").body))
        self.assertEqual({name for name in names if name.startswith("files/")}, set(one.namelist()))
        self.assertEqual(self.people["outsider"].get("/courses/cs101/my-submissions").status, 404)
        self.check_those_of_another(place)

    def check_those_of_another(self, place):
        path = "/courses/cs101/my-submissions?user=other"
        self.assertEqual(self.student.get(path).status, 404)
        for reader in ("grader", "instructor", "admin"):
            archive = zipfile.ZipFile(io.BytesIO(self.people[reader].get(path).body))
            self.assertIn("files/attempt-1/files/of another", archive.namelist())
            self.assertEqual(archive.read("files/attempt-1/receipt.txt"),
                             self.people[reader].get(place + "/receipt").body)
            self.assertFalse([name for name in archive.namelist() if "main.c" in name])
        self.assertEqual(self.people["grader"].get("/courses/cs101/my-submissions?user=nobody").status, 404)

    def test_a_students_page_answers_due_score_why_and_whether_to_try_again(self):
        soon = datetime.datetime.utcnow() + datetime.timedelta(days=3, hours=1)
        publish(self.people["instructor"], "glance", MAIN)
        edit = "/courses/cs101/assignments/glance/edit"
        # the course's own zone may be hours away from UTC, so days are what can be said
        self.people["instructor"].post(edit, {"title": "At a glance", "description": "",
                                              "due": soon.strftime("%Y-%m-%dT%H:%M")})
        line = self.line("glance")
        self.assertRegex(line["due_in"], r"^in [23] days$")
        self.assertEqual((line["again"]["may"], line["again"]["text"], line["why"]), (True, "You can submit now.", None))
        place = self.student.submit("cs101", "glance", {"points": b"3/10\n", "errors": b"Case <b>4</b>: wrong\nmore\n"})
        self.student.wait_for_run(place)
        line = self.line("glance")
        self.assertEqual((line["why"], line["mine"]["score"]["earned"]), ("Case <b>4</b>: wrong", "3"))
        self.assertIn("try again", line["again"]["text"])
        for page in ("/courses/cs101", "/"):
            text = self.student.get(page).text
            self.assertIn("Case &lt;b&gt;4&lt;/b&gt;: wrong", text)
            self.assertRegex(text, r"\(in [23] days\)")
        place = self.student.submit("cs101", "glance", {"fail": b""})
        self.student.wait_for_run(place)
        self.assertEqual(self.line("glance")["why"], "The stage “test” failed.")
        self.people["instructor"].post(edit, {"title": "At a glance", "description": "", "due": "2020-01-01T00:00"})
        line = self.line("glance")
        self.assertRegex(line["due_in"], r"^\d+ days ago$")
        self.assertIn("It would be late", line["again"]["text"])

    def line(self, name):
        return next(one for one in self.student.json("/courses/cs101")["assignments"] if one["name"] == name)

    def test_empty_lists_say_so(self):
        text = self.people["outsider"].get("/").text
        for words in ("You are in no course yet", "Nothing is due", "What you submit appears here"):
            self.assertIn(words, text)
        self.assertNotIn("Download all my submissions", self.people["grader"].get("/courses/cs101").text)


class LostKey(unittest.TestCase):
    """Has a site of its own, whose key goes missing."""

    def test_a_lost_key_blocks_nothing_is_complained_of_and_can_be_replaced(self):
        site = Site(executor=False).start()
        self.addCleanup(site.stop)
        site.load_demo()
        student = site.browser("student")
        place = student.submit("cs101", "roman-numerals", {"a": b"x"})
        old = student.get(place + "/receipt").body
        old_key = site.ctl("receipt", "key").stdout
        key = site.state / "receipt.key"
        key.rename(site.root / "away")
        place = student.submit("cs101", "roman-numerals", {"a": b"y"})
        self.assertIn("\nkey: none\nsignature: none\n", student.get(place + "/receipt").text)
        self.assertIn("the receipt is not signed", site.log())
        self.assertFalse(key.exists())
        self.assertFalse(student.json(place + "/receipt")["receipt"]["is_signed"])
        self.assertIn("receipts", self.troubles(site))
        self.assertEqual(site.browser().get("/receipt-key").text, old_key)
        (site.root / "unsigned").write_bytes(student.get(place + "/receipt").body)
        done = site.ctl("receipt", "verify", site.root / "unsigned", check=False)
        self.assertEqual((done.returncode, "not signed" in done.stderr), (1, True))
        site.ctl("receipt", "key", "--new")
        new = student.get(place + "/receipt").body
        self.assertNotIn(b"none", new)
        self.assertNotEqual(site.browser().get("/receipt-key").text, old_key)
        self.assertNotIn("receipts", self.troubles(site))
        for number, receipt in enumerate((old, new)):
            (site.root / f"r{number}").write_bytes(receipt)
            told = site.ctl("receipt", "verify", site.root / f"r{number}").stdout
            self.assertIn("genuine", told)
            self.assertEqual("signed with a key that was ended on 20" in told, receipt == old)
        old_id = re.search(rb"\nkey: (\w+)\n", old).group(1).decode()
        text = site.browser().get("/receipt-key?id=" + old_id).text
        self.assertRegex(text.replace(old_key, ""), r"^This key was ended on 20[-0-9T:]+Z: ")
        self.assertTrue(site.browser().json("/receipt-key?id=" + old_id)["key"]["is_ended"])
        self.assertFalse(site.browser().json("/receipt-key")["key"]["is_ended"])
        read = subprocess.run(["openssl", "pkey", "-pubin", "-pubout"], input=text, capture_output=True, text=True)
        self.assertEqual(read.stdout, old_key)
        self.assertIn("was ended on", student.json(place.replace("/2", "/1") + "/receipt")["receipt"]["hint"])
        self.assertIsNone(student.json(place + "/receipt")["receipt"]["hint"])
        self.assertEqual(student.get(place.replace("/2", "/1") + "/receipt").body, old)

    @staticmethod
    def troubles(site):
        told = json.loads(site.ctl("doctor", "--json", "--docker", "none", check=False).stdout)
        return {one["name"] for one in told["checks"] if one["verdict"] == "problem"}


if __name__ == "__main__":
    unittest.main()
