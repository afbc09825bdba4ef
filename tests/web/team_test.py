"""Teams: who forms them and who sees what of them, what a submission costs and counts for each member,
and that it is graded once; for every role, on a real httpd."""
import io
import re
import sqlite3
import threading
import unittest
import zipfile

from pack import publish
from harness import DemoTest, RulesTest

EVIL = '<script>alert(1)</script> & "Co"'


class TeamTest(RulesTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("third", "fourth", "fifth"):
            cls.site.add_user(name)
            cls.site.ctl("user", "role", name, "cs101", "student")
            cls.people[name] = cls.site.browser(name)
        cls.people["nobody"] = cls.site.browser()

    def setUp(self):
        self.name = re.sub(r"\W", "-", self._testMethodName)[5:60]

    def begin(self, forming="students", size=3, **rules):
        """This test's own assignment, with teams; where it is."""
        self.base = self.make(self.name, **rules)
        self.turn(forming, size)
        return self.base

    def turn(self, forming, size):
        answer = self.teacher.post(self.base + "/team/rules", {"forming": forming, "size": size})
        self.assertEqual(answer.status, 303, answer.text)

    def act(self, who, action, status=303, **fields):
        answer = self.people[who].post(self.base + "/team", {"action": action, **fields})
        self.assertEqual(answer.status, status, answer.text)
        return answer

    def view(self, who):
        return self.people[who].json(self.base + "/team")["team"]

    def invitation(self, who):
        return self.view(who)["invitations"][0]["id"]

    def form(self, name, first, *others):
        """A team, formed by its students."""
        self.act(first, "make", name=name)
        for one in others:
            self.act(first, "invite", username=one)
            self.act(one, "accept", team=self.invitation(one))

    def put(self, name, *people, status=303):
        for one in people:
            answer = self.teacher.post(self.base + "/team/change", {"action": "add", "name": name, "username": one})
            self.assertEqual(answer.status, status, answer.text)
        return answer

    def members(self, who):
        mine = self.view(who)["mine"]
        return mine and [one["username"] for one in mine["members"] if not one["is_invited"]]

    def submit(self, who):
        answer = self.hand_in(self.people[who], self.base)
        self.assertEqual(answer.status, 303, answer.text)
        return answer.location

    def count(self, who):
        return len(self.people[who].json(self.base)["submissions"])

    def store(self, sql, *values):
        with sqlite3.connect(self.site.state / "gradeoven.db") as database:
            return database.execute(sql, values).fetchall()

    def audited(self):
        return self.store("SELECT actor, action, subject, was, became FROM audit WHERE subject LIKE ? "
                          "AND action IN ('team', 'teams') ORDER BY id", self.name + "%")


class Forming(TeamTest):
    def test_there_are_none_until_an_instructor_turns_them_on(self):
        self.base = self.make(self.name)
        for who, status in (("nobody", 303), ("outsider", 404), ("student", 404), ("grader", 200), ("admin", 200)):
            self.assertEqual(self.people[who].get(self.base + "/team").status, status, who)
        self.assertNotIn("/team", self.student.get(self.base).text)
        self.assertIsNone(self.student.json(self.base)["team"])
        self.act("student", "make", 404, name="Red")
        for path, fields in (("/rules", {"forming": "students", "size": 3}), ("/list", {"csv": "Red,student"}),
                             ("/change", {"action": "add", "name": "Red", "username": "student"})):
            for who, status in (("nobody", 401), ("outsider", 404), ("student", 403), ("grader", 403)):
                answer = self.people[who].post(self.base + "/team" + path, fields)
                self.assertEqual(answer.status, status, (path, who))
        self.assertIn("Turn teams on", self.teacher.get(self.base + "/team").text)
        self.assertNotIn("Turn teams on", self.grader.get(self.base + "/team").text)
        self.assertEqual(self.put("Red", "student", status=422).text.count("has no teams"), 1)
        for fields in ({"forming": "all", "size": 3}, {"forming": "staff", "size": 1}, {"forming": "staff", "size": 51},
                       {"forming": "staff", "size": "many"}, {}):
            self.assertEqual(self.teacher.post(self.base + "/team/rules", fields).status, 422, fields)
        self.assertEqual(self.store("SELECT count(*) FROM team_rules WHERE assignment_id = "
                                    "(SELECT id FROM assignments WHERE name = ?)", self.name), [(0,)])
        self.turn("students", 3)
        self.assertIn(self.base + "/team", self.student.get(self.base).text)
        self.assertEqual(self.audited(), [("instructor", "teams", self.name, "no teams",
                                           "teams of up to 3, formed by students")])
        self.assertEqual(self.teacher.post(self.base + "/team/rules", {"forming": "off"}, csrf=False).status, 403)

    def test_students_invite_accept_decline_and_leave(self):
        self.begin()
        self.act("student", "make", name="  Red  ")
        self.act("student", "make", 422, name="Blue")
        self.act("student", "invite", username="Other")
        self.act("student", "invite", username="third")
        # who is invited sees it on the assignment's page, and their name is told to nobody yet
        self.assertIn("invited to <strong>Red</strong>", self.other.get(self.base).text)
        self.assertEqual(self.members("other"), None)
        self.act("other", "accept", team=self.invitation("other"))
        self.act("third", "decline", team=self.invitation("third"))
        self.assertEqual(self.members("student"), ["other", "student"])
        self.assertEqual(self.view("third")["invitations"], [])
        # any member invites and takes back
        self.act("other", "invite", username="fourth")
        team = self.invitation("fourth")
        self.act("student", "withdraw", username="fourth")
        self.act("fourth", "accept", 422, team=team)
        self.act("other", "leave")
        self.assertEqual(self.members("student"), ["student"])
        self.act("student", "leave")
        self.assertEqual(self.grader.json(self.base + "/team")["teams"], [])
        self.assertEqual([(one[0], one[3], one[4]) for one in self.audited()[1:]], [
            ("student", "", "made by student"), ("student", "", "Other invited"), ("student", "", "third invited"),
            ("other", "", "other joined"), ("third", "third invited", "declined"), ("other", "", "fourth invited"),
            ("student", "fourth invited", "taken back"), ("other", "other in it", "left"),
            ("student", "student in it", "left")])

    def test_what_cannot_be_is_refused_and_says_why(self):
        self.begin(size=2)
        self.act("student", "make", name="Red")
        for action, fields, words in (
                ("invite", {"username": "outsider"}, "no student of this course"),
                ("invite", {"username": "grader"}, "no student of this course"),
                ("invite", {"username": "nobody at all"}, "cannot be a username"),
                ("invite", {"username": "student"}, "is in the team already"),
                ("withdraw", {"username": "other"}, "not invited any more"),
                ("accept", {"team": "1"}, "not there any more"), ("accept", {"team": "x"}, "not there any more"),
                ("decline", {"team": "999999999999999999999"}, "not there any more"),
                ("explode", {}, "buttons")):
            self.assertIn(words, self.act("student", action, 422, **fields).text, (action, fields))
        self.assertIn("You are in no team", self.act("other", "invite", 422, username="third").text)
        self.assertIn("You are in no team", self.act("other", "leave", 422).text)
        for name in ("", "   ", "x" * 61, "a\nb", "\u202eevil", "\x00"):
            self.assertIn(self.people["other"].post(self.base + "/team", {"action": "make", "name": name}).status,
                          (400, 422), repr(name))
        answer = self.act("other", "make", 422, name="Red")
        self.assertIn("There is a team &quot;Red&quot; already", answer.text)
        self.assertIn('value="Red"', answer.text)
        # a team of another assignment is none of this one's, and staff are in no team
        for who in ("grader", "instructor", "admin"):
            self.act(who, "make", 422, name="Staff")
        self.act("outsider", "make", 404, name="Out")
        self.act("nobody", "make", 401, name="Out")
        self.assertEqual(self.student.post(self.base + "/team", {"action": "leave"}, csrf=False).status, 403)
        red = self.view("student")["mine"]["id"]
        self.base = self.begin_second()
        self.act("student", "accept", 422, team=red)

    def begin_second(self):
        self.name += "-2"
        return self.begin()

    def test_a_full_team_takes_nobody(self):
        self.begin(size=2)
        self.act("student", "make", name="Red")
        for one in ("other", "third"):
            self.act("student", "invite", username=one)
        self.act("other", "accept", team=self.invitation("other"))
        self.assertIn("has all of its 2 members", self.act("third", "accept", 422, team=self.invitation("third")).text)
        self.assertIn("has all of its 2 members", self.act("student", "invite", 422, username="fourth").text)
        self.act("third", "make", name="Blue")
        self.assertEqual(self.members("third"), ["third"])

    def test_who_is_in_a_team_leaves_it_before_accepting(self):
        self.begin()
        self.form("Red", "student", "other")
        self.act("third", "make", name="Blue")
        self.act("third", "invite", username="other")
        self.assertIn("You are in the team", self.act("other", "accept", 422, team=self.invitation("other")).text)
        self.act("other", "leave")
        self.act("other", "accept", team=self.invitation("other"))
        self.assertEqual(self.members("third"), ["other", "third"])

    def test_of_many_who_accept_at_once_no_more_than_the_size_are_in(self):
        self.begin(size=3)
        self.act("student", "make", name="Red")
        crowd = ("other", "third", "fourth", "fifth")
        for one in crowd:
            self.act("student", "invite", username=one)
        teams = {one: self.invitation(one) for one in crowd}
        statuses, start = [], threading.Barrier(len(crowd))

        def accept(one):
            start.wait()
            statuses.append(self.people[one].post(self.base + "/team", {"action": "accept", "team": teams[one]}).status)
        threads = [threading.Thread(target=accept, args=(one,)) for one in crowd]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(statuses), [303, 303, 422, 422])
        self.assertEqual(len(self.members("student")), 3)

    def test_of_two_invitations_accepted_at_once_one_holds(self):
        self.begin()
        for first, name in (("student", "Red"), ("other", "Blue")):
            self.act(first, "make", name=name)
            self.act(first, "invite", username="third")
        teams = [one["id"] for one in self.view("third")["invitations"]]
        statuses, start = [], threading.Barrier(2)

        def accept(team):
            start.wait()
            statuses.append(self.people["third"].post(self.base + "/team", {"action": "accept", "team": team}).status)
        threads = [threading.Thread(target=accept, args=(team,)) for team in teams]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(statuses), [303, 422])
        self.assertEqual(self.store("SELECT count(*) FROM team_members m JOIN users u ON u.id = m.user_id "
                                    "JOIN assignments a ON a.id = m.assignment_id "
                                    "WHERE u.username = 'third' AND a.name = ?", self.name), [(1,)])

    def test_students_see_their_own_team_only_and_names_are_shown_as_text(self):
        self.begin()
        self.student.post("/settings/profile", {"name": EVIL, "email": ""})
        self.addCleanup(self.student.post, "/settings/profile", {"name": "", "email": ""})
        self.form(EVIL, "student", "other")
        self.act("other", "invite", username="third")
        for who in ("student", "other", "third", "grader", "instructor"):
            for path in ("/team", ""):
                page = self.people[who].get(self.base + path).text
                self.assertNotIn("<script>alert", page)
                if who != "instructor" and who != "grader" or path:
                    self.assertIn("&lt;script&gt;alert(1)", page, (who, path))
        self.assertNotIn("script&gt;alert", self.people["fourth"].get(self.base + "/team").text)
        page = self.people["fourth"].json(self.base + "/team")
        self.assertEqual((page["team"]["mine"], page["team"]["invitations"]), (None, []))
        self.assertNotIn("teams", page)
        self.assertNotIn("alone", page)
        staff = self.grader.json(self.base + "/team")
        self.assertEqual([one["name"] for one in staff["teams"]], [EVIL])
        self.assertIn("fourth", [one["username"] for one in staff["alone"]])
        answer = self.submit("student")
        self.assertNotIn("<script>alert", self.other.get(self.base + "/submissions/2").text)
        self.assertIn("&lt;script&gt;alert(1)", self.other.get(self.base + "/submissions/2").text)
        self.assertIn("/submissions/1", answer)


