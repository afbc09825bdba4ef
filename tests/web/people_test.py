"""The people of a course: lists with a preview, sections, roles, drops, the audit log."""
import csv
import io
import unittest

from harness import SOURCE, Site

SOLUTION = (SOURCE / "conf/demo/roman-numerals/solution/roman.c").read_bytes()
ROSTER = "/courses/cs101/roster"
JSON = {"Accept": "application/json"}


class People(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site(executor=False).start()
        cls.addClassCleanup(cls.site.stop)
        cls.site.load_demo()
        cls.teacher, cls.grader, cls.student = (cls.site.browser(name)
                                                for name in ("instructor", "grader", "student"))

    def look(self, text, **fields):
        return self.teacher.post(ROSTER + "/import", {"csv": text, **fields}, **JSON)

    def preview(self, text):
        answer = self.look(text)
        self.assertEqual(answer.status, 200, answer.text)
        return answer.json()["preview"]

    def groups(self, text):
        return {one["name"]: {person["username"] for person in one["people"]}
                for one in self.preview(text)["groups"]}

    def apply(self, text, **fields):
        answer = self.look(text, apply=self.preview(text)["digest"], **fields)
        self.assertEqual(answer.status, 200, answer.text)
        return answer.json()

    def people(self, query=""):
        return {one["username"]: one for one in self.teacher.json(ROSTER + query)["people"]}

    def log(self):
        return [(one["action"], one["subject"], one["was"], one["became"])
                for one in self.teacher.json("/courses/cs101/audit")["entries"]]

    def test_nothing_is_changed_before_apply_and_then_exactly_what_was_shown(self):
        text = "NetID;First name;Surname;e-mail;Group;shoe size\nnina;Nina;Neu;nina@x.edu;Tue;38\nstudent;;;;Wed;\n"
        groups = self.groups(text)
        self.assertEqual((groups["added"], groups["section"]), ({"nina"}, {"student"}))
        self.assertIn("instructor", groups["absent"])
        self.assertNotIn("nina", self.people())
        done = self.apply(text)
        self.assertEqual([one["username"] for one in done["registered"]], ["nina", "student"])
        now = self.people()
        self.assertEqual((now["nina"]["name"], now["nina"]["section"], now["nina"]["role"]), ("Nina Neu", "Tue", "student"))
        self.assertEqual(now["nina"]["extra"], [{"name": "shoe size", "value": "38"}])
        self.assertEqual(now["student"]["section"], "Wed")
        self.assertIn("instructor", now)
        self.assertIn("nina", self.groups(text)["unchanged"])
        self.assertIn(("section", "student", "", "Wed"), self.log())

    def test_a_list_is_refused_when_the_course_has_changed_meanwhile(self):
        text = "username,section\nother,Fri\n"
        digest = self.preview(text)["digest"]
        self.teacher.post(ROSTER + "/change", {"username": "other", "role": "student", "section": "Mon"})
        answer = self.look(text, apply=digest)
        self.assertEqual(answer.status, 422)
        self.assertIn("changed since", answer.json()["problems"][0]["text"])
        self.assertEqual(self.people()["other"]["section"], "Mon")
        # the refusal shows it anew, and that can be applied
        self.assertEqual(self.look(text, apply=answer.json()["preview"]["digest"]).status, 200)
        # another list under the digest of this one is refused as well
        digest = self.preview("username,section\nother,Sat\n")["digest"]
        self.assertEqual(self.look("username,section\nother,Sun\n", apply=digest).status, 422)
        self.assertEqual(self.people()["other"]["section"], "Fri")

    def test_every_mistake_is_told_by_its_line_and_nothing_is_lost(self):
        text = "username,role\nBAD NAME,student\ngood1,king\ngood2,student\ngood2,student\na,b,c\n"
        answer = self.look(text)
        self.assertEqual(answer.status, 422)
        for line in (2, 3, 5, 6):
            self.assertIn(f"Line {line}:", answer.text)
        self.assertEqual(answer.json()["form"]["csv"], text)
        self.assertNotIn("good2", self.people())

    def test_the_encodings_of_spreadsheets_are_read(self):
        text = "sep=;\r\nusername;name\r\n{};Jürgen Groß €\r\n"
        for name, encoding in (("u8", "utf-8"), ("u8b", "utf-8-sig"), ("u16", "utf-16"),
                               ("w1252", "cp1252")):
            answer = self.teacher.upload(ROSTER + "/import", {}, [
                ("file", "list.csv", text.format(name).encode(encoding))], **JSON)
            self.assertEqual(answer.status, 200, answer.text)
            added = answer.json()["preview"]["groups"][0]["people"][0]
            self.assertEqual((added["username"], added["name"]), (name, "Jürgen Groß €"), encoding)
            # what the browser sends back has CR LF again, and is the same list still
            shown = answer.json()["preview"]
            again = self.look(shown["csv"].replace("\n", "\r\n"), apply=shown["digest"])
            self.assertEqual(again.status, 200, again.text)

    def test_the_export_can_be_imported_again_and_runs_no_formula(self):
        self.apply('username,name,role,notes\nformula,=1+1,student,"@cmd, x"\n')
        answer = self.grader.get(ROSTER + "/export")
        self.assertEqual(answer.headers["Content-Type"], "text/csv; charset=utf-8")
        rows = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))
        row = next(one for one in rows if one["username"] == "formula")
        self.assertEqual((row["name"], row["notes"]), ("'=1+1", "'@cmd, x"))
        self.assertEqual(set(self.groups(answer.body.decode("utf-8-sig"))), {"unchanged"})

    def test_who_is_dropped_loses_the_course_and_no_work(self):
        self.site.add_user("leaver")
        self.site.ctl("user", "role", "leaver", "cs101", "student")
        leaver = self.site.browser("leaver")
        place = leaver.submit("cs101", "roman-numerals", {"roman.c": SOLUTION})
        handed_in = lambda: next(one["students"] for one in self.teacher.json("/courses/cs101")["assignments"]
                                 if one["name"] == "roman-numerals")
        counted = handed_in()
        self.assertEqual(self.teacher.post(ROSTER + "/drop", {"username": "leaver"}).status, 303)
        self.assertEqual(handed_in(), counted - 1)
        self.assertEqual([leaver.get(path).status for path in ("/courses/cs101", place, place + "/archive")], [404] * 3)
        self.assertNotIn("cs101", leaver.get("/").text)
        self.assertNotIn("leaver", self.people())
        self.assertIn("leaver", self.people("?show=dropped"))
        self.assertEqual(self.grader.get(place + "/files/roman.c").body, SOLUTION)
        # a list without them changes nothing for them, and adding again gives all back
        self.assertEqual(self.teacher.post(ROSTER + "/change", {"username": "leaver", "role": "student"}).status, 303)
        self.assertEqual(leaver.get(place).status, 200)
        self.assertIn(("drop", "leaver", "student", "dropped"), self.log())
        self.assertIn(("enrol", "leaver", "dropped", "student"), self.log())

    def test_a_list_drops_who_is_not_in_it_only_when_asked_and_never_oneself(self):
        self.teacher.post("/courses", {"name": "small", "title": "Small", "zone": "UTC"})
        roster = "/courses/small/roster"

        def send(text, **fields):
            return self.teacher.post(roster + "/import", {"csv": text, **fields}, **JSON).json()
        one = "username\nstudent\nother\n"
        send(one, apply=send(one)["preview"]["digest"])
        two = "username\nother\n"
        send(two, apply=send(two)["preview"]["digest"])
        self.assertEqual(len(self.teacher.json(roster)["people"]), 3)
        send(two, apply=send(two)["preview"]["digest"], drop="1")
        self.assertEqual({person["username"] for person in self.teacher.json(roster)["people"]},
                         {"instructor", "other"})
        self.assertEqual(self.student.get("/courses/small").status, 404)

    def test_people_are_filtered_by_section(self):
        self.apply("username,section\nsec1,Blue & Green\nsec2,Red\n")
        self.assertEqual(set(self.people("?section=Blue+%26+Green")), {"sec1"})
        self.assertIn('<option selected>Red</option>', self.teacher.get(ROSTER + "?section=Red").text)

    def test_nobody_shuts_themself_out(self):
        for path, fields in (("/drop", {}), ("/change", {"role": "student"})):
            self.assertEqual(self.teacher.post(ROSTER + path, {"username": "instructor", **fields}).status, 409)
        answer = self.look("username,role\ninstructor,student\n")
        self.assertEqual(answer.status, 422)
        self.assertIn("your own role", answer.text)
        # a list without roles leaves each their own
        self.apply("username\ninstructor\ngrader\n")
        self.assertEqual(self.people()["grader"]["role"], "grader")

    def test_a_grader_reads_the_roster_and_changes_nothing(self):
        self.assertNotIn('action="/courses/cs101/roster', self.grader.get(ROSTER).text.replace(
            'method="get" action="/courses/cs101/roster"', ""))
        for path in ("", "/import", "/change", "/drop"):
            answer = self.grader.post(ROSTER + path, {"username": "student", "role": "student", "csv": "username\nx\n"})
            self.assertEqual(answer.status, 403)
        self.assertEqual(self.grader.get("/courses/cs101/audit").status, 403)

    def make_code(self, expires="2035-01-01T00:00", section=""):
        answer = self.teacher.post(ROSTER + "/code", {"expires": expires, "code_section": section})
        self.assertEqual(answer.status, 303, answer.text)
        return self.teacher.json(ROSTER)["code"]["code"]

    def newcomer(self, name):
        self.site.add_user(name)
        return self.site.browser(name)

    def test_a_code_enrols_a_student_until_it_is_rotated_or_ended(self):
        code = self.make_code(section="Online")
        self.assertRegex(code, r"^[a-z2-9]{4}(-[a-z2-9]{4}){3}$")
        joiner = self.newcomer("joiner")
        self.assertEqual(joiner.get(f"/enrol?code={code}").field("csrf"), joiner.csrf)
        self.assertEqual(joiner.get("/courses/cs101").status, 404)
        answer = joiner.post("/enrol", {"code": " " + code.replace("-", "").upper()})
        self.assertEqual((answer.status, answer.location), (303, "/courses/cs101?notice=joined"))
        self.assertEqual((self.people()["joiner"]["role"], self.people()["joiner"]["section"]), ("student", "Online"))
        self.assertIn(("enrol", "joiner", "", "student, by the code"), self.log())
        self.assertNotIn(code, self.teacher.get("/courses/cs101/audit").text)
        new, late = self.make_code(), self.newcomer("late")
        self.assertEqual(late.post("/enrol", {"code": code}).status, 422)
        self.assertEqual(self.teacher.post(ROSTER + "/code/end").status, 303)
        self.assertEqual(late.post("/enrol", {"code": new}).status, 422)
        self.assertEqual(late.get("/courses/cs101").status, 404)

    def test_a_code_changes_no_role_and_brings_nobody_back(self):
        code = self.make_code()
        self.assertEqual(self.grader.post("/enrol", {"code": code}).status, 303)
        self.assertEqual(self.people()["grader"]["role"], "grader")
        dropped = self.newcomer("dropped")
        dropped.post("/enrol", {"code": code})
        self.teacher.post(ROSTER + "/drop", {"username": "dropped"})
        answer = dropped.post("/enrol", {"code": code})
        self.assertEqual(answer.status, 422)
        self.assertIn("dropped from this course", answer.text)
        self.assertEqual(dropped.get("/courses/cs101").status, 404)

    def test_wrong_codes_are_limited_and_a_time_that_is_over_is_refused(self):
        self.assertEqual(self.teacher.post(ROSTER + "/code", {"expires": "2020-01-01T00:00"}).status, 422)
        code, guesser = self.make_code(), self.newcomer("guesser")
        for _ in range(10):
            self.assertIn("No course has this code", guesser.post("/enrol", {"code": "abcd-efgh-jkmn-pqrs"}).text)
        self.assertIn("too many wrong codes", guesser.post("/enrol", {"code": code}).text)
        self.assertEqual(guesser.get("/courses/cs101").status, 404)

    def test_only_instructors_see_and_make_a_code(self):
        code = self.make_code()
        self.assertNotIn(code, self.grader.get(ROSTER).text)
        self.assertNotIn("code", self.grader.json(ROSTER))
        for visitor, status in ((self.grader, 403), (self.student, 403)):
            self.assertEqual(visitor.post(ROSTER + "/code", {"expires": "2035-01-01T00:00"}).status, status)


if __name__ == "__main__":
    unittest.main()
