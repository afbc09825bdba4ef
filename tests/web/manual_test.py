"""Grading by people: rubric, feedback, comments on lines, blind mode, release, requests, differences;
for every role, on a real httpd."""
import re
import sqlite3
import threading
import unittest

from harness import SOURCE, DemoTest

HW = "/courses/cs101/assignments/roman-numerals"
CODE = b"#include <stdio.h>\nint main(void) {\n    return 0; // <script>alert(1)</script>\n}\n"


class Manual(DemoTest):
    options = {"executor": False}

    def setUp(self):
        """Each test has an assignment of its own, with a submission of each student."""
        self.name = re.sub(r"\W", "-", self._testMethodName)[5:60]
        self.site.ctl("assignment", "add", "cs101", self.name, "--published",
                      SOURCE / "conf/demo/roman-numerals/assignment")
        self.base = f"/courses/cs101/assignments/{self.name}"
        self.own = self.student.submit("cs101", self.name, {"roman.c": CODE, "notes.bin": b"\0\1"})
        self.others = self.other.submit("cs101", self.name, {"roman.c": CODE})

    def rules(self, **fields):
        answer = self.teacher.post(self.base + "/grading/rules", {"release": "done", **fields})
        self.assertEqual(answer.status, 303, answer.text)

    def item(self, title, points, **fields):
        answer = self.teacher.post(self.base + "/rubric", {"title": title, "points": points, **fields})
        self.assertEqual(answer.status, 303, answer.text)
        return next(item["id"] for item in self.teacher.json(self.base + "/rubric")["items"]
                    if item["title"] == title)

    def grade(self, place=None, by=None, **fields):
        place, by = place or self.own, by or self.grader
        revision = by.json(place + "/grade")["form"]["revision"]
        return by.post(place + "/grade", {"revision": revision, "action": "done", **fields})

    def comment(self, text, line=3, by=None):
        return (by or self.grader).post(self.own + "/comments", {"path": "roman.c", "line": line, "text": text})

    def audited(self, action):
        """What the log of changes has of this action and assignment."""
        with sqlite3.connect(self.site.state / "gradeoven.db") as database:
            return database.execute("SELECT actor, subject, was, became FROM audit WHERE action = ? "
                                    "AND subject LIKE ?", (action, self.name + "%")).fetchall()

    # --- the score

    def test_ticked_items_and_an_adjustment_make_the_score_exactly(self):
        good, bad = self.item("Style", "2.5", heading="Code"), self.item("No tests", "-0.1")
        self.assertEqual(self.grade(**{"item": good}).status, 303)
        feedback = self.student.json(self.own)["feedback"]
        self.assertEqual((feedback["manual"], feedback["items"][0]["heading"]), ("2.5", "Code"))
        answer = self.grade(item=bad, adjustment="0.2", reason="neat")
        self.assertEqual(answer.status, 303)
        feedback = self.student.json(self.own)["feedback"]
        self.assertEqual((feedback["manual"], feedback["total"]["earned"]), ("0.1", "0.1"))
        self.assertEqual(len(self.audited("grade")), 2)

    def test_the_score_is_kept_within_its_bounds(self):
        self.rules(max="3")
        for adjustment, manual in (("-5", "0"), ("10", "3"), ("1.25", "1.25")):
            self.assertEqual(self.grade(adjustment=adjustment, reason="because").status, 303)
            self.assertEqual(self.student.json(self.own)["feedback"]["manual"], manual)

    def test_changing_an_item_changes_all_that_use_it_and_is_audited(self):
        item = self.item("Comments", "1")
        for place in (self.own, self.others):
            self.grade(place, item=item)
        answer = self.teacher.post(f"{self.base}/rubric/{item}", {"title": "Comments", "points": "1.5"})
        self.assertEqual(answer.status, 303)
        self.assertEqual(self.student.json(self.own)["feedback"]["manual"], "1.5")
        self.assertEqual(self.other.json(self.others)["feedback"]["manual"], "1.5")
        actor, subject, was, became = self.audited("rubric")[-1]
        self.assertEqual(actor, "instructor")
        self.assertIn("2 submissions", subject)
        self.assertIn("1 points", was)
        self.assertIn("1.5 points", became)

    def test_an_item_in_use_is_retired_and_another_deleted(self):
        used, unused = self.item("Used", "1"), self.item("Unused", "1")
        self.grade(item=used)
        for item in (used, unused):
            self.assertEqual(self.teacher.post(f"{self.base}/rubric/{item}", {"action": "remove"}).status, 303)
        items = self.teacher.json(self.base + "/rubric")["items"]
        self.assertEqual([(one["title"], one["is_retired"]) for one in items], [("Used", True)])
        self.assertEqual(self.student.json(self.own)["feedback"]["manual"], "1")
        groups = self.grader.json(self.others + "/grade")["form"]["groups"]
        self.assertEqual(groups, [])

    def test_a_refused_form_loses_nothing(self):
        item = self.item("Kept", "1")
        for fields, word in (({"adjustment": "two", "reason": "x"}, "decimal"), ({"adjustment": "2"}, "reason")):
            answer = self.grade(comment="A long <text>", item=item, **fields)
            self.assertEqual(answer.status, 422)
            self.assertIn(word, answer.text)
            self.assertIn("A long &lt;text&gt;", answer.text)
            self.assertIn(f'value="{fields["adjustment"]}"', answer.text)
            self.assertRegex(answer.text, rf'value="{item}" checked')
        answer = self.teacher.post(self.base + "/rubric", {"title": "A title", "points": "1,5"})
        self.assertEqual(answer.status, 422)
        self.assertIn('value="A title"', answer.text)
        answer = self.teacher.post(self.base + "/grading/rules", {"release": "date", "max": "7", "blind": "1"})
        self.assertEqual(answer.status, 422)
        self.assertIn('value="7"', answer.text)

    def test_an_item_of_another_assignment_cannot_be_ticked(self):
        foreign = self.item("Foreign", "1000")
        self.site.ctl("assignment", "add", "cs101", "foreign", "--published",
                      SOURCE / "conf/demo/roman-numerals/assignment")
        place = self.student.submit("cs101", "foreign", {"roman.c": CODE})
        self.assertEqual(self.grade(place, item=foreign).status, 422)
        self.assertIsNone(self.student.json(place).get("feedback"))

    # --- two graders

    def test_the_second_of_two_graders_is_told_and_loses_nothing(self):
        revision = self.grader.json(self.own + "/grade")["form"]["revision"]
        mine = {"revision": revision, "action": "done", "comment": "of the grader"}
        theirs = {"revision": revision, "action": "done", "comment": "of the instructor"}
        self.assertEqual(self.grader.post(self.own + "/grade", mine).status, 303)
        answer = self.teacher.post(self.own + "/grade", theirs)
        self.assertEqual(answer.status, 422)
        for text in ("of the grader", "of the instructor", "grader saved this submission"):
            self.assertIn(text, answer.text)
        self.assertIn("of the grader", self.student.get(self.own).text)
        theirs["revision"] = answer.field("revision")
        self.assertEqual(self.teacher.post(self.own + "/grade", theirs).status, 303)
        self.assertIn("of the instructor", self.student.get(self.own).text)

    def test_of_many_at_once_exactly_one_is_stored(self):
        statuses, start = [], threading.Barrier(8)

        def save(number):
            visitor = (self.grader, self.teacher)[number % 2]
            start.wait()
            statuses.append(visitor.post(self.own + "/grade", {"revision": "0", "action": "draft",
                                                               "comment": f"number {number}"}).status)
        threads = [threading.Thread(target=save, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(statuses), [303] + [422] * 7)
        self.assertEqual(self.grader.json(self.own + "/grade")["form"]["revision"], 1)

    # --- the desk

    def test_the_desk_counts_filters_and_leads_to_the_next(self):
        self.teacher.submit("cs101", self.name, {"roman.c": CODE})  # staff's own try is not graded
        desk = self.grader.json(self.base + "/grading")
        self.assertEqual((desk["graded"], desk["all"]), (0, 2))
        self.assertEqual([one["username"] for one in desk["submissions"]], ["other", "student"])
        answer = self.grader.get(self.base + "/grading/next")
        self.assertEqual((answer.status, answer.location), (303, self.others + "/grade"))
        answer = self.grade(self.others, action="next")
        self.assertIn("/grading/next?after=2", answer.location)
        self.assertEqual(self.grader.get(answer.location).location, self.own + "/grade")
        self.grade(self.own, action="draft")
        desk = self.grader.json(self.base + "/grading")
        self.assertEqual([(one["name"], one["count"]) for one in desk["filters"]],
                         [("ungraded", 0), ("draft", 1), ("done", 0), ("released", 1)])
        draft = self.grader.json(self.base + "/grading?show=draft")["submissions"]
        self.assertEqual([one["username"] for one in draft], ["student"])
        self.grade(self.own)
        self.assertIn("notice=all-graded", self.grader.get(self.base + "/grading/next").location)

    def test_a_newer_submission_takes_the_place_on_the_desk(self):
        self.grade(self.own)
        second = self.student.submit("cs101", self.name, {"roman.c": CODE + b"// more\n"})
        desk = {one["username"]: one for one in self.grader.json(self.base + "/grading")["submissions"]}
        self.assertEqual(desk["student"]["url"], second)
        self.assertEqual(desk["student"]["grading"]["state"], "ungraded")

    # --- files and comments

    def test_a_file_is_shown_as_text_with_numbered_lines(self):
        for visitor in (self.student, self.grader):
            text = visitor.get(self.own + "/view/roman.c").text
            self.assertIn('id="L3"', text)
            self.assertIn("&lt;script&gt;alert(1)", text)
            self.assertNotIn("<script>alert", text)
        lines = self.student.json(self.own + "/view/roman.c")["file"]["lines"]
        self.assertEqual((len(lines), lines[1]["text"]), (4, "int main(void) {"))
        binary = self.student.json(self.own + "/view/notes.bin")["file"]
        self.assertEqual((binary["is_binary"], binary["lines"]), (True, []))
        self.assertIn("/files/notes.bin", self.student.get(self.own + "/view/notes.bin").text)
        self.assertEqual(self.student.get(self.own + "/view/none.c").status, 404)

    def test_large_files_and_hidden_directions_are_said_so(self):
        place = self.student.submit("cs101", self.name, {
            "large.txt": b"x\n" * 20000, "empty.txt": b"", "bidi.c": "int a; /* \u202e } */\n".encode()})
        self.assertTrue(self.student.json(place + "/view/large.txt")["file"]["is_large"])
        self.assertIn("The file is empty", self.student.get(place + "/view/empty.txt").text)
        line = self.student.json(place + "/view/bidi.c")["file"]["lines"][0]["text"]
        self.assertEqual(line, "int a; /* [U+202E] } */")

    def test_comments_are_written_changed_used_again_and_deleted(self):
        answer = self.comment("Say **why**")
        self.assertEqual((answer.status, answer.location), (303, self.own + "/view/roman.c#L3"))
        page = self.grader.json(self.own + "/view/roman.c")
        said = page["file"]["lines"][2]["comments"][0]
        self.assertIn("<strong>why</strong>", said["html"])
        self.assertEqual(page["earlier"], ["Say **why**"])
        self.comment("Two\nlines")  # which a list of choices could not show
        self.assertEqual(self.grader.json(self.own + "/view/roman.c")["earlier"], ["Say **why**"])
        again = {"path": "roman.c", "line": "1", "text": " ", "earlier": "Say **why**"}
        self.assertEqual(self.grader.post(self.own + "/comments", again).status, 303)
        change = {"path": "roman.c", "line": "3", "text": "Other words", "action": "change"}
        self.assertEqual(self.teacher.post(said["action"], change).status, 404)  # another's
        self.assertEqual(self.grader.post(said["action"], change).status, 303)
        self.assertIn("Other words", self.grader.get(self.own + "/view/roman.c").text)
        self.assertEqual(self.grader.post(said["action"], {**change, "action": "remove"}).status, 303)
        self.assertNotIn("Other words", self.grader.get(self.own + "/view/roman.c").text)

    def test_a_comment_needs_a_line_and_a_text(self):
        for fields, word in (({"line": "99"}, "no line 99"), ({"line": "0"}, "no line 0"), ({"text": " "}, "empty")):
            answer = self.grader.post(self.own + "/comments", {"path": "roman.c", "line": "2", "text": "kept text",
                                                               **fields})
            self.assertEqual(answer.status, 422)
            self.assertIn(word, answer.text)
        self.assertEqual(self.grader.post(self.own + "/comments", {"path": "none", "line": "1", "text": "x"}).status, 404)
        self.assertIn('id="draft"', self.grader.get(self.own + "/view/roman.c?line=2").text)
        self.assertNotIn('id="draft"', self.student.get(self.own + "/view/roman.c?line=2").text)

    # --- release

    def check_hidden(self, words):
        for path in (self.own, self.own + "/view/roman.c", self.own + "/regrade", self.base):
            for headers in ({}, {"Accept": "application/json"}):
                text = self.student.get(path, **headers).text
                for word in words:
                    self.assertNotIn(word, text, path)

    def test_a_student_sees_nothing_before_the_release_and_all_after(self):
        self.rules(release="button")
        item = self.item("Secret item", "2")
        self.comment("Secret line")
        self.grade(item=item, comment="Secret comment", adjustment="1", reason="Secret reason")
        secrets = ("Secret item", "Secret line", "Secret comment", "Secret reason")
        self.check_hidden(secrets)
        self.assertEqual(self.grader.post(self.base + "/grading/release", {"release": "1"}).status, 403)
        self.assertEqual(self.teacher.post(self.base + "/grading/release", {"release": "1"}).status, 303)
        text = self.student.get(self.own).text
        for word in secrets:
            self.assertIn(word, text)
        self.assertIn("Secret line", self.student.get(self.own + "/view/roman.c").text)
        self.teacher.post(self.base + "/grading/release", {"release": "0"})
        self.check_hidden(secrets)

    def test_a_draft_is_never_released(self):
        self.comment("Secret line")
        self.grade(action="draft", comment="Secret comment")
        self.check_hidden(("Secret comment", "Secret line"))
        self.grade(action="done", comment="Secret comment")
        self.assertIn("Secret comment", self.student.get(self.own).text)

    def test_feedback_comes_at_its_date_in_the_zone_of_the_course(self):
        self.grade(comment="Secret comment")
        self.rules(release="date", release_at="2099-12-31T23:59")
        self.check_hidden(("Secret comment",))
        self.assertIn("2099", self.teacher.json(self.base + "/rubric")["rules"]["release_time"]["text"])
        self.rules(release="date", release_at="2020-01-01T00:00")
        self.assertIn("Secret comment", self.student.get(self.own).text)

    def test_an_answer_not_modified_does_not_hide_new_feedback(self):
        self.rules(release="button")
        self.grade(comment="Later")
        first = self.student.get(self.own, Accept="application/json")
        self.teacher.post(self.base + "/grading/release", {"release": "1"})
        again = self.student.get(self.own, Accept="application/json", **{"If-None-Match": first.headers["ETag"]})
        self.assertEqual(again.status, 200)
        self.comment("And more")
        third = self.student.get(self.own, Accept="application/json", **{"If-None-Match": again.headers["ETag"]})
        self.assertEqual(third.status, 200)

    # --- blind

    def test_no_page_of_a_blind_assignment_tells_a_name(self):
        self.rules(blind="1", regrade_days="7")
        self.grade(comment="Fine")
        self.student.post(self.own + "/regrade", {"text": "Please look again"})
        second = self.student.submit("cs101", self.name, {"roman.c": CODE + b"\n"})
        self.comment("On a line")
        pages = [self.base + tail for tail in ("", "/submissions", "/submissions?show=all", "/submissions?show=trouble",
                                               "/grading", "/grading?show=ungraded", "/regrades", "/rubric")]
        pages += [self.own + tail for tail in ("", "/grade", "/view/roman.c", "/view/roman.c?line=1", "/regrade",
                                               "/archive", "/files/roman.c", "/diff/" + second.rsplit("/", 1)[1])]
        for role in ("grader", "instructor", "admin"):
            for path in pages:
                for headers in ({}, {"Accept": "application/json"}):
                    answer = self.people[role].get(path, **headers)
                    self.assertEqual(answer.status, 200, path)
                    whole = str(answer.headers) + answer.text
                    self.assertNotRegex(whole, r"\bSam\b", f"{role} {path}")
                    self.assertNotRegex(whole, r'"student"|>student<|\(student\)|-student-|avatars/student', f"{role} {path}")
            typed = self.people[role].post(self.own + "/grade", {"revision": "77", "action": "done"})
            self.assertEqual(typed.status, 422)
            self.assertNotIn("Sam", typed.text)

    def test_a_pseudonym_is_stable_and_of_one_assignment(self):
        self.rules(blind="1")
        second = self.student.submit("cs101", self.name, {"roman.c": CODE + b"\n"})
        names = {self.grader.json(place)["submission"]["name"] for place in (self.own, second)}
        self.assertEqual(len(names), 1)
        self.assertRegex(names.pop(), r"^[a-z]+-[a-z]+-[0-9a-z]{4}$")
        mine = self.grader.json(self.own)["submission"]["name"]
        self.assertNotEqual(mine, self.grader.json(self.others)["submission"]["name"])
        self.rules()
        self.assertEqual(self.grader.json(self.own)["submission"]["username"], "student")
        self.rules(blind="1")
        self.assertEqual(self.grader.json(self.own)["submission"]["name"], mine)
        self.assertEqual(self.student.json(self.own)["submission"]["username"], "student")
        self.assertIn(mine, self.grader.get(self.own + "/archive").headers["Content-Disposition"])

    def test_an_instructor_may_lift_a_pseudonym_and_it_is_written_down(self):
        self.assertEqual(self.teacher.post(self.own + "/reveal").status, 409)
        self.rules(blind="1")
        self.assertEqual(self.grader.post(self.own + "/reveal").status, 403)
        self.assertEqual(self.student.post(self.own + "/reveal").status, 403)
        self.assertEqual(self.audited("reveal"), [])
        answer = self.teacher.post(self.own + "/reveal")
        self.assertEqual(answer.status, 200)
        self.assertIn("Sam Student", answer.text)
        pseudonym = self.grader.json(self.own)["submission"]["name"]
        self.assertEqual(self.audited("reveal"),
                         [("instructor", f"{self.name}, submission 1", pseudonym, "student")])
        self.assertNotIn("Sam Student", self.teacher.get(self.own).text)

    # --- requests

    def test_a_request_is_opened_answered_and_closed(self):
        self.rules(regrade_days="7")
        self.assertEqual(self.student.post(self.own + "/regrade", {"text": "too early"}).status, 422)
        self.grade()
        self.assertEqual(self.student.json(self.own)["feedback"]["regrade"]["state"], "none")
        self.assertEqual(self.student.post(self.own + "/regrade", {"text": " "}).status, 422)
        self.assertEqual(self.student.post(self.own + "/regrade", {"text": "Look at *line 3*"}).status, 303)
        self.assertEqual(self.other.get(self.own + "/regrade").status, 404)
        listed = self.grader.json(self.base + "/regrades")["regrades"]
        self.assertEqual([(one["number"], one["state"]) for one in listed], [(1, "open")])
        self.assertIn("<em>line 3</em>", self.grader.get(self.own + "/regrade").text)
        self.assertEqual(self.grader.post(self.own + "/regrade", {"text": "I did", "action": "write"}).status, 303)
        self.assertEqual(self.student.json(self.own + "/regrade")["regrade"]["state"], "answered")
        self.assertEqual(self.student.post(self.own + "/regrade", {"text": "And?", "action": "accept"}).status, 422)
        self.assertEqual(self.student.post(self.own + "/regrade", {"text": "And?"}).status, 303)
        self.assertEqual(self.teacher.post(self.own + "/regrade", {"action": "accept", "text": ""}).status, 303)
        thread = self.student.json(self.own + "/regrade")
        self.assertEqual((thread["regrade"]["state"], len(thread["regrade"]["messages"])), ("accepted", 3))
        answer = self.student.post(self.own + "/regrade", {"text": "But my words stay"})
        self.assertEqual(answer.status, 422)
        self.assertEqual([row[3] for row in self.audited("regrade")], ["open", "answered", "open", "accepted"])

    def test_there_are_no_requests_when_they_are_off_or_too_late(self):
        self.grade()
        self.assertIsNone(self.student.json(self.own)["feedback"].get("regrade"))
        answer = self.student.post(self.own + "/regrade", {"text": "please"})
        self.assertEqual(answer.status, 422)
        self.assertIn("not open", answer.text)
        self.rules(regrade_days="1")
        with sqlite3.connect(self.site.state / "gradeoven.db") as database:
            database.execute("UPDATE feedback SET done_us = done_us - 90000000000 WHERE submission_id = "
                             "(SELECT s.id FROM submissions s JOIN assignments a ON a.id = s.assignment_id "
                             " WHERE a.name = ? AND s.number = 1)", (self.name,))
        answer = self.student.post(self.own + "/regrade", {"text": "please"})
        self.assertEqual(answer.status, 422)
        self.assertIn("over", answer.text)

    # --- differences

    def test_two_submissions_of_a_student_are_compared(self):
        second = self.student.submit("cs101", self.name, {
            "roman.c": CODE.replace(b"return 0", b"return 1"), "new.txt": b"<b>new</b>\n", "notes.bin": b"\0\2"})
        path = f"{second}/diff/1"
        changes = {one["path"]: one for one in self.student.json(path)["difference"]["changes"]}
        self.assertEqual({name: one["change"] for name, one in changes.items()},
                         {"new.txt": "added", "notes.bin": "changed", "roman.c": "changed"})
        kinds = [line["kind"] for line in changes["roman.c"]["contents"]["hunks"][0]["lines"]]
        self.assertEqual(kinds, ["same", "same", "removed", "added", "same"])
        self.assertTrue(changes["notes.bin"]["contents"]["is_binary"])
        text = self.grader.get(path).text
        self.assertIn("&lt;b&gt;new", text)
        self.assertIn("The files are the same", self.student.get(f"{second}/diff/{second.rsplit('/', 1)[1]}").text)

    def test_nobody_compares_with_anothers_submission(self):
        for visitor in (self.student, self.grader, self.teacher):
            self.assertEqual(visitor.get(self.own + "/diff/2").status, 404)
        self.assertEqual(self.other.get(self.own + "/diff/1").status, 404)
        self.assertEqual(self.student.get(self.own + "/diff/x").status, 404)


if __name__ == "__main__":
    unittest.main()
