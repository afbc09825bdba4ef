"""Making assignments in the browser: stages, versions and their differences, the reference solution
and the self-check, publishing. On a real httpd with a real executor and Docker."""
import io
import json
import re
import tarfile
import unittest
import zipfile

from harness import Site, wait_until
from pack import assignment

GOOD = "#!/bin/sh\n[ -e answer ] && echo 2/2 > /grade_oven/output/score || echo 0/2 > /grade_oven/output/score\n"
GIFT = "#!/bin/sh\necho 2/2 > /grade_oven/output/score\n"


def zip_of(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (0o755 if name.endswith("main") else 0o644) << 16
            archive.writestr(info, content)
    return out.getvalue()


def tar_of(files, mode):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(content), 0o755
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


class Authoring(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site().start()
        cls.addClassCleanup(cls.site.stop)
        cls.site.load_demo()
        cls.teacher, cls.grader = cls.site.browser("instructor"), cls.site.browser("grader")
        cls.student, cls.second = cls.site.browser("student"), cls.site.browser("admin")

    def make(self, name, main=None):
        """A draft, with one stage "test" of this main."""
        base = f"/courses/cs101/assignments/{name}"
        self.teacher.post("/courses/cs101/assignments", {"name": name, "title": name})
        if main:
            answer = self.teacher.upload(base + "/versions", {}, [("archive", "a.tar.gz", assignment(main))])
            self.assertEqual(answer.status, 303, answer.text)
        return base

    def edit(self, place, what, who=None, status=303, files=(), **fields):
        who = who or self.teacher
        fields.setdefault("base", self.base(re.sub("/stages.*", "", place)))
        answer = who.upload(place, {"do": what, **fields}, files)
        self.assertEqual(answer.status, status, answer.text)
        return answer

    def base(self, place):
        return self.teacher.json(place + "/edit")["assignment"]["version"]

    def stages(self, place):
        return [stage["name"] for stage in self.teacher.json(place + "/stages")["stages"]]

    def files(self, place):
        """{path: (bytes, is executable)} of the present version, as an archive gives it."""
        version = self.teacher.json(place + "/versions")["versions"][0]
        archive = self.teacher.get(version["archive"])
        if version["kind"] == "zip":
            with zipfile.ZipFile(io.BytesIO(archive.body)) as found:
                return {one.filename: (found.read(one), bool(one.external_attr >> 16 & 0o100))
                        for one in found.infolist() if not one.is_dir()}
        with tarfile.open(fileobj=io.BytesIO(archive.body)) as found:
            return {one.name: (found.extractfile(one).read(), bool(one.mode & 0o100))
                    for one in found if one.isfile()}

    def changes(self, place, number):
        found = self.teacher.json(f"{place}/versions/{number}/diff")["difference"]["changes"]
        return [(one["change"], one["path"]) for one in found]

    # --- stages -------------------------------------------------------------------------------

    def test_an_assignment_is_made_wholly_in_the_browser(self):
        base = self.make("browser")
        self.assertEqual(self.stages(base), [])
        self.edit(base + "/stages", "add-stage", name="build", main="#!/bin/sh\r\ntrue\r\n", note="begun")
        self.edit(base + "/stages", "add-stage", name="tests", main="#!/bin/sh\r\ntrue\r\n")
        self.edit(base + "/stages", "add-files", stage="tests", name="cases/1.in", text="one\r\ntwo\r\n")
        self.edit(base + "/stages", "add-files", stage="tests", files=[("files", "data.bin", b"\0\1\r\n\xff")])
        self.edit(base + "/stages", "up", stage="tests")
        self.assertEqual(self.stages(base), ["tests", "build"])
        self.edit(base + "/stages", "down", stage="tests")
        self.edit(base + "/stages", "rename", stage="tests", to="hidden tests")
        self.edit(base + "/stages", "add-stage", name="gone", main="#!/bin/sh\n")
        self.edit(base + "/stages", "remove", stage="gone")
        self.assertEqual(self.stages(base), ["build", "hidden tests"])
        self.assertEqual(self.files(base), {
            "stages": (b"build\nhidden tests\n", False), "build/main": (b"#!/bin/sh\ntrue\n", True),
            "hidden tests/main": (b"#!/bin/sh\ntrue\n", True),
            "hidden tests/cases/1.in": (b"one\ntwo\n", False), "hidden tests/data.bin": (b"\0\1\r\n\xff", False)})
        versions = self.teacher.json(base + "/versions")["versions"]
        self.assertEqual([one["number"] for one in versions], list(range(9, 0, -1)))
        self.assertEqual((versions[-1]["note"], versions[-1]["author"]), ("begun", "instructor"))
        self.assertEqual(versions[0]["note"], "stage gone removed")
        self.assertEqual(self.changes(base, 7), [
            ("renamed", "hidden tests/cases/1.in"), ("renamed", "hidden tests/data.bin"),
            ("renamed", "hidden tests/main"), ("changed", "stages")])

    def test_a_file_is_changed_renamed_replaced_and_removed(self):
        base = self.make("file", GOOD)
        place = base + "/stages/test/main"
        page = self.teacher.json(place)
        self.assertEqual((page["text"], page["is_executable"], page["is_text"]), (GOOD, True, True))
        self.assertIn("[ -e answer ] &amp;&amp; echo", self.teacher.get(place).text)
        self.edit(place, "save", text="#!/bin/sh\r\n\r\necho 1/1\r\n", executable="1")
        self.assertEqual(self.teacher.get(base + "/stage-files/test/main").body, b"#!/bin/sh\n\necho 1/1\n")
        lines = self.teacher.json(base + "/versions/2/diff")["difference"]["changes"][0]["contents"]["hunks"][0]["lines"]
        self.assertEqual([(one["sign"], one["text"]) for one in lines],
                         [("", "#!/bin/sh"), ("-", GOOD.split("\n")[1]), ("+", ""), ("+", "echo 1/1")])
        self.edit(base + "/stages", "add-files", stage="test", name="run.sh", text="x\n")
        self.edit(base + "/stages/test/run.sh", "save", text="x\n", executable="1")
        self.assertEqual(self.changes(base, 4), [("mode", "test/run.sh")])
        answer = self.edit(base + "/stages/test/run.sh", "rename", to="test/go.sh")
        self.assertIn("/stages/test/go.sh", answer.location)
        self.edit(base + "/stages/test/go.sh", "replace", files=[("file", "other", b"new\r\n")])
        self.assertEqual(self.files(base)["test/go.sh"], (b"new\r\n", True))
        self.edit(base + "/stages/test/go.sh", "save", text="newer\r\n", executable="1")
        self.assertEqual(self.files(base)["test/go.sh"], (b"newer\r\n", True))  # its own line ends
        self.edit(base + "/stages/test/go.sh", "remove")
        self.assertEqual(self.teacher.get(base + "/stages/test/go.sh").status, 404)
        self.assertEqual(self.teacher.get(base + "/stages/test").status, 404)

    def test_text_comes_back_as_it_was_and_saving_nothing_makes_no_version(self):
        text = "\n\n<b>&amp;\ttabs \u00e4\u2028\n</textarea>\nno end"
        base = self.make("same", GOOD)
        self.edit(base + "/stages", "add-files", stage="test", name="t.txt", text=text)
        self.assertEqual(self.files(base)["test/t.txt"][0], text.encode())
        self.assertIn('autocapitalize="none">\n\n\n&lt;b&gt;&amp;amp;', self.teacher.get(base + "/stages/test/t.txt").text)
        answer = self.edit(base + "/stages/test/t.txt", "save", text=text.replace("\n", "\r\n"))
        self.assertIn("notice=unchanged", answer.location)
        self.assertEqual(self.base(base), 2)

    def test_what_cannot_be_edited_as_text_is_said_so_and_keeps_its_bytes(self):
        base = self.make("binary", GOOD)
        for name, content in (("bin", b"\0\1"), ("mixed", b"a\r\nb\n"), ("latin", b"\xe4"), ("big", b"x" * 600000)):
            self.edit(base + "/stages", "add-files", stage="test", files=[("files", name, content)])
            place = f"{base}/stages/test/{name}"
            self.assertFalse(self.teacher.json(place)["is_text"])
            self.assertNotIn("<textarea", self.teacher.get(place).text)
            self.edit(place, "save", executable="1")
            self.assertEqual(self.files(base)["test/" + name], (content, True))
        self.assertTrue(self.teacher.json(f"{base}/versions/2/diff")["difference"]["changes"][0]["contents"]["is_binary"])

    def test_what_is_wrong_is_refused_with_every_problem_and_nothing_typed_is_lost(self):
        base = self.make("wrong", GOOD)
        for fields, word in (({"name": "output", "main": "typed\n"}, "Grade Oven needs itself"),
                             ({"name": "x", "main": ""}, "is empty"), ({"name": "", "main": "typed"}, "needs a name"),
                             ({"name": "a/b", "main": "typed"}, "needs a name"), ({"name": "..", "main": "typed"}, ".."),
                             ({"name": "test", "main": "typed"}, "already"), ({"name": "Test", "main": "typed"}, "letter case")):
            answer = self.edit(base + "/stages", "add-stage", status=422, note="my note", **fields)
            self.assertIn(word, answer.text)
            self.assertIn(f'name="name" value="{fields["name"]}"', answer.text)
            self.assertIn("\n" + fields["main"], answer.text)
            self.assertIn('value="my note"', answer.text)
        answer = self.edit(base + "/stages/stages", "save", status=422, text="test\nnone\ntest\n", note="n")
        for word in ("none", "more than once"):
            self.assertIn(word, answer.text)
        self.assertIn("test\nnone\ntest\n</textarea>", answer.text)
        self.edit(base + "/stages/test/main", "remove", status=422)
        self.edit(base + "/stages/test/main", "rename", status=422, to="../main")
        self.edit(base + "/stages/test/main", "rename", status=422, to="stages")
        self.edit(base + "/stages/test/main", "replace", status=422)
        self.edit(base + "/stages", "remove", status=422, stage="test")
        self.edit(base + "/stages", "rename", status=422, stage="none", to="x")
        self.edit(base + "/stages", "up", status=422, stage="test")
        self.edit(base + "/stages", "add-files", status=422, stage="test")
        self.edit(base + "/stages", "add-files", status=422, stage="test", files=[("files", "../../x", b"a")])
        self.edit(base + "/stages", "nonsense", status=422)
        self.assertEqual(self.base(base), 1)

    def test_of_two_who_edit_at_once_neither_loses_anything(self):
        base = self.make("conflict", "#!/bin/sh\n# one\n# two\n")
        place = base + "/stages/test/main"
        self.edit(place, "save", who=self.second, base=1, text="#!/bin/sh\n# theirs\n# two\n", executable="1")
        answer = self.edit(place, "save", base=1, status=422, text="#!/bin/sh\r\n# one\r\n# mine\r\n", executable="1", note="why")
        for word in ("somebody else has saved", "# theirs", "Changed by admin", '"why"'):
            self.assertIn(word, answer.text)
        self.assertRegex(answer.text, r"\n#!/bin/sh\r?\n# one\r?\n# mine\r?\n</textarea>")
        self.assertEqual(self.base(base), 2)
        answer = self.teacher.upload(place, {"do": "save", "base": "1", "text": "#!/bin/sh\n# mine\n"},
                                     Accept="application/json")
        conflict = answer.json()["conflict"]
        self.assertEqual((answer.status, conflict["base"], conflict["newest"]["author"]), (422, 1, "admin"))
        self.assertEqual([one["path"] for one in conflict["theirs"]["changes"]], ["test/main"])
        self.assertEqual(conflict["mine"]["removed"], 2)
        self.edit(place, "save", base=answer.json()["base"], text="#!/bin/sh\n# mine\n", executable="1")
        self.assertEqual(self.files(base)["test/main"][0], b"#!/bin/sh\n# mine\n")
        self.edit(base + "/stages", "add-stage", base=1, status=422, name="late", main="typed by me")
        self.assertEqual(self.stages(base), ["test"])
        # what somebody else has removed meanwhile is not lost either
        self.edit(base + "/stages", "add-files", stage="test", name="notes", text="n")
        before = self.base(base)
        self.edit(base + "/stages/test/notes", "remove", who=self.second)
        answer = self.edit(base + "/stages/test/notes", "save", base=before, status=422, text="typed long")
        self.assertIn("typed long</textarea>", answer.text)
        self.edit(base + "/stages/test/notes", "save", text="typed long")
        self.assertEqual(self.files(base)["test/notes"][0], b"typed long")

    # --- versions -----------------------------------------------------------------------------

    def test_each_version_comes_back_as_the_kind_of_archive_it_came_from(self):
        base = self.make("kinds")
        files = {"stages": b"test\n", "test/main": GOOD.encode()}
        uploads = [("a.zip", zip_of(files), "zip", b"PK"), ("a.tar.gz", tar_of(files, "w:gz"), "tar.gz", b"\x1f\x8b"),
                   ("A.TXZ", tar_of(files, "w:xz"), "tar.xz", b"\xfd7zXZ"), ("a.tar", tar_of(files, "w"), "tar", b"stages")]
        for number, (name, content, kind, magic) in enumerate(uploads, 1):
            answer = self.teacher.upload(base + "/versions", {"note": name}, [("archive", name, content)])
            self.assertEqual(answer.status, 303, answer.text)
            archive = self.grader.get(f"{base}/versions/{number}")
            self.assertTrue(archive.body.startswith(magic), kind)
            self.assertIn(f"kinds-v{number}.{kind}", archive.headers["Content-Disposition"])
            self.assertEqual(self.files(base), {"stages": (files["stages"], kind != "zip"), "test/main": (files["test/main"], True)})
        # an edit keeps the kind
        self.edit(base + "/stages/test/main", "save", text=GIFT, executable="1")
        self.assertEqual(self.teacher.json(base + "/versions")["versions"][0]["kind"], "tar")

    def test_an_old_version_is_taken_again_as_a_new_one(self):
        base = self.make("twice", GOOD)
        self.edit(base + "/stages/test/main", "save", text=GIFT, executable="1")
        self.assertEqual(self.grader.post(base + "/versions/1/restore").status, 403)
        self.assertEqual(self.teacher.post(base + "/versions/1/restore").status, 303)
        self.assertEqual(self.teacher.post(base + "/versions/9/restore").status, 404)
        self.assertEqual(self.files(base)["test/main"][0].decode(), GOOD)
        newest = self.grader.json(base + "/versions")["versions"][0]
        self.assertEqual((newest["number"], newest["note"], newest["is_current"]), (3, "version 1 again", True))
        page = self.grader.get(base + "/versions")
        self.assertNotIn("/restore", page.text)
        self.assertEqual(self.changes(base, 1), [("added", "stages"), ("added", "test/main")])
        self.assertIn('<tr class="added">', self.grader.get(base + "/versions/2/diff").text)
        for path in ("versions", "versions/1", "versions/1/diff", "stages", "stages/test/main", "stage-files/test/main",
                     "check", "reference", "copy"):
            self.assertEqual(self.student.get(f"{base}/{path}").status, 404, path)

    def test_the_originals_metadata_is_accepted_and_kept_while_its_stages_are_edited(self):
        base = self.make("original")
        metadata = {"stages": [{"directory_name": "one", "description": "First", "timeout_seconds": 7, "memory_mb": 64},
                               {"directory_name": "two", "is_trusted_stage": False, "stop_on_failure": True}], "title": "x"}
        answer = self.teacher.upload(base + "/versions", {}, [("archive", "a.zip", zip_of({
            "metadata.json": json.dumps(metadata), "one/main": GOOD, "two/main": GOOD}))])
        self.assertIn(answer.status, (200, 303), answer.text)
        first, second = self.teacher.json(base + "/edit")["stages"]
        self.assertEqual((first["name"], first["description"], first["timeout_seconds"], first["memory_mb"]),
                         ("one", "First", 7, 64))
        self.assertEqual((second["name"], second["is_trusted"], second["stop_on_failure"]), ("two", False, True))
        self.edit(base + "/stages", "down", stage="one")
        self.edit(base + "/stages", "rename", stage="one", to="uno")
        self.edit(base + "/stages", "add-stage", name="three", main=GOOD)
        found = self.teacher.json(base + "/edit")["stages"]
        self.assertEqual([(one["name"], one["timeout_seconds"] == 7, one["is_trusted"]) for one in found],
                         [("two", False, False), ("uno", True, True), ("three", False, True)])
        self.assertEqual(json.loads(self.files(base)["metadata.json"][0])["title"], "x")
        self.assertNotIn("stages", self.files(base))

    # --- self-check and publishing --------------------------------------------------------------

    def check(self, base):
        self.assertEqual(self.teacher.post(base + "/check").status, 303)
        return wait_until("the end of the self-check", lambda: (
            lambda check: None if check["is_running"] else check)(self.teacher.json(base + "/check")["check"]))

    def reference(self, base, **files):
        answer = self.teacher.upload(base + "/reference", {}, [("files", name, b"x") for name in files])
        self.assertEqual(answer.status, 303, answer.text)

    def test_a_self_check_shows_both_scores_and_nobody_meets_it_elsewhere(self):
        base = self.make("checked", GOOD + "echo why >> /grade_oven/output/errors; env > /grade_oven/output/debug\n")
        self.assertEqual(self.teacher.json(base + "/check")["check"]["verdict"], "no-reference")
        for page in ("/check", "/edit"):
            self.assertIn(">no reference solution</span>", self.teacher.get(base + page).text)
        self.assertEqual(self.teacher.post(base + "/check").status, 422)
        self.assertEqual(self.teacher.upload(base + "/reference", {}).status, 422)
        self.reference(base, answer=1)
        self.assertEqual(self.teacher.json(base + "/check")["check"]["verdict"], "missing")
        before = self.second.json("/admin"), self.teacher.json("/")
        check = self.check(base)
        self.assertEqual((check["verdict"], check["version"]), ("passed", 1), check)
        self.assertEqual([check[one]["score"]["earned"] for one in ("reference", "empty")], ["2", "0"])
        page = self.teacher.json(base + "/check")
        self.assertEqual(page["runs"][0]["errors"], ["why"])
        self.assertIn("GRADEOVEN_ASSIGNMENT=checked\n", page["runs"][0]["debug"])
        self.assertIn("GRADEOVEN_COURSE=cs101\n", page["runs"][0]["debug"])
        self.assertIn("2 / 2", self.teacher.get(base + "/edit").text)
        # neither a submission, nor a count, nor a line of any list
        self.assertEqual(self.teacher.json(base + "/submissions?show=all")["submissions"], [])
        self.assertEqual(self.teacher.json(base)["submissions"], [])
        mine = [one for one in self.teacher.json("/courses/cs101")["assignments"] if one["name"] == "checked"]
        self.assertEqual((mine[0]["submissions"], mine[0]["students"], "mine" in mine[0]), (0, 0, False))
        self.assertEqual(self.teacher.json("/")["recent"], before[1]["recent"])
        self.assertNotIn("/checks", self.second.get("/admin").text + self.second.get("/admin/courses").text)
        for path in ("/courses/%2Fchecks", "/courses/%2Fchecks/assignments/%2Fchecks/submissions/1"):
            self.assertEqual(self.second.get(path).status, 404)
        with zipfile.ZipFile(io.BytesIO(self.grader.get(base + "/reference").body)) as archive:
            self.assertEqual(archive.namelist(), ["answer"])
        self.assertEqual(self.teacher.post(base + "/publish", {"published": "1"}).status, 303)
        self.assertEqual(self.student.get(base).status, 200)
        for path in ("/reference", "/check", "/stages"):
            self.assertEqual(self.student.get(base + path).status, 403)
        self.assertNotIn("reference", self.student.get(base).text + self.student.get(base, Accept="application/json").text)

    def test_a_check_that_fails_is_outdated_or_missing_asks_before_publishing(self):
        base = self.make("asks", GIFT)
        publish = base + "/publish"

        def refused(word):
            answer = self.teacher.post(publish, {"published": "1"})
            self.assertEqual(answer.status, 422)
            self.assertIn(word, answer.text)
            self.assertIn('name="anyway"', answer.text)
            self.assertFalse(self.teacher.json(base)["assignment"]["is_published"])
        refused("There is no reference solution")
        self.reference(base, answer=1)
        refused("It has never been checked")
        check = self.check(base)
        self.assertEqual(check["verdict"], "failed")
        refused("It should get fewer than all points, but an empty submission got 2 of 2 points")
        self.edit(base + "/stages/test/main", "save", text=GOOD, executable="1")
        refused("were changed after the last self-check")
        self.reference(base, other=1)
        self.assertEqual(self.check(base)["verdict"], "failed")
        refused("It should get all points, but the reference solution got 0 of 2 points")
        self.reference(base, answer=1)
        refused("were changed after the last self-check")
        answer = self.teacher.post(publish, {"published": "1", "anyway": "1"})
        self.assertEqual(answer.status, 303)
        self.assertTrue(self.teacher.json(base)["assignment"]["is_published"])
        self.assertEqual(self.teacher.post(publish, {"published": "0"}).status, 303)
        self.assertEqual(self.check(base)["verdict"], "passed")
        self.assertNotIn('name="anyway"', self.teacher.get(base + "/edit").text)
        self.assertEqual(self.teacher.post(publish, {"published": "1"}).status, 303)

    def test_a_self_check_waits_with_its_course_and_there_is_one_at_a_time(self):
        base = self.make("waits", GOOD)
        self.reference(base, answer=1)
        self.teacher.post("/courses/cs101/pause", {"pause": "1"})
        try:
            self.assertEqual(self.teacher.post(base + "/check").status, 303)
            self.assertEqual(self.teacher.post(base + "/check").status, 422)
            page = self.teacher.get(base + "/check")
            self.assertIn('http-equiv="refresh"', page.text)
            self.assertNotIn('http-equiv="refresh"', self.teacher.get(base + "/edit").text)
            self.assertTrue(self.teacher.json(base + "/check")["check"]["is_running"])
        finally:
            self.teacher.post("/courses/cs101/pause", {"pause": "0"})
        wait_until("its end", lambda: self.teacher.json(base + "/check")["check"]["is_passed"])

    def test_graders_and_students_change_nothing(self):
        base = self.make("rights", GOOD)
        for who, status in ((self.grader, 403), (self.student, 404)):
            for path in ("/stages", "/stages/test/main", "/reference", "/check", "/copy", "/versions/1/restore"):
                answer = who.post(base + path, {"do": "remove", "stage": "test", "base": "1"})
                self.assertEqual(answer.status, status, path)
        self.assertEqual(self.base(base), 1)


if __name__ == "__main__":
    unittest.main()