class ByStaff(TeamTest):
    def test_a_list_is_shown_and_then_applied(self):
        self.begin("staff")
        self.put("Blue", "fourth")
        csv = "Team;Username\nRed;student\nRed;Other\nBlue;third\nRed;fourth\n"
        answer = self.teacher.post(self.base + "/team/list", {"csv": csv}, Accept="application/json")
        preview = answer.json()["preview"]
        self.assertEqual([(one["username"], one["team"], one["what"], one["from"], one["is_new"])
                          for one in preview["lines"]],
                         [("student", "Red", "joins", None, True), ("other", "Red", "joins", None, True),
                          ("third", "Blue", "joins", None, False), ("fourth", "Red", "moves", "Blue", True)])
        self.assertEqual(self.members("student"), None)
        self.assertIn("Nothing is changed yet", self.teacher.post(self.base + "/team/list", {"csv": csv}).text)
        apply = {"csv": csv, "apply": preview["digest"]}
        self.assertEqual(self.grader.post(self.base + "/team/list", apply).status, 403)
        # another change in between: what was shown is not what would be done
        self.put("Green", "third")
        answer = self.teacher.post(self.base + "/team/list", apply)
        self.assertEqual(answer.status, 422)
        self.assertIn("have changed meanwhile", answer.text)
        self.assertEqual(self.members("student"), None)
        apply["apply"] = self.teacher.post(self.base + "/team/list", {"csv": csv},
                                           Accept="application/json").json()["preview"]["digest"]
        self.assertEqual(self.teacher.post(self.base + "/team/list", apply).status, 303)
        self.assertEqual(self.members("student"), ["fourth", "other", "student"])
        # who changed places left nothing behind: a team that nobody is in is gone
        self.assertEqual([one["name"] for one in self.grader.json(self.base + "/team")["teams"]], ["Blue", "Red"])
        self.assertIn(("instructor", "team", self.name + ", Red", 'fourth in "Blue"', "fourth in it"), self.audited())
        again = self.teacher.post(self.base + "/team/list", {"csv": csv})
        self.assertIn("in these teams already", again.text)

    def test_two_change_places_in_one_list(self):
        self.begin("staff", size=2)
        for name, people in (("Red", ("student", "other")), ("Blue", ("third", "fourth"))):
            self.put(name, *people)
        csv = "Red,third\nBlue,student\n"
        digest = self.teacher.post(self.base + "/team/list", {"csv": csv}, Accept="application/json").json()["preview"]["digest"]
        self.assertEqual(self.teacher.post(self.base + "/team/list", {"csv": csv, "apply": digest}).status, 303)
        self.assertEqual((self.members("third"), self.members("student")), (["other", "third"], ["fourth", "student"]))

    def test_what_is_wrong_with_a_list_is_told_by_line(self):
        self.begin("staff", size=2)
        for csv, words in (("Red,student\nRed,third\nRed\n,other\nBlue,student",
                            ("Line 3", "Line 4", "Line 5: &quot;student&quot; stands on line 1 already")),
                           ("Red,outsider", ("Line 1: &quot;outsider&quot; is no student",)),
                           ("Red,grader", ("no student",)),
                           ("Red,student\nRed,other\nRed,third", ("Line 3", "would have 3 members, and 2 are allowed")),
                           ("\"Red,student", ("Line 1 of the CSV",)), ("team,username", ("The list is empty",)), ("", ("empty",)),
                           ("Red,<b>x</b>", ("&lt;b&gt;",)), ("a\tb\tc", ("Line 1",))):
            answer = self.teacher.post(self.base + "/team/list", {"csv": csv})
            self.assertEqual(answer.status, 422, csv)
            for word in words:
                self.assertIn(word, answer.text, csv)
            self.assertNotIn("<b>x", answer.text)
        self.assertEqual(self.grader.json(self.base + "/team")["teams"], [])
        self.assertIn("would have 3 members", self.put_three().text)
        self.assertEqual(self.put("Red", "outsider", status=422).status, 422)
        self.put("", "student", status=422)

    def put_three(self):
        self.put("Red", "student", "other")
        return self.put("Red", "third", status=422)

    def test_students_change_nothing_where_staff_form_teams(self):
        self.begin("staff")
        self.put("Red", "student", "other")
        team = self.view("student")["mine"]["id"]
        for action, fields in (("make", {"name": "Blue"}), ("leave", {}), ("invite", {"username": "third"}),
                               ("accept", {"team": team}), ("decline", {"team": team})):
            self.assertIn("Students do not form", self.act("student", action, 422, **fields).text)
        self.assertEqual(self.members("student"), ["other", "student"])
        page = self.student.get(self.base + "/team").text
        for word in ("Leave the team", "Invite", "Make it"):
            self.assertNotIn(word, page)
        self.assertIn("Your instructor forms the teams", self.people["fourth"].get(self.base + "/team").text)
        answer = self.teacher.post(self.base + "/team/change", {"action": "remove", "team": team, "username": "other"})
        self.assertEqual(answer.status, 303)
        self.assertEqual(self.members("student"), ["student"])
        answer = self.teacher.post(self.base + "/team/change", {"action": "remove", "team": team, "username": "other"})
        self.assertEqual(answer.status, 422)

    def test_a_copy_has_the_setting_and_no_teams(self):
        self.begin("staff", size=4)
        self.put("Red", "student")
        copy = self.base + "-copy"
        answer = self.teacher.post(self.base + "/copy", {"name": self.name + "-copy", "title": "Copy", "days": "0",
                                                         "course": "cs101"})
        self.assertEqual(answer.status, 303, answer.text)
        page = self.teacher.json(copy + "/team")
        self.assertEqual((page["team"]["size"], page["team"]["formed_by"], page["teams"]), (4, "staff", []))


