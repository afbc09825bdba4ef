"""A site on which every table has a row of the demo course (fill), and every text is hostile (poison): written by SQL, so
that also texts are tried that today's forms would refuse. `EVIL` is in all of them."""
import re
import sqlite3

EVIL = "=1+1\"><img src=x onerror=alert(1)>'{{csrf}}</textarea></title></pre><script>alert(2)</script>&lt;b&gt;\u202e"
# A path has no line breaks and no empty parts.
EVIL_PATH = "=1+1\"><img src=x onerror=alert(1)>'{{csrf}}<script>.c"

# Texts that are no free text: table -> columns, and why they cannot hold one.
FIXED = {
    "users": "username password_hash",  # names are letters and digits (names.h); a hash
    "sessions": "token_hash csrf address old_token_hash",  # digests, random, httpd's own
    "courses": "name zone",  # a part of addresses; an IANA name
    "enrolments": "role extra",  # a word; JSON, filled below
    "trees": "digest", "tree_entries": "object path",  # digests; the path is filled below
    "assignments": "name late_rule counting", "versions": "archive",
    "version_stages": "name",  # the name of a directory, joined with paths of the tree
    "submissions": "once address removed_by", "runs": "reason state lease outcome holder",
    "executors": "holder", "engines": "holder", "audit": "hash salt digest",
    "factors": "secret", "recovery_codes": "code_hash", "login_steps": "token_hash", "links": "kind secret",
    "audit_redactions": "digest", "retention_rules": "course", "audit_head": "hash",
    "enrol_codes": "code", "run_results": "source output_visibility output_format",
    "run_tests": "status visibility format", "receipts": "head key_id signature",
    "scoreboards": "names ranking", "grading_rules": "blind_key release_rule", "regrades": "state",
    "team_rules": "formed_by", "team_members": "state", "reruns": "scope state policy", "sync_grades": "digest",
    "login_failures": "bucket", "login_devices": "token_hash", "tokens": "secret scope", "line_comments": "path"}

# NULL in these says something itself.
OR_NULL = {("exceptions", "section"), ("grade_columns", "title")}

