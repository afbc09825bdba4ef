#!/usr/bin/env python3
"""How SQLite would execute every statement of statements.inc: none may look at all rows of a table
that grows with what people hand in. A whole index is as bad as the table; an index with a WHERE
holds only what waits or runs, and may be scanned.
"""
import pathlib
import re
import sqlite3
import sys

SOURCE = pathlib.Path(__file__).resolve().parent.parent
GROWING = {"runs", "submissions", "run_stages", "run_results", "run_tests", "run_leaderboard", "tree_entries", "trees", "tuples"}
GROWING |= {"feedback", "feedback_items", "line_comments", "regrades", "regrade_messages", "reruns", "rerun_entries"}
GROWING |= {"sync_runs", "sync_grades", "grade_cells"}
# what is said to be all: the newest runs, by their primary key and with a LIMIT; the doctor's samples
ALL = {"RUNS_RECENT", "DOCTOR_OBJECTS"}


def statements():
    text = (SOURCE / "mod_gradeoven/model/statements.inc").read_text()
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S).replace("\\\n", " ")
    macros = dict(re.findall(r"#define (GO_\w+)\s+(.*)", text))
    text = re.sub(r"#define .*", "", text)
    for _ in macros:
        for name, value in macros.items():
            text = re.sub(rf"\b{name}\b", lambda _, value=value: value, text)
    for name, body in re.findall(r"GO_STATEMENT\((\w+),((?:\s*\"(?:[^\"\\\\]|\\\\.)*\")+)\)", text):
        yield name, re.sub(r"%(s|lld|pDb)", "?", "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', body)))


def partial_indexes(database):
    return {name for name, sql in database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index'")
            if sql and " WHERE " in sql}


def aliases(sql):
    """Names under which growing tables are read: the plan speaks of these."""
    found = {table: table for table in GROWING}
    for table, alias in re.findall(r"\b(?:FROM|JOIN) (\w+) (\w+)", sql):
        if table in GROWING:
            found[alias] = table
    return found


def main():
    database = sqlite3.connect(":memory:")
    for path in sorted((SOURCE / "conf/schema").glob("*.sql")):
        database.executescript(path.read_text())
    partial, bad, count = partial_indexes(database), 0, 0
    for name, sql in statements():
        count += 1
        names = aliases(sql)
        for *_, step in database.execute("EXPLAIN QUERY PLAN " + sql, [None] * sql.count("?")):
            scan = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", step)
            if scan and scan[1] in names and scan[2] not in partial and name not in ALL:
                print(f"{name}: {step} (all of {names[scan[1]]})")
                bad = 1
    if count < 80:
        print(f"only {count} statements were found")
        bad = 1
    sys.exit(bad)


main()