class HandingIn(TeamTest):
    def test_a_submission_counts_for_all_members_and_is_queued_once(self):
        self.begin(size=4)
        self.form("Red", "student", "other", "third")
        self.act("third", "invite", username="fourth")
        self.assertIn("/submissions/1", self.submit("student"))
        self.assertEqual([self.count(who) for who in ("student", "other", "third", "fourth")], [1, 1, 1, 0])
        self.assertEqual(self.store("SELECT count(*) FROM runs r JOIN assignments a ON a.id = r.assignment_id "
                                    "WHERE a.name = ?", self.name), [(1,)])
        numbers = {}
        for who in ("student", "other", "third"):
            line = self.people[who].json(self.base)["submissions"][0]
            self.assertTrue(line["counts"])
            self.assertEqual(line["is_shared"], who != "student")
            numbers[who] = line["number"]
            page = self.people[who].json(f"{self.base}/submissions/{line['number']}")
            self.assertEqual([one["name"] for one in page["team"]["members"]][0], "Sam Student")
            self.assertEqual((len(page["team"]["members"]), page["team"]["members"][0]["url"]), (3, None))
            self.assertTrue(page["run"]["is_waiting"])
            file = self.people[who].get(f"{self.base}/submissions/{line['number']}/files/roman.c")
            self.assertEqual(file.status, 200)
        # each sees their own one only; who was just invited sees none
        for who in ("student", "other", "third", "fourth", "outsider"):
            for owner, number in numbers.items():
                status = 200 if who == owner else 404
                self.assertEqual(self.people[who].get(f"{self.base}/submissions/{number}").status, status, (who, owner))
        staff = self.grader.json(f"{self.base}/submissions/{numbers['third']}")["team"]["members"]
        self.assertEqual([one["url"] for one in staff],
                         [f"{self.base}/submissions/{numbers[who]}" for who in ("student", *sorted(("other", "third")))])
        # from then on only staff change the team, and what was handed in stays
        for who, action, fields in (("fourth", "accept", {"team": self.view("student")["mine"]["id"]}), ("other", "leave", {}),
                                    ("student", "invite", {"username": "fifth"})):
            self.assertIn("has handed in already", self.act(who, action, 422, **fields).text)
        answer = self.teacher.post(self.base + "/team/change", {"action": "remove", "username": "third",
                                                                "team": self.view("student")["mine"]["id"]})
        self.assertEqual(answer.status, 303)
        self.put("Red", "fourth")
        self.assertEqual((self.count("third"), self.count("fourth")), (1, 0))
        self.submit("other")
        self.assertEqual([self.count(who) for who in ("student", "other", "third", "fourth")], [2, 2, 1, 1])

    def test_a_form_sent_twice_is_one_submission_of_each(self):
        self.begin()
        self.form("Red", "student", "other")
        places = {self.hand_in(self.student, self.base, "0123456789abcdef").location.split("?")[0] for _ in range(2)}
        self.assertEqual(len(places), 1)
        self.assertEqual((self.count("student"), self.count("other")), (1, 1))

    def test_all_of_a_team_submitting_at_once_loses_nothing(self):
        self.begin(size=4)
        team = ("student", "other", "third", "fourth")
        self.form("Red", *team)
        statuses, start = [], threading.Barrier(4)

        def send(who):
            start.wait()
            statuses.append(self.hand_in(self.people[who], self.base).status)
        threads = [threading.Thread(target=send, args=(who,)) for who in team]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(statuses, [303] * 4)
        for who in team:
            lines = self.people[who].json(self.base)["submissions"]
            self.assertEqual(([one["attempt"] for one in lines], [one["counts"] for one in lines]),
                             ([4, 3, 2, 1], [True, False, False, False]))

    def test_alone_off_and_dropped_count_for_nobody_else(self):
        self.begin()
        self.form("Red", "student", "other", "third")
        self.submit("fourth")
        self.assertIsNone(self.people["fourth"].json(self.base + "/submissions/1")["team"])
        self.assertEqual((self.count("student"), self.count("fourth")), (0, 1))
        self.turn("off", 0)
        self.submit("student")
        self.assertEqual((self.count("student"), self.count("other")), (1, 0))
        self.turn("students", 2)  # the team of three is larger, and stays
        self.assertEqual(self.teacher.post("/courses/cs101/roster/drop", {"username": "third"}).status, 303)
        try:
            self.assertEqual([one["username"] for one in self.student.json(self.base)["team"]["mates"]], ["other"])
            self.submit("other")
        finally:
            self.site.ctl("user", "role", "third", "cs101", "student")
        self.assertEqual([self.count(who) for who in ("student", "other", "third")], [2, 1, 0])
        # staff who try it out do so alone
        self.submit("grader")
        self.assertEqual(self.count("student"), 2)

    def test_what_it_costs_each_is_told_before_and_is_what_it_costs(self):
        self.begin(due=self.at(hours=-30), closes=self.at(hours=1), late_rule="day", late="10", attempts="1")
        secret = "a private reason"
        self.teacher.post(self.base + "/exceptions", {"username": "other", "days": "9", "note": secret})
        self.form("Red", "student", "other", "third")
        # the third has no attempt left
        self.teacher.post(self.base + "/team/change", {"action": "remove", "username": "third",
                                                       "team": self.view("student")["mine"]["id"]})
        self.submit("third")
        self.put("Red", "third")
        page = self.student.json(self.base)
        self.assertEqual(page["policy"]["penalty_milli"], 200)
        self.assertEqual([(one["username"], one["counts"], one["text"]) for one in page["team"]["mates"]],
                         [("other", True, "costs them nothing"), ("third", False, "does not count for them now")])
        text = self.student.get(self.base).text
        self.assertIn("other: costs them nothing", text)
        for word in (secret, "extension of 9", "attempts."):
            self.assertNotIn(word, text)
        self.assertIn("20 %", "".join(one["text"] for one in self.other.json(self.base)["team"]["mates"]))
        self.submit("student")
        self.assertEqual([self.count(who) for who in ("student", "other", "third")], [1, 1, 1])
        penalties = self.store("SELECT u.username, s.penalty_milli, s.is_late FROM submissions s JOIN users u ON u.id = s.user_id "
                               "JOIN assignments a ON a.id = s.assignment_id WHERE a.name = ? AND u.username <> 'third' "
                               "ORDER BY u.username", self.name)
        self.assertEqual(penalties, [("other", 0, 0), ("student", 200, 1)])
        # it took an attempt of each for whom it counted; the others are refused when they submit
        for who in ("student", "other"):
            self.assertEqual(self.hand_in(self.people[who], self.base).status, 422)
        self.assertEqual(self.count("student"), 1)

    def test_a_member_chooses_for_themself(self):
        self.begin(counting="chosen")
        self.form("Red", "student", "other")
        self.submit("student")
        self.submit("student")
        first = self.other.json(self.base)["submissions"][-1]
        self.assertEqual(self.other.post(first["url"] + "/choose").status, 303)
        self.assertEqual([one["counts"] for one in self.other.json(self.base)["submissions"]], [False, True])
        self.assertEqual([one["counts"] for one in self.student.json(self.base)["submissions"]], [True, False])

    def test_receipts_name_who_handed_in(self):
        self.begin()
        self.form("Red", "student", "other")
        self.submit("student")
        own = self.student.get(self.base + "/submissions/1/receipt").text
        self.assertIn("user: student\nsubmission: 1\n", own)
        self.assertEqual(self.other.get(self.base + "/submissions/2/receipt").text, own)
        answer = self.other.get(self.base + "/my-submissions")
        with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
            self.assertEqual(archive.read(self.name + "/attempt-1/receipt.txt").decode(), own)