NOW = "1800000000000000"
# One row each of what a bake, a grader or a student would have written. 1: the demo's first course, assignment,
# submission and run; {user}: the student's id; {staff}: the grader's.
ROWS = """
UPDATE runs SET state='finished', finished_us={now}, started_us={now}, earned=1000, possible=2000, outcome='graded' WHERE id=1;
INSERT INTO run_stages (run_id, position, name, exit_code, signal, timed_out, wall_ms, cpu_ms, max_rss_kib, console, problem, is_broken)
  VALUES (1, 0, 'tests', 1, 0, 0, 1, 1, 1, '', '', 0);
INSERT INTO run_results (run_id, source, output, output_visibility) VALUES (1, 'results.json', '', 'visible');
INSERT INTO run_tests (run_id, position, name, number, status, output, tags, visibility) VALUES (1, 0, '', '', 'failed', '', '', 'visible');
INSERT INTO run_leaderboard (run_id, position, name, value, milli, is_ascending) VALUES (1, 0, '', '', NULL, 0);
INSERT INTO executors (holder, slots, warm, baking, trouble, reported_us) VALUES ('one', 0, 0, 0, '', {far});
INSERT INTO engines (holder, endpoint, slots, warm, baking, trouble, reported_us) VALUES ('one', '', 0, 0, 0, '', {far});
INSERT INTO exceptions (assignment_id, user_id, extension_days, extension_minutes, time_milli, extra_attempts, note, changed_us) VALUES (1, {user}, 1, 0, 0, 0, '', 1);
INSERT INTO exceptions (assignment_id, section, extension_days, extension_minutes, time_milli, extra_attempts, note, changed_us) VALUES (1, '', 1, 0, 0, 0, '', 1);
INSERT INTO course_exceptions (course_id, user_id, time_milli, late_days, note, changed_us) VALUES (1, {user}, 1500, 1, '', 1);
INSERT INTO enrol_codes (course_id, code, section, expires_us) VALUES (1, 'ABCDEFGH', '', {far});
INSERT INTO enrol_guesses (user_id, wrong, since_us) VALUES ({staff}, 1, 1);
INSERT INTO scoreboards (assignment_id, names, ranking, metric) VALUES (1, 'names', 'score', '');
INSERT INTO scoreboard_hidden (course_id, user_id) VALUES (1, {staff});
INSERT INTO grading_rules (assignment_id, max_points, is_blind, blind_key, release_rule, release_us, regrade_days) VALUES (1, 10000, 0, 'k', 'done', NULL, 7);
INSERT INTO rubric_items (id, assignment_id, heading, title, description, points, is_retired) VALUES (1, 1, '', '', '', 1000, 0);
INSERT INTO feedback (submission_id, assignment_id, revision, is_done, adjustment, reason, comment, grader_id, changed_us, done_us) VALUES (1, 1, 1, 1, 500, '', '', {staff}, 1, 1);
INSERT INTO feedback_items (submission_id, item_id) VALUES (1, 1);
INSERT INTO line_comments (id, submission_id, assignment_id, path, line, author_id, text, created_us) VALUES (1, 1, 1, 'roman.c', 1, {staff}, '', 1);
INSERT INTO regrades (submission_id, assignment_id, state, opened_us, changed_us) VALUES (1, 1, 'open', 1, 1);
INSERT INTO regrade_messages (id, submission_id, author_id, text, created_us) VALUES (1, 1, {user}, '', 1);
INSERT INTO team_rules (assignment_id, size, formed_by) VALUES (1, 3, 'students');
INSERT INTO teams (id, assignment_id, name, created_us, changed_us) VALUES (1, 1, '', 1, 1);
INSERT INTO team_members (assignment_id, team_id, user_id, state, changed_us) VALUES (1, 1, {user}, 'member', 1);
INSERT INTO grade_categories (id, course_id, name, weight, drop_lowest) VALUES (1, 1, '', 1000, 0);
INSERT INTO grade_columns (id, course_id, assignment_id, title, worth, category_id, is_extra, is_left_out) VALUES (1, 1, NULL, '', 10000, 1, 0, 0);
INSERT INTO grade_cells (column_id, user_id, points, adjustment, reason, is_excused, revision) VALUES (1, {user}, 5000, 0, '', 0, 1);
INSERT INTO reruns (id, assignment_id, number, version_id, source_id, scope, section, user_id, bakes, state, policy, author_id, created_us) VALUES (1, 1, 1, 1, 1, 'all', '', NULL, 1, 'open', NULL, {staff}, 1);
INSERT INTO rerun_entries (rerun_id, submission_id, standin_id) VALUES (1, 1, 1);
INSERT INTO sync_runs (id, course_id, is_scheduled, started_us, ended_us, is_ok, summary, detail) VALUES (1, 1, 0, 1, 2, 0, '', '');
INSERT INTO sync_grades (assignment_id, user_id, digest, score, written_us) VALUES (1, {user}, 'd', '', 1);
INSERT INTO remote_users (user_id, since_us) VALUES ({user}, 1);
INSERT INTO tokens (id, user_id, name, secret, scope, course_id, created_us, expires_us) VALUES (1, {user}, '', 's', 'read', NULL, 1, {far});
INSERT INTO factors (user_id, secret, on_us) VALUES ({staff} + 1000, 's', NULL);
INSERT INTO recovery_codes (user_id, code_hash) VALUES ({staff} + 1000, 'h');
INSERT INTO login_steps (token_hash, user_id, created_us) VALUES ('h', {staff}, 1);
INSERT INTO remote_users (user_id, since_us) VALUES ({staff}, 1);
INSERT INTO links (user_id, kind, secret, expires_us) VALUES ({staff}, 'reset', 's', {far});
INSERT INTO audit_redactions (sequence, digest, by_sequence) VALUES (1, 'd', 2);
INSERT INTO checks (id, assignment_id, version_id, reference_tree_id, reference_id, empty_id, created_us) VALUES (1, 1, 1, 1, 1, 1, 1);
"""


def connect(site):
    return sqlite3.connect(site.state / "gradeoven.db", timeout=30)


def tables(database):
    return [name for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]


