"""What must hold whatever was killed. Each check answers a list of sentences: what is broken.

The cheap ones look at a site that is being used; the others at one whose queue is empty.
"""
import hashlib
import io
import os
import re
import zipfile
from collections import Counter

from fault_site import POSSIBLE, STAGES, WARM, digest_of
from students import PAGE

FINISHED = re.compile(r"run=(\d+) .*: finished,")


# --- at any time -------------------------------------------------------------------------------

def numbering(world):
    """Submissions are numbered 1, 2, 3... and so are each student's attempts."""
    broken = []
    rows = world.site.rows("SELECT number, user_id, attempt FROM submissions ORDER BY number")
    if [row["number"] for row in rows] != list(range(1, len(rows) + 1)):
        broken.append(f"the numbers of {len(rows)} submissions have gaps or doubles")
    attempts = {}
    for row in rows:
        attempts.setdefault(row["user_id"], []).append(row["attempt"])
    for user, found in attempts.items():
        if found != list(range(1, len(found) + 1)):
            broken.append(f"the attempts of user {user} are {found}")
    return broken


def one_run_each(world):
    """One that counts: a superseded run may be there besides, once."""
    rows = world.site.rows("SELECT s.number, count(r.id) AS runs, count(r.ended_by) AS superseded FROM submissions s "
                           "LEFT JOIN runs r ON r.submission_id = s.id GROUP BY s.id "
                           "HAVING runs = 0 OR superseded > 1 OR runs - superseded > 1")
    return [f"submission {row['number']} has {row['runs']} runs, {row['superseded']} of them superseded" for row in rows]


def none_failed(world):
    """Our faults are retried; nothing here is bad enough to give a run up."""
    rows = world.site.rows("SELECT id, state, attempts, problem FROM runs WHERE state = 'failed' "
                           "OR state = 'cancelled' AND ended_by <> '*superseded'")
    return [f"run {row['id']} is {row['state']} after {row['attempts']} attempts: {row['problem']}"
            for row in rows]


def finished_stay(world):
    """A run that has finished never changes again."""
    broken, known = [], world.finished
    for row in world.site.rows("SELECT id, finished_us, earned, possible, status, revision, attempts FROM runs "
                               "WHERE state = 'finished'"):
        if known.setdefault(row["id"], tuple(row)) != tuple(row):
            broken.append(f"run {row['id']} finished as {known[row['id']]} and is now {tuple(row)}")
    gone = [run for run in known
            if not world.site.rows("SELECT 1 FROM runs WHERE id = ? AND state = 'finished'", run)]
    return broken + [f"run {run} had finished and has not any more" for run in gone]


def students_are_served(world):
    return list(world.ledger.faults)


def nobody_crashed(world):
    return [f"in the log: {line.strip()[:300]}" for line in world.site.crashes()[:5]]


# --- when the queue is empty -------------------------------------------------------------------

def stored_once(world):
    """Every acknowledged submission is there exactly once, and nothing that was not acknowledged."""
    broken = []
    found = Counter((row["username"], row["once"]) for row in world.site.rows(
        "SELECT u.username, s.once FROM submissions s JOIN users u ON u.id = s.user_id"))
    told = Counter((one.student, one.once) for one in world.ledger.copy())
    broken += [f"the form {key} was acknowledged and is stored {found[key]} times" for key in told
               if found[key] != 1]
    broken += [f"the form {key} is stored and was never acknowledged" for key in found if key not in told]
    return broken


def stored_as_sent(world):
    """Byte for byte: what the rows name, and what the objects hold."""
    broken, objects = [], {}
    for one in world.ledger.copy():
        rows = world.site.rows(
            "SELECT u.username, s.once, e.path, e.object, e.size FROM submissions s "
            "JOIN users u ON u.id = s.user_id JOIN tree_entries e ON e.tree_id = s.tree_id "
            "WHERE s.number = ?", one.number)
        if not rows or {(row["username"], row["once"]) for row in rows} != {(one.student, one.once)}:
            broken.append(f"submission {one.number} is not the one that {one.student} was told of")
        if {row["path"]: row["object"] for row in rows} != one.files:
            broken.append(f"submission {one.number} of {one.student} does not name the files that were sent")
        objects.update((row["object"], row["size"]) for row in rows)
    for name, size in objects.items():
        path = world.site.state / "objects" / name[:2] / name[2:]
        content = path.read_bytes() if path.exists() else b""
        if hashlib.sha256(content).hexdigest() != name or len(content) != size:
            broken.append(f"the object {name} is not what its name says ({len(content)} of {size} bytes)")
    return broken