class Feedback(TeamTest):
    def test_feedback_comments_and_requests_are_one_for_all(self):
        self.begin()
        self.form("Red", "student", "other")
        self.submit("student")
        self.teacher.post(self.base + "/grading/rules", {"release": "done", "regrade_days": "7"})
        mates = self.base + "/submissions/2"
        # by the row of the member who did not hand it in
        self.assertEqual(self.grader.post(mates + "/comments", {"path": "roman.c", "line": "1", "text": "Said once"}).status, 303)
        answer = self.grader.post(mates + "/grade", {"revision": "0", "action": "done", "comment": "Well done",
                                                     "adjustment": "2.5", "reason": "style"})
        self.assertEqual(answer.status, 303, answer.text)
        for who, place in (("student", self.base + "/submissions/1"), ("other", mates)):
            feedback = self.people[who].json(place)["feedback"]
            self.assertEqual((feedback["manual"], len(feedback["comments"])), ("2.5", 1))
            self.assertIn("Said once", self.people[who].get(place + "/view/roman.c").text)
        desk = self.grader.json(self.base + "/grading")
        self.assertEqual((desk["graded"], desk["all"]), (2, 2))
        # of two graders at the two rows the second is told
        answer = self.teacher.post(self.base + "/submissions/1/grade", {"revision": "0", "action": "done", "comment": "Second"})
        self.assertEqual(answer.status, 422)
        answer = self.other.post(mates + "/regrade", {"text": "Look again"})
        self.assertEqual(answer.status, 303, answer.text)
        thread = self.student.json(self.base + "/submissions/1/regrade")["regrade"]
        self.assertEqual([(one["author"], one["is_student"]) for one in thread["messages"]], [("other", True)])
        self.assertEqual(len(self.grader.json(self.base + "/regrades")["regrades"]), 1)

    def test_staff_see_pseudonyms_of_all_members_where_it_is_graded_blind(self):
        self.begin()
        self.form("Red", "student", "other")
        self.teacher.post(self.base + "/grading/rules", {"release": "done", "blind": "1", "regrade_days": "7"})
        self.submit("student")
        self.grader.post(self.base + "/submissions/1/grade", {"revision": "0", "action": "done", "comment": "Fine"})
        self.assertEqual(self.other.post(self.base + "/submissions/2/regrade", {"text": "Look again"}).status, 303)
        for path in ("/submissions/1", "/submissions/2", "/submissions/1/regrade", "/submissions/2/regrade", "/regrades",
                     "/grading", "/submissions/1/grade"):
            for headers in ({}, {"Accept": "application/json"}):
                text = self.grader.get(self.base + path, **headers).text
                for name in ('"other"', ">other<", '"student"', "Sam Student", "other ("):
                    self.assertNotIn(name, text, path)
        members = self.grader.json(self.base + "/submissions/1")["team"]["members"]
        self.assertEqual(len(members), 2)
        for one in members:
            self.assertRegex(one["name"], r"^[a-z]+-[a-z]+-\w+$")
        # the students know each other
        members = self.other.json(self.base + "/submissions/2")["team"]["members"]
        self.assertIn("other", [one["name"] for one in members])
        thread = self.student.json(self.base + "/submissions/1/regrade")["regrade"]
        self.assertEqual(thread["messages"][0]["author"], "other")
        self.assertEqual(self.grader.get(self.base + "/submissions/2/receipt").status, 409)