def texts(database):
    """(table, column) of all free texts."""
    for table in tables(database):
        for _, column, kind, *_ in database.execute(f"PRAGMA table_info({table})"):
            if kind == "TEXT" and column not in FIXED.get(table, "").split():
                yield table, column


def fill(site):
    """A row in every table that the demo leaves empty."""
    with connect(site) as database:
        user, staff = (database.execute("SELECT id FROM users WHERE username = ?", (name,)).fetchone()[0]
                       for name in ("student", "grader"))
        for statement in ROWS.format(user=user, staff=staff, now=NOW, far="4000000000000000").split(";\n"):
            if statement.strip():
                database.execute(statement)


def poison(site):
    """Makes every free text hostile; the tables that are empty, which should be none."""
    with connect(site) as database:
        for table, column in texts(database):
            only = f"WHERE {column} IS NOT NULL" if (table, column) in OR_NULL else ""
            database.execute(f"UPDATE {table} SET {column} = ? {only}", (EVIL,))
        database.execute("UPDATE enrolments SET extra = json_object(?, ?)", (EVIL, EVIL))
        database.execute("UPDATE tree_entries SET path = ? WHERE path = 'roman.c'", (EVIL_PATH,))
        database.execute("UPDATE line_comments SET path = ?", (EVIL_PATH,))
        return [table for table in tables(database) if not database.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone()]


# What says of whom a row is: the course it hangs on, by the first of these columns that it has.
OWNER = ("course_id", "assignment_id", "submission_id", "run_id", "version_id", "item_id", "rerun_id", "team_id", "column_id")


class Belongings:
    """All rows that belong to a course, or to nobody's course at all; to compare before and after."""

    def __init__(self, site, course, but):
        self.database = connect(site)
        self.course = self.one("SELECT id FROM courses WHERE name = ?", course)
        self.but = self.one("SELECT id FROM users WHERE username = ?", but)

    def one(self, sql, *values):
        row = self.database.execute(sql, values).fetchone()
        return row[0] if row else None

    def course_of(self, names, row):
        """The course's id; None: of none."""
        up = {"assignment_id": "SELECT course_id FROM assignments WHERE id = ?",
              "submission_id": "SELECT a.course_id FROM submissions s JOIN assignments a ON a.id = s.assignment_id WHERE s.id = ?",
              "run_id": "SELECT course_id FROM runs WHERE id = ?",
              "version_id": "SELECT a.course_id FROM versions v JOIN assignments a ON a.id = v.assignment_id WHERE v.id = ?",
              "item_id": "SELECT a.course_id FROM rubric_items i JOIN assignments a ON a.id = i.assignment_id WHERE i.id = ?",
              "rerun_id": "SELECT a.course_id FROM reruns r JOIN assignments a ON a.id = r.assignment_id WHERE r.id = ?",
              "team_id": "SELECT a.course_id FROM teams t JOIN assignments a ON a.id = t.assignment_id WHERE t.id = ?",
              "column_id": "SELECT course_id FROM grade_columns WHERE id = ?"}
        values = dict(zip(names, row))
        for column in OWNER:
            if values.get(column) is not None:
                return values[column] if column == "course_id" else self.one(up[column], values[column])
        return None

    def rows(self):
        found = set()
        for table in tables(self.database):
            if table in ("trees", "tree_entries", "audit", "audit_head", "executors", "engines", "login_failures"):
                continue  # shared, or they only grow
            cursor = self.database.execute(f"SELECT * FROM {table}")
            names = [one[0] for one in cursor.description]
            for row in cursor.fetchall():
                values = dict(zip(names, row))
                for volatile in ("seen_us", "used_us", "pass", "reported_us"):
                    values.pop(volatile, None)
                course = values["id"] if table == "courses" else self.course_of(names, row)
                own = values["id"] if table == "users" else values.get("user_id")
                if course == self.course or (course is None and own is not None and own != self.but):
                    found.add((table, repr(sorted(values.items()))))
        return found


def looks_like_formula(cell):
    return bool(re.match(r"[=+\-@\t\r]", cell)) and not re.fullmatch(r"[+-]?[\d.,]+", cell)