def downloads(world):
    """Some of them as a student gets them back: the archive, and each file."""
    broken = []
    stored = world.ledger.copy()
    for one in world.random.sample(stored, min(len(stored), 12)):
        browser = world.browser_of(one.student)
        place = f"{PAGE}/submissions/{one.number}"
        got = {name: hashlib.sha256(browser.get(f"{place}/files/{name}").body).hexdigest() for name in one.files}
        with zipfile.ZipFile(io.BytesIO(browser.get(f"{place}/archive").body)) as archive:
            packed = {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}
        if got != one.files or packed != one.files:
            broken.append(f"submission {one.number} of {one.student} is not downloaded as it was sent")
        run = browser.json(place)["run"]
        if run["state"] != "finished" or not run["score"]:
            broken.append(f"submission {one.number} is shown as {run['state']}, {run['explanation']}")
    return broken


def graded_right(world):
    """Each run finished once, with the score and the words that its own files give."""
    broken = []
    rows = {row["number"]: row for row in world.site.rows(
        "SELECT s.number, r.* FROM runs r JOIN submissions s ON s.id = r.submission_id WHERE r.ended_by IS NULL")}
    for one in world.ledger.copy():
        row, digest = rows.get(one.number), digest_of(one.files)
        if not row or row["state"] != "finished":
            broken.append(f"submission {one.number} is {row['state'] if row else 'not queued at all'}")
            continue
        if (row["earned"], row["possible"]) != (int(digest[:6], 16) * 1000, POSSIBLE * 1000):
            broken.append(f"run {row['id']} has the score {row['earned']}/{row['possible']}")
        if row["status"] != "".join(f"{name} {digest}\n" for name in STAGES) or row["errors"]:
            broken.append(f"run {row['id']} says {row['status']!r}, {row['errors']!r}")
        if row["problem"] or row["stage"] != -1 or not row["finished_us"]:
            broken.append(f"run {row['id']} has the problem {row['problem']!r}, stage {row['stage']}")
    return broken


def no_lease(world):
    rows = world.site.rows("SELECT id, state FROM runs WHERE lease IS NOT NULL OR holder IS NOT NULL "
                           "OR lease_until_us IS NOT NULL OR state IN ('queued', 'running')")
    return [f"run {row['id']} is {row['state']}, and leased or waiting" for row in rows]


def stages_once(world):
    broken, found = [], {}
    for row in world.site.rows("SELECT * FROM run_stages ORDER BY run_id, position"):
        found.setdefault(row["run_id"], []).append((row["position"], row["name"], row["exit_code"], row["signal"],
                                                    row["timed_out"], row["problem"]))
    wanted = [(i, name, 0, 0, 0, None) for i, name in enumerate(STAGES)]
    for row in world.site.rows("SELECT id FROM runs WHERE ended_by IS NULL"):
        if found.get(row["id"]) != wanted:
            broken.append(f"run {row['id']} has the stages {found.get(row['id'])}")
    return broken


def told_once(world):
    """No run is said to have finished twice."""
    runs = Counter(FINISHED.findall(world.site.log()))
    return [f"run {run} finished {times} times, says the log" for run, times in runs.items() if times > 1]


def database_is_sound(world):
    broken = [row[0] for row in world.site.rows("PRAGMA integrity_check") if row[0] != "ok"]
    return broken + [f"foreign key: {tuple(row)}" for row in world.site.rows("PRAGMA foreign_key_check")]


def nothing_temporary(world):
    left = [str(path.relative_to(world.site.state)) for path in (world.site.state / "tmp").iterdir()]
    more = set(os.listdir(world.site.state)) - {"objects", "tmp", "run", "gradeoven.db", "gradeoven.db-wal",
                                                "gradeoven.db-shm", "sync.json"}
    return [f"{name} is left" for name in [*left, *more]]


def one_executor(world):
    found, zombies = world.site.executors(), world.zombies()
    broken = [] if len(found) == 1 else [f"{len(found)} executors run"]
    return broken + ([f"httpd has zombies: {zombies}"] if zombies else [])


def warm_ovens_only(world):
    found = world.engine.containers()
    if len(found) == WARM and all(one["State"] == "running" for one in found):
        return []
    return [f"there should be {WARM} warm ovens: {[(one['Id'][:12], one['State']) for one in found]}"]


ALWAYS = (numbering, one_run_each, none_failed, finished_stay, students_are_served, nobody_crashed)
# These come true in a moment, once nothing is done any more.
SOON = (no_lease, nothing_temporary, one_executor, warm_ovens_only)
QUIET = (stored_once, stored_as_sent, downloads, graded_right, stages_once, told_once, database_is_sound)


# --- when the site has been stopped ------------------------------------------------------------

def no_container(world):
    return [f"the container {one['Id'][:12]} is left, {one['State']}" for one in world.engine.containers()]


def no_process(world):
    return [f"the executor {pid} is left" for pid in world.site.executors()] + \
           [f"the process {one.pid} of a container is left: {one.arguments}" for one in world.engine.inside()]


STOPPED = (no_container, no_process)