class Graded(DemoTest):
    def test_the_score_is_each_members_and_reruns_are_one(self):
        base = publish(self.teacher, "team-run", "#!/bin/sh\ncp points /grade_oven/output/score\n")
        self.teacher.post(base + "/scoreboard", {"scoreboard": "names"})
        self.assertEqual(self.teacher.post(base + "/team/rules", {"forming": "staff", "size": 2}).status, 303)
        for who in ("student", "other"):
            self.teacher.post(base + "/team/change", {"action": "add", "name": "Red", "username": who})
        place = self.student.submit("cs101", "team-run", {"points": b"7/10"})
        self.student.wait_for_run(place)
        mates = self.other.json(base)["submissions"][0]["url"]
        self.assertNotEqual(place, mates)
        for who, where in ((self.student, place), (self.other, mates)):
            self.assertEqual(who.json(where)["run"]["score"]["earned"], "7")
            self.assertEqual(who.json(base)["submissions"][0]["score"]["earned"], "7")
            self.assertIn("7", who.get("/courses/cs101").text)
        board = self.student.json(base + "/scoreboard")["lines"]
        self.assertEqual([one["score"]["earned"] for one in board], ["7", "7"])
        lines = self.grader.json(base + "/submissions")["submissions"]
        self.assertEqual([one["score"]["earned"] for one in lines], ["7", "7"])
        # graded again by the mate's row: it is the same run that both see
        self.assertEqual(self.grader.post(mates + "/rerun").status, 303)
        self.other.wait_for_run(mates)
        self.assertEqual(self.student.json(place)["run"]["id"], self.other.json(mates)["run"]["id"])
        with sqlite3.connect(f"file:{self.site.state}/gradeoven.db?mode=ro", uri=True) as store:
            runs = store.execute("SELECT r.reason, s.graded_id FROM runs r JOIN submissions s ON s.id = r.submission_id "
                                 "JOIN assignments a ON a.id = s.assignment_id WHERE a.name = 'team-run' ORDER BY r.id").fetchall()
        self.assertEqual(runs, [("submit", None), ("rerun", None)])


if __name__ == "__main__":
    unittest.main()
