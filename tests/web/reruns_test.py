"""Reruns as proposals: who may, what students see of it and when, applying, undoing, dropping, trials
and blind assignments, with real runs."""
import sqlite3
import unittest

from harness import DemoTest, wait_until
from pack import assignment, publish

FIRST = "#!/bin/sh\ncp points /grade_oven/output/score\n"
# what was 5/10 gets two points more, what was 9/10 three less
SECOND = """#!/bin/sh
case $(cat points) in 5/10) score=7/10 ;; *) score=6/10 ;; esac
echo $score > /grade_oven/output/score
echo "$GRADEOVEN_USERNAME attempt $GRADEOVEN_ATTEMPT" > /grade_oven/output/errors
"""
CHANCE = "#!/bin/sh\necho $(date +%N | tail -c 9 | sed 's/^0*//')/999999999 > /grade_oven/output/score\n"
ROLES = ("nobody", "outsider", "student", "other", "grader", "instructor", "admin")


class Reruns(DemoTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people["nobody"] = cls.site.browser()

    def make(self, name, *mains):
        """An assignment with a version for each main, and a submission of each student by the first."""
        base = publish(self.teacher, name, mains[0])
        self.places = {"student": self.student.submit("cs101", name, {"points": b"5/10"}),
                       "other": self.other.submit("cs101", name, {"points": b"9/10"})}
        for who, place in self.places.items():
            self.people[who].wait_for_run(place)
        for main in mains[1:]:
            answer = self.teacher.upload(base + "/versions", {}, [("archive", "a.tar.gz", assignment(main))])
            self.assertEqual(answer.status, 303, answer.text)
        return base

    def propose(self, base, by=None, **fields):
        answer = (by or self.teacher).post(base + "/reruns", {"version": "2", "scope": "counted", **fields})
        self.assertEqual(answer.status, 303, answer.text)
        return answer.location.split("?")[0].split(str(self.site.port))[-1]

    def ready(self, rerun, by=None):
        return wait_until("it is ready", lambda: (lambda page: page if not page["rerun"]["is_baking"] else None)(
            (by or self.teacher).json(rerun)), 90)

    def close(self, rerun, how, by=None, **fields):
        return (by or self.teacher).post(f"{rerun}/{how}", {"sure": "1", **fields})

    def points(self, who):
        return self.people[who].json(self.places[who])["run"]["score"]["earned"]

    def test_what_a_team_handed_in_is_baked_once_and_counts_for_all(self):
        base = publish(self.teacher, "together", FIRST)
        self.assertEqual(self.teacher.post(base + "/team/rules", {"forming": "staff", "size": "2"}).status, 303)
        for name in ("student", "other"):
            self.assertEqual(self.teacher.post(base + "/team/change", {"action": "add", "name": "A", "username": name}).status, 303)
        place = self.student.submit("cs101", "together", {"points": b"5/10"})
        self.student.wait_for_run(place)
        self.teacher.upload(base + "/versions", {}, [("archive", "a.tar.gz", assignment(SECOND))])
        rerun = self.propose(base)
        page = self.ready(rerun)
        self.assertEqual([(one["before"]["earned"], one["after"]["earned"]) for one in page["lines"]], [("5", "7")])
        self.assertEqual(self.close(rerun, "apply", policy="replace").status, 303)
        for who in (self.student, self.other):
            mine = next(one for one in who.json("/courses/cs101")["assignments"] if one["name"] == "together")["mine"]
            self.assertEqual(mine["score"]["earned"], "7")

    def test_a_proposal_from_the_form_to_its_undoing(self):
        base = self.make("whole", FIRST, SECOND)
        self.assertIn("There are none yet", self.teacher.get(base + "/reruns").text)
        rerun = self.propose(base)
        page = self.ready(rerun)
        self.assertEqual((page["rerun"]["state"], page["rerun"]["version"], page["rerun"]["baked"]), ("ready", 2, 2))
        self.assertEqual([(one["name"], one["before"]["earned"], one["after"]["earned"], one["change"])
                          for one in page["lines"]], [("other", "9", "6", "lower"), ("Sam Student", "5", "7", "higher")])
        self.assertEqual((page["totals"]["lower"], page["totals"]["higher"], page["totals"]["flaky"]), (1, 1, 0))
        self.assertEqual((page["totals"]["mean_before"]["earned"], page["totals"]["mean_after"]["earned"]), ("7", "6.5"))
        html = self.teacher.get(rerun + "?show=higher").text
        self.assertIn("5 / 10", html)
        self.assertNotIn("9 / 10", html)
        for query in ("?page=99", "?page=-1", "?page=x", "?show=nonsense"):
            page_again = self.teacher.json(rerun + query)
            self.assertEqual((page_again["page"], page_again["pages"], len(page_again["lines"])), (1, 1, 2), query)
        # no student sees anything of it
        self.assertEqual((self.points("student"), self.points("other")), ("5", "9"))
        self.assertEqual(len(self.student.json(base)["submissions"]), 1)
        # without the box, or with another policy than the two, nothing happens
        for fields in ({"policy": "replace", "sure": ""}, {"policy": "worst"}, {}):
            answer = self.close(rerun, "apply", **fields)
            self.assertEqual(answer.status, 422, fields)
        self.assertEqual(self.teacher.json(rerun)["rerun"]["state"], "ready")
        # never lower: one is changed, and it says what its stages said
        self.assertEqual(self.close(rerun, "apply", policy="never-lower").status, 303)
        self.assertEqual((self.points("student"), self.points("other")), ("7", "9"))
        run = self.student.json(self.places["student"])["run"]
        self.assertEqual((run["errors"], run["version"]), (["student attempt 1"], 2))
        page = self.teacher.json(rerun)
        self.assertEqual([one["is_applied"] for one in page["lines"]], [False, True])
        self.assertEqual(page["rerun"]["policy"], "never-lower")
        self.assertEqual(self.close(rerun, "apply", policy="replace").status, 422)
        self.assertEqual(self.close(rerun, "drop").status, 422)
        self.assertEqual(self.close(rerun, "undo").status, 303)
        self.assertEqual((self.points("student"), self.points("other")), ("5", "9"))
        # and again with the other policy; then something newer comes
        self.assertEqual(self.close(rerun, "apply", policy="replace").status, 303)
        self.assertEqual((self.points("student"), self.points("other")), ("7", "6"))
        self.assertEqual(self.teacher.post(self.places["other"] + "/rerun").status, 303)
        self.other.wait_for_run(self.places["other"])
        answer = self.close(rerun, "undo")
        self.assertEqual(answer.status, 422)
        self.assertIn("graded again since", answer.text)
        self.assertEqual(self.close(rerun, "undo", others="1").status, 303)
        self.assertEqual((self.points("student"), self.points("other")), ("5", "6"))
        with sqlite3.connect(f"file:{self.site.state}/gradeoven.db?mode=ro", uri=True) as store:
            log = store.execute("SELECT action, subject, was, became FROM audit WHERE actor = 'instructor' "
                                "AND subject LIKE 'whole, %' AND action IN ('rerun', 'score') ORDER BY id").fetchall()
        number = page["lines"][1]["number"]
        self.assertEqual(log[:3], [("rerun", "whole, rerun 1", "", "proposed: counted, 2 submissions"),
                                   ("score", f"whole, submission {number}", "5/10", "7/10"),
                                   ("rerun", "whole, rerun 1", "ready", "applied: never-lower, 1 of 2 submissions")])
        self.assertIn("rerun 1", self.teacher.get("/courses/cs101/audit").text)

    def test_who_may_see_it_and_who_may_act(self):
        base = self.make("rights", FIRST, SECOND)
        rerun = self.propose(base, scope="student", student="student")
        self.ready(rerun)
        sees = dict(zip(ROLES, (303, 404, 403, 403, 200, 200, 200)))
        acts = dict(zip(ROLES, (401, 404, 403, 403, 403, 422, 422)))
        for who in ROLES:
            for path in (base + "/reruns", rerun):
                self.assertEqual(self.people[who].get(path).status, sees[who], (who, path))
            for path in (base + "/reruns", rerun + "/apply", rerun + "/undo", rerun + "/drop"):
                self.assertEqual(self.people[who].post(path, {"scope": "x"}).status, acts[who], (who, path))
        self.assertEqual(self.teacher.post(rerun + "/drop", {"sure": "1"}, csrf=False).status, 403)
        html = self.people["grader"].get(base + "/reruns").text + self.people["grader"].get(rerun).text
        self.assertNotIn("<form method=\"post\" action=\"" + base, html)
        for number in ("0", "99", "x", "-1", "99999999999999"):
            self.assertEqual(self.teacher.get(f"{base}/reruns/{number}").status, 404, number)

    def test_what_is_wrong_is_told_and_what_was_typed_stays(self):
        base = self.make("wrong", FIRST, SECOND)
        for fields, why in (({"version": "7"}, "no such version"), ({"version": ""}, "no such version"),
                            ({"scope": ""}, "Which submissions"), ({"scope": "everything"}, "Which submissions"),
                            ({"scope": "student", "student": "no<body>"}, "no student &quot;no&lt;body&gt;&quot;"),
                            ({"scope": "section"}, "Which section"), ({"scope": "section", "section": "Z"}, "no such submissions"),
                            ({"scope": "troubled"}, "no such submissions"), ({"source": "cs101/none"}, "You teach no assignment"),
                            ({"source": "none"}, "You teach no assignment"), ({"source": "/"}, "You teach no assignment")):
            answer = self.teacher.post(base + "/reruns", {"version": "2", "scope": "all", **fields})
            self.assertEqual(answer.status, 422, fields)
            self.assertIn(why, answer.text)
        answer = self.teacher.post(base + "/reruns", {"version": "1", "scope": "section", "section": "<Z>", "twice": "1"})
        for part in ('value="section" selected', 'value="&lt;Z&gt;"', 'value="1" checked', '<option value="1" selected'):
            self.assertIn(part, answer.text)
        self.assertEqual(self.teacher.json(base + "/reruns")["reruns"], [])

    def test_a_paused_one_can_be_dropped_and_leaves_nothing_in_the_queue(self):
        base = self.make("dropped", FIRST, SECOND)
        self.teacher.post("/courses/cs101/pause", {"pause": "1"})
        try:
            rerun = self.propose(base, scope="all", twice="1")
            page = self.teacher.json(rerun)
            self.assertEqual((page["rerun"]["is_baking"], page["rerun"]["baked"], page["rerun"]["runs"]), (True, 0, 4))
            self.assertEqual(page["totals"]["waiting"], 2)
            answer = self.teacher.post(base + "/reruns", {"version": "2", "scope": "all"})
            self.assertEqual(answer.status, 422)
            self.assertIn("still being baked", answer.text)
            self.assertEqual(self.close(rerun, "apply", policy="replace").status, 422)
            self.assertEqual(self.close(rerun, "drop").status, 303)
            page = self.teacher.json(rerun)
            self.assertEqual((page["rerun"]["state"], page["totals"]["not-graded"]), ("dropped", 2))
            self.assertEqual((page["can_apply"], page["can_drop"], page["can_undo"]), (False, False, False))
            with sqlite3.connect(f"file:{self.site.state}/gradeoven.db?mode=ro", uri=True) as store:
                self.assertEqual(store.execute("SELECT count(*) FROM runs WHERE state = 'queued'").fetchone(), (0,))
        finally:
            self.teacher.post("/courses/cs101/pause", {"pause": "0"})
        self.assertEqual(self.points("student"), "5")

    def test_a_large_one_comes_in_pages_and_holds_nobody_up(self):
        base = self.make("large", FIRST, SECOND)
        # 240 more of the same, as rows: handing them in would take minutes
        with sqlite3.connect(self.site.state / "gradeoven.db", timeout=30) as store:
            for i in range(10, 250):
                store.execute("INSERT INTO submissions (assignment_id, user_id, number, attempt, tree_id, is_late, once, address, "
                              "created_us) SELECT s.assignment_id, s.user_id, ?, ?, s.tree_id, 0, ?, '', s.created_us FROM submissions s "
                              "JOIN assignments a ON a.id = s.assignment_id WHERE a.name = 'large' AND s.number = 1", (i, i, f"large{i}"))
        self.teacher.post("/courses/cs101/pause", {"pause": "1"})
        rerun = self.propose(base, scope="all")
        sizes = [(page["page"], page["pages"], len(page["lines"])) for page in
                 (self.teacher.json(rerun + query) for query in ("", "?page=2", "?page=3", "?page=4", "?show=waiting&page=3"))]
        self.assertEqual(sizes, [(1, 3, 100), (2, 3, 100), (3, 3, 42), (3, 3, 42), (3, 3, 42)])
        self.assertIn("?show=&amp;page=2", self.teacher.get(rerun).text)
        self.assertEqual(self.admin.get("/admin").status, 200)
        # 242 that wait keep neither a student nor a teacher from submitting, and what they submit is first
        places = [(who, who.submit("cs101", "large", {"points": b"5/10"})) for who in (self.student, self.teacher)]
        self.teacher.post("/courses/cs101/pause", {"pause": "0"})
        for who, place in places:
            self.assertEqual(who.wait_for_run(place)["score"]["earned"], "7")
        wait_until("one of the others has begun", lambda: self.teacher.json(rerun)["rerun"]["baked"])
        with sqlite3.connect(f"file:{self.site.state}/gradeoven.db?mode=ro", uri=True) as store:
            first = store.execute("SELECT reason FROM runs WHERE version_id = (SELECT max(version_id) FROM runs WHERE "
                                  "reason = 'proposal') AND started_us IS NOT NULL ORDER BY started_us LIMIT 2").fetchall()
        self.assertEqual(first, [("submit",), ("submit",)])
        self.assertEqual(self.close(rerun, "drop").status, 303)

    def test_chance_is_found_by_baking_twice(self):
        base = self.make("chance", CHANCE)
        page = self.ready(self.propose(base, version="1", twice="1"))
        self.assertEqual((page["totals"]["flaky"], page["rerun"]["runs"]), (2, 4))
        self.assertIn("Leave out the differing ones", self.teacher.get(page["rerun"]["url"]).text)
        answer = self.close(page["rerun"]["url"], "apply", policy="replace", leave_flaky="1")
        self.assertEqual(answer.status, 422)
        self.assertIn("None of its results", answer.text)
        self.assertEqual(self.teacher.json(page["rerun"]["url"])["rerun"]["state"], "ready")

    def test_blind_assignments_show_pseudonyms(self):
        base = self.make("blind", FIRST, SECOND)
        self.teacher.post(base + "/grading/rules", {"release": "done", "blind": "1"})
        page = self.ready(self.propose(base))
        html = self.teacher.get(page["rerun"]["url"]).text.split("<main")[1]
        names = [one["name"] for one in page["lines"]]
        for name in names:
            self.assertRegex(name, r"^[a-z]+-[a-z]+-[0-9a-z]{4}$")
            self.assertIn(name, html)
        self.assertNotIn(">other<", html)
        self.assertNotIn("Sam Student", html)
        answer = self.teacher.post(base + "/reruns", {"version": "2", "scope": "student", "student": "student"})
        self.assertEqual(answer.status, 422)
        rerun = self.propose(base, scope="student", student=names[1])
        page = self.ready(rerun)
        self.assertEqual([one["name"] for one in page["lines"]], names[1:])
        self.assertIn(names[1], self.teacher.get(base + "/reruns").text)

    def test_a_trial_of_last_terms_work_touches_no_grade(self):
        self.make("last", FIRST)
        self.admin.post("/courses", {"name": "cs102", "title": "Next", "zone": "UTC"})
        self.site.ctl("user", "role", "instructor", "cs102", "instructor")
        self.site.add_user("helper")
        self.site.ctl("user", "role", "helper", "cs102", "grader")
        helper = self.site.browser("helper")
        answer = self.teacher.post("/courses/cs101/assignments/last/copy",
                                   {"name": "next", "title": "Next", "days": "0", "course": "cs102"})
        self.assertEqual(answer.status, 303, answer.text)
        base = "/courses/cs102/assignments/next"
        answer = self.teacher.upload(base + "/versions", {}, [("archive", "a.tar.gz", assignment(SECOND))])
        self.assertEqual(answer.status, 303)
        self.assertIn('value="cs101/last"', self.teacher.get(base + "/reruns").text)
        rerun = self.propose(base, scope="all", source="cs101/last")
        page = self.ready(rerun)
        self.assertEqual([(one["name"], one["after"]["earned"]) for one in page["lines"]],
                         [("other", "6"), ("Sam Student", "7")])
        self.assertEqual((page["rerun"]["trial_of"], page["can_apply"]), ("cs101/last", False))
        answer = self.close(rerun, "apply", policy="replace")
        self.assertEqual(answer.status, 422)
        self.assertIn("touches no grade", answer.text)
        self.assertEqual((self.points("student"), self.points("other")), ("5", "9"))
        # who helps this term, and did not last term, sees scores and no names
        page = helper.json(rerun)
        self.assertEqual({(one["name"], one["url"]) for one in page["lines"]}, {("a student", None)})
        self.assertNotIn(">other<", helper.get(rerun).text)
        # and another's work cannot be taken from where one does not teach
        self.site.add_user("newcomer")
        self.site.ctl("user", "role", "newcomer", "cs102", "instructor")
        newcomer = self.site.browser("newcomer")
        self.assertNotIn("cs101/last", newcomer.get(base + "/reruns").text.split("<form")[-1])
        answer = newcomer.post(base + "/reruns", {"version": "2", "scope": "all", "source": "cs101/last"})
        self.assertEqual(answer.status, 422)
        self.assertEqual({one["url"] for one in newcomer.json(rerun)["lines"]}, {None})


if __name__ == "__main__":
    unittest.main()
