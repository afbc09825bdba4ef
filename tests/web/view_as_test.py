"""Seeing a course as one of its students does: who may, what is shown, and every way to do more than look."""
import re
import sqlite3
import unittest

from harness import SOURCE, DemoTest

COURSE = "/courses/cs101"
VIEW, STOP = COURSE + "/roster/view-as", "/view-as/stop"
CODE = b"int main(void) { return 0; }\n"


class ViewAs(DemoTest):
    options = {"executor": False}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people["nobody"] = cls.site.browser()
        for name in ("plain", "draft", "blind"):
            cls.site.ctl("assignment", "add", "cs101", name, *(() if name == "draft" else ("--published",)),
                         SOURCE / "conf/demo/roman-numerals/assignment")
        answer = cls.teacher.post(COURSE + "/assignments/blind/grading/rules", {"release": "done", "blind": "1"})
        assert answer.status == 303, answer.text
        cls.places = {(who, name): cls.people[who].submit("cs101", name, {"roman.c": CODE})
                      for who in ("student", "other") for name in ("plain", "blind")}
        cls.admin.post("/courses", {"name": "second", "title": "Second", "zone": "UTC"})
        for who, role in (("instructor", "instructor"), ("student", "student")):
            cls.site.ctl("user", "role", who, "second", role)
        cls.student.post("/settings/profile", {"name": "Stu <b>Dent</b>", "email": "secret@example.edu"})

    def setUp(self):
        self.viewer = self.site.browser("instructor")

    def store(self):
        return sqlite3.connect(self.site.state / "gradeoven.db", timeout=30)

    def audited(self):
        with self.store() as store:
            return store.execute("SELECT actor, subject, was, became FROM audit WHERE action = 'view-as' ORDER BY id").fetchall()

    def begin(self, viewer=None, whom="student"):
        """From now on the browser sees the course so; it has the new form token."""
        viewer = viewer or self.viewer
        answer = viewer.post(VIEW, {"username": whom})
        self.assertEqual((answer.status, answer.location), (303, COURSE), answer.text)
        self.assertNotEqual(viewer.csrf, viewer.json(COURSE)["csrf"])
        viewer.csrf = viewer.json(COURSE)["csrf"]
        return viewer

    def is_viewing(self, viewer):
        answer = viewer.get(COURSE, Accept="application/json")
        return answer.status == 200 and "viewing" in answer.json()

    # --- who may

    def test_instructors_and_admins_may_and_nobody_else(self):
        for who, status in (("nobody", 401), ("outsider", 404), ("student", 403), ("other", 403), ("grader", 403)):
            answer = self.people[who].post(VIEW, {"username": "student"})
            self.assertEqual(answer.status, status, who)
        for who in ("grader", "student"):
            self.assertFalse(self.is_viewing(self.people[who]))
            self.assertNotIn("/roster/view-as", self.people[who].get(COURSE + "/roster").text)
        self.assertIn("View as student", self.viewer.get(COURSE + "/roster").text)
        for who in ("instructor", "admin"):
            self.assertTrue(self.is_viewing(self.begin(self.site.browser(who))))
        self.assertEqual(self.viewer.post(VIEW, {"username": "student"}, csrf=False).status, 403)
        self.assertFalse(self.is_viewing(self.viewer), "another session of the same person is as it was")

    def test_only_students_of_the_course_can_be_looked_as(self):
        self.site.add_user("boss", "--admin")
        self.site.ctl("user", "role", "boss", "cs101", "student")
        for whom, status in (("instructor", 403), ("grader", 403), ("admin", 403), ("boss", 403), ("outsider", 403),
                             ("ghost", 404), ("", 404)):
            self.assertEqual(self.viewer.post(VIEW, {"username": whom}).status, status, whom)
        self.assertFalse(self.is_viewing(self.viewer))

    # --- what is shown

    def test_the_pages_are_those_of_the_student_with_a_banner(self):
        self.begin()
        base = COURSE + "/assignments/plain"
        volatile = ("csrf", "once", "viewing")
        for path in (COURSE, base, self.places["student", "plain"]):
            seen, own = self.viewer.json(path), self.student.json(path)
            self.assertEqual(seen["viewing"]["username"], "student")
            self.assertEqual(seen["viewing"]["viewer"], "instructor")
            if path == COURSE:  # what is graded blind is another test's
                seen["assignments"], own["assignments"] = ([a for a in page["assignments"] if a["name"] != "blind"]
                                                           for page in (seen, own))
            drop = volatile + ("has_submissions",) * (path == COURSE)
            self.assertEqual({k: v for k, v in seen.items() if k not in drop}, {k: v for k, v in own.items() if k not in drop})
            html = self.viewer.get(path).text
            self.assertIn("as <strong>Stu &lt;b&gt;Dent&lt;/b&gt;</strong> sees it", html)
            self.assertIn(f'action="{STOP}"', html)
            self.assertNotIn("secret@example.edu", html)
        for path, status in ((COURSE + "/assignments/draft", 404), (self.places["other", "plain"], 404),
                             (COURSE + "/roster", 403), (COURSE + "/audit", 403), (base + "/edit", 403),
                             (base + "/submissions", 403), (base + "/statistics", 403), (COURSE + "/nothing", 404)):
            answer = self.viewer.get(path)
            self.assertEqual(answer.status, status, path)
            self.assertIn(STOP, answer.text, "the banner is on every page, also where there is none")
        self.assertEqual(self.viewer.get(self.places["student", "plain"] + "/view/roman.c").status, 200)
        self.assertEqual(self.viewer.get("/avatars/student").status, 200)

    def test_everything_outside_of_the_course_leads_back_to_it(self):
        self.begin()
        for path in ("/", "/settings", "/enrol", "/new-course", "/admin", "/login", "/courses/second", "/courses/second/roster"):
            answer = self.viewer.get(path)
            self.assertEqual((answer.status, answer.location), (303, COURSE + "?notice=view-inside"), path)
            answer = self.viewer.get(path, Accept="application/json")
            self.assertEqual(answer.status, 403, path)
            self.assertNotIn("secret@example.edu", answer.text)
        admin = self.begin(self.site.browser("admin"))
        self.assertEqual(admin.get("/admin/users", Accept="application/json").status, 403)

    def test_receipts_and_archives_are_not_given_out(self):
        self.begin()
        place = self.places["student", "plain"]
        for path in (place + "/receipt", place + "/archive", COURSE + "/my-submissions",
                     COURSE + "/assignments/plain/my-submissions"):
            answer = self.viewer.get(path)
            self.assertEqual(answer.status, 403, path)
            self.assertIn("not given out", answer.text)
            self.assertEqual(self.student.get(path).status, 200)

    # --- more than looking

    def test_nothing_can_be_sent_but_stop_and_logout(self):
        self.begin()
        place, base = self.places["student", "plain"], COURSE + "/assignments/plain"
        routes = (SOURCE / "mod_gradeoven/routes.c").read_text()
        define = lambda text: (text.replace('COURSE "', '"' + COURSE).replace('ASSIGNMENT "', '"' + base)
                               .replace('SUBMISSION "', '"' + place))
        paths = [define(text).strip('" ') for text in re.findall(r"\{GO_POST, ([^,]+),", routes)]
        paths = [re.sub(r":number", "1", re.sub(r"[:*](\w+)", "1", path)) for path in paths]
        self.assertGreater(len(paths), 50)
        for path in paths:
            if path in ("/logout", STOP):
                continue
            answer = self.viewer.post(path, {"username": "other", "role": "student", "name": "x"})
            self.assertEqual(answer.status, 403, path)
            self.assertIn("you can only look", answer.text, path)
        answer = self.viewer.upload(base + "/submissions", {"once": "x"}, [("files", "roman.c", CODE)])
        self.assertEqual(answer.status, 403)
        self.assertEqual(len(self.student.json(base)["submissions"]), 1)
        self.assertTrue(self.is_viewing(self.viewer))
        self.assertEqual([line[1] for line in self.audited() if line[1] == "other"], [], "it does not nest")

    def test_a_form_from_before_or_from_within_is_refused_on_the_other_side(self):
        before = self.viewer.csrf
        self.begin()
        within = self.viewer.csrf
        self.assertEqual(self.viewer.post(STOP, {"csrf": before}).status, 403)
        self.assertTrue(self.is_viewing(self.viewer))
        answer = self.viewer.post(STOP)
        self.assertEqual((answer.status, answer.location), (303, COURSE + "/roster?notice=view-over"))
        for stale in (before, within):
            self.assertEqual(self.viewer.post(self.places["student", "plain"] + "/choose", {"csrf": stale}).status, 403)
        self.assertFalse(self.is_viewing(self.viewer))
        self.assertEqual(self.viewer.get("/settings").status, 200)

    # --- its ends

    def ends(self, why, viewer=None):
        viewer = viewer or self.viewer
        self.assertEqual(self.audited()[-1][1:], ("student", "begun", f"ended: {why}"))
        self.assertNotIn("viewing", viewer.get(COURSE, Accept="application/json").text)

    def test_beginning_and_stopping_are_audited(self):
        self.begin()
        self.assertEqual(self.audited()[-1], ("instructor", "student", "", "begun, for 60 minutes at most"))
        self.viewer.post(STOP)
        self.ends("stopped")
        self.viewer.csrf = self.viewer.json("/")["csrf"]
        count = len(self.audited())
        self.assertEqual(self.viewer.post(STOP).location, "/")
        self.assertEqual(len(self.audited()), count)
        self.assertIn("view-as", self.viewer.get(COURSE + "/audit").text)

    def test_it_ends_by_itself_after_an_hour(self):
        for wants, status in (({}, 303), ({"Accept": "application/json"}, 403)):
            self.viewer.csrf = self.viewer.json("/")["csrf"]
            self.begin()
            with self.store() as store:
                store.execute("UPDATE sessions SET viewing_since_us = viewing_since_us - 3599000000 "
                              "WHERE viewing_user_id IS NOT NULL AND csrf = ?", (self.viewer.csrf,))
            self.assertTrue(self.is_viewing(self.viewer))
            with self.store() as store:
                store.execute("UPDATE sessions SET viewing_since_us = viewing_since_us - 1000000 WHERE csrf = ?", (self.viewer.csrf,))
            answer = self.viewer.get(COURSE + "/assignments/plain", **wants)
            self.assertEqual(answer.status, status)
            self.ends("the time is over")

    def test_what_is_sent_after_its_end_is_not_done_as_oneself(self):
        self.begin()
        with self.store() as store:
            store.execute("UPDATE sessions SET viewing_since_us = 1 WHERE csrf = ?", (self.viewer.csrf,))
        answer = self.viewer.upload(COURSE + "/assignments/plain/submissions", {"once": "late"}, [("files", "roman.c", CODE)])
        self.assertEqual(answer.status, 403)
        self.assertIn("Nothing was changed", answer.text)
        self.assertEqual(self.viewer.json(COURSE + "/assignments/plain")["submissions"], [])
        self.ends("the time is over")

    def test_it_ends_at_logout(self):
        self.begin()
        self.assertEqual(self.viewer.post("/logout").status, 303)
        self.assertEqual(self.audited()[-1][1:], ("student", "begun", "ended: logged out"))
        self.viewer.login("instructor")
        self.assertFalse(self.is_viewing(self.viewer))

    def test_it_ends_when_the_viewer_teaches_no_more(self):
        self.addCleanup(self.site.ctl, "user", "role", "instructor", "cs101", "instructor")
        self.begin()
        self.site.ctl("user", "role", "instructor", "cs101", "grader")
        self.assertEqual(self.viewer.get(self.places["student", "plain"]).location, "/?notice=view-over")
        self.ends("no instructor of the course any more")

    def test_it_ends_when_the_student_is_dropped_or_becomes_staff(self):
        change = lambda role: self.admin.post(COURSE + "/roster/change", {"username": "student", "role": role})
        drop = lambda: self.admin.post(COURSE + "/roster/drop", {"username": "student"})
        self.addCleanup(change, "student")
        for cause in (drop, lambda: change("grader")):
            change("student")
            self.viewer.csrf = self.viewer.json("/")["csrf"]
            self.begin()
            self.assertEqual(cause().status, 303)
            self.assertEqual(self.viewer.get(COURSE).location, COURSE + "/roster?notice=view-over")
            self.ends("no student of the course any more")

    # --- graded blind

    def test_it_unblinds_nothing(self):
        base = COURSE + "/assignments/blind"
        self.teacher.post(base + "/scoreboard", {"scoreboard": "names"})
        self.addCleanup(self.teacher.post, base + "/scoreboard", {"scoreboard": "off"})
        self.assertEqual(self.student.get(base + "/scoreboard").status, 200)
        self.begin()
        line = next(one for one in self.viewer.json(COURSE)["assignments"] if one["name"] == "blind")
        self.assertTrue(line["is_withheld"])
        for field in ("mine", "why", "again"):
            self.assertNotIn(field, line)
        self.assertIn("graded blind: not shown", self.viewer.get(COURSE).text)
        page = self.viewer.json(base)
        self.assertEqual((page["submissions"], page["mine"], page["has_submissions"]), ([], None, False))
        self.assertNotIn("policy", page)
        html = self.viewer.get(base).text
        self.assertIn("is not shown to you", html)
        self.assertNotIn(self.places["student", "blind"], html)
        # the same answer for their own work, for others', and for none: no trying out of numbers
        answers = set()
        for place in (self.places["student", "blind"], self.places["other", "blind"], base + "/submissions/999"):
            for tail in ("", "/view/roman.c", "/files/roman.c", "/regrade", "/diff/1"):
                answer = self.viewer.get(place + tail, Accept="application/json")
                # the form token, and the address that was asked for, tell nothing
                answers.add((answer.status, re.sub(r'"csrf":"\w+"|"instance":"[^"]*"', "", answer.text)))
        self.assertEqual(len(answers), 1, answers)
        self.assertEqual(self.viewer.get(base + "/scoreboard").status, 403)
        # the student sees it as ever
        self.assertEqual(self.student.get(self.places["student", "blind"]).status, 200)


if __name__ == "__main__":
    unittest.main()
