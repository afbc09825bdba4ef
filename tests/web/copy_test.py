"""Copying assignments and courses for a new term: on a real httpd, without Docker."""
import unittest

from harness import Site

HW = "/courses/cs101/assignments/roman-numerals"


class Copies(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site(executor=False).start()
        cls.addClassCleanup(cls.site.stop)
        cls.site.load_demo()
        cls.teacher, cls.admin = cls.site.browser("instructor"), cls.site.browser("admin")
        cls.teacher.upload(HW + "/reference", {}, [("files", "roman.c", b"int main(void) { return 0; }")])

    def set_due(self, due):
        page = self.teacher.json(HW + "/edit")["form"]
        self.assertEqual(self.teacher.post(HW + "/edit", {**page, "due": due}).status, 303)

    def copy(self, status=303, **fields):
        answer = self.teacher.post(HW + "/copy", {"course": "cs101", "title": "Copy", "days": "0", **fields})
        self.assertEqual(answer.status, status, answer.text)
        return answer

    def test_an_assignment_is_copied_as_a_draft_with_its_stages_and_reference(self):
        self.set_due("2030-03-01T23:59")
        self.teacher.post(HW + "/scoreboard", {"scoreboard": "names", "ranking": "metric", "metric": "seconds"})
        self.copy(name="twin", title="A <twin>", days="7")
        twin = "/courses/cs101/assignments/twin"
        page, original = self.teacher.json(twin + "/edit"), self.teacher.json(HW + "/edit")
        self.assertEqual((page["assignment"]["title"], page["assignment"]["is_published"]), ("A <twin>", False))
        self.assertEqual(page["form"]["due"], "2030-03-08T23:59")
        self.assertEqual(page["form"]["description"], original["form"]["description"])
        self.assertEqual(page["stages"], original["stages"])
        board = page["scoreboard"]
        self.assertEqual((board["names"], board["ranking"], board["metric"]), ("names", "metric", "seconds"))
        self.assertEqual(page["reference"]["files"], 1)
        self.assertEqual(page["check"]["verdict"], "missing")
        self.assertEqual([one["number"] for one in page["versions"]], [1])
        self.assertIn("copied from cs101", page["versions"][0]["note"])
        self.assertEqual(self.site.browser("student").get(twin).status, 404)
        # what happens to one does not happen to the other
        self.teacher.upload(twin + "/stages/tests/main", {"do": "save", "base": "1", "text": "#!/bin/sh\n"})
        self.assertEqual(self.teacher.json(twin + "/edit")["assignment"]["version"], 2)
        self.assertEqual(self.teacher.json(HW + "/edit")["assignment"]["version"], 1)

    def test_dates_keep_their_local_time_when_the_clocks_change(self):
        # the demo's course is in a zone with summer time
        zone = self.teacher.json("/courses/cs101")["course"]["zone"]
        self.teacher.post("/courses/cs101/edit", {"title": "CS", "zone": "Europe/Berlin"})
        try:
            for number, (due, days, expected) in enumerate((
                    ("2027-03-01T23:59", "60", "2027-04-30T23:59"), ("2027-10-30T12:00", "1", "2027-10-31T12:00"),
                    ("2028-02-29T08:00", "366", "2029-03-01T08:00"), ("2027-01-01T00:00", "-1", "2026-12-31T00:00"),
                    ("2027-03-27T02:30", "1", "2027-03-28T03:30"), ("2027-12-31T23:59", "+364", "2028-12-29T23:59"),
                    ("", "30", ""))):
                self.set_due(due)
                self.copy(name=f"date{number}", days=days)
                self.assertEqual(self.teacher.json(f"/courses/cs101/assignments/date{number}/edit")["form"]["due"], expected)
        finally:
            self.teacher.post("/courses/cs101/edit", {"title": "CS", "zone": zone})

    def test_a_course_is_copied_without_its_people_and_submissions(self):
        self.site.browser("student").submit("cs101", "roman-numerals", {"roman.c": b"int main;"})
        self.set_due("2030-03-01T23:59")
        before = self.teacher.json("/courses/cs101")
        answer = self.teacher.post("/courses/cs101/copy", {"name": "cs101-next", "title": "Next term", "days": "364"})
        self.assertEqual(answer.status, 303, answer.text)
        self.assertIn("/courses/cs101-next", answer.location)
        page = self.teacher.json("/courses/cs101-next")
        self.assertEqual((page["course"]["title"], page["course"]["zone"]), ("Next term", before["course"]["zone"]))
        self.assertEqual(sorted(one["name"] for one in page["assignments"]), sorted(one["name"] for one in before["assignments"]))
        self.assertEqual({(one["is_published"], one["submissions"], one["version"]) for one in page["assignments"]}, {(False, 0, 1)})
        due = [one["due"]["text"] for one in page["assignments"] if one["name"] == "roman-numerals"]
        self.assertIn("28 Feb 2031, 23:59", due[0])
        self.assertEqual([one["username"] for one in self.teacher.json("/courses/cs101-next/roster")["people"]], ["instructor"])
        self.assertEqual(self.site.browser("student").get("/courses/cs101-next").status, 404)

    def test_a_copy_that_is_refused_says_why_and_changes_nothing(self):
        for fields, word in (({"name": "roman-numerals"}, "already"), ({"name": "a/b"}, "a/b"), ({"name": "x", "title": ""}, "title"),
                             ({"name": "x", "days": "7.5"}, "whole number"), ({"name": "x", "days": "99999"}, "3660"),
                             ({"name": "x", "course": "none"}, "You teach no course")):
            answer = self.copy(422, **fields)
            self.assertIn(word, answer.text)
            self.assertIn(f'name="name" value="{fields["name"]}"', answer.text)
        before = self.teacher.json("/")["courses"]
        for fields in ({"name": "cs101", "title": "T"}, {"name": "", "title": "T"}, {"name": "y", "title": "T", "days": "x"}):
            self.assertEqual(self.teacher.post("/courses/cs101/copy", fields).status, 422)
        self.assertEqual(self.teacher.json("/")["courses"], before)

    def test_nobody_copies_into_a_course_or_out_of_one_that_they_do_not_teach(self):
        self.admin.post("/courses", {"name": "foreign", "title": "Foreign", "zone": "UTC"})
        self.copy(422, name="x", course="foreign")
        self.assertEqual(self.teacher.get("/courses/foreign/copy").status, 404)
        self.assertEqual(self.admin.post(HW + "/copy", {"course": "foreign", "name": "hw", "title": "HW", "days": ""}).status, 303)
        self.assertEqual(self.admin.json("/courses/foreign")["assignments"][0]["name"], "hw")
        # who teaches, but may not make courses, copies assignments only
        self.site.add_user("helper")
        self.site.ctl("user", "role", "helper", "cs101", "instructor")
        helper = self.site.browser("helper")
        self.assertEqual(helper.get("/courses/cs101/copy").status, 403)
        self.assertEqual(helper.post("/courses/cs101/copy", {"name": "mine", "title": "T"}).status, 403)
        self.assertEqual(helper.post(HW + "/copy", {"course": "cs101", "name": "helped", "title": "T"}).status, 303)
        for name, status in (("grader", 403), ("student", 403), ("outsider", 404)):
            who = self.site.browser(name)
            self.assertEqual(who.get(HW + "/copy").status, status)
            self.assertEqual(who.post("/courses/cs101/copy", {"name": "z", "title": "Z"}).status, status)


if __name__ == "__main__":
    unittest.main()
