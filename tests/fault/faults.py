#!/usr/bin/env python3
"""Kills, at random instants, whoever takes part in grading, while students submit; then looks whether
anything was lost, doubled or left behind.

    faults.py [--rounds N] [--seed S] [--only INJURY...] [--keep]

A seed gives the same faults with the same pauses and the same files again; what they meet is a matter
of microseconds. Environment: GRADEOVEN_INSTALL, the build to test; GRADEOVEN_IMAGE. Needs root.
"""
import argparse
import collections
import pathlib
import random
import sys
import tempfile
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "web")]

import injuries
import invariants
from fault_site import FaultSite
from harness import wait_until
from private_engine import PrivateEngine
from processes import zombies_of
from students import PAGE, Ledger, Student

NAMES = ("ada", "ben", "cleo", "dan")
LOOK_EVERY = 5       # rounds: what must hold at any time
QUIET_EVERY = 50     # rounds: everybody stops, and all is looked at
QUIET_SECONDS = 180  # until the queue is empty
TEXT_MAX = 3000      # of a report; an exception may quote the whole log
WORK_SECONDS = 4     # until something is graded
SOON_SECONDS = 135   # until what is left over is gone: longer than a lease, and than an oven bears silence (120 s)


class Broken(Exception):
    """An invariant; the text says which."""


class World:
    """The site, its engine and its students, and what is known of them."""

    def __init__(self, rounds, seed, only=(), is_kept=False):
        self.rounds, self.seed, self.is_kept = rounds, seed, is_kept
        self.random = random.Random(seed)
        self.plan = (injuries.named(only) * rounds)[:rounds] or injuries.plan(rounds, self.random)
        self.round, self.story = 0, []  # of (round, seconds, injury, what)
        self.ledger, self.finished, self.students = Ledger(), {}, []
        self.started = time.monotonic()
        self.engine = self.site = None

    def __enter__(self):
        root = tempfile.mkdtemp(prefix="gradeoven-fault-", dir="/var/tmp")
        pathlib.Path(root).chmod(0o755)  # the executor's user must reach the socket
        try:
            self.engine = PrivateEngine(root)
            self.engine.start()
            self.engine.copy_image()
            self.site = FaultSite(self.engine, megabytes=128 + self.rounds)
            self.site.start()
            self.site.fill_course((*NAMES, "probe"))
            self.probe = Student(self.site, "probe", f"{self.seed}/probe", self.ledger)
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def __exit__(self, *problem):
        for student in self.students:
            student.is_over.set()
        if self.is_kept and problem[0]:
            print(f"kept: {self.site.root if self.site else ''} and {self.engine.root}")
            return
        for one in (self.site, self.engine):
            if one:
                one.remove() if one is self.site else one.stop()

    # --- for the injuries and the checks ------------------------------------------------------

    def shuffled(self, items):
        return self.random.sample(items, len(items))

    def zombies(self):
        return zombies_of(self.site.process.pid)

    def browser_of(self, name):
        return next(one for one in (*self.students, self.probe) if one.name == name).browser

    def refused_submission(self):
        """While the disk is full. It is sent again afterwards, until it is stored, like all others."""
        page = self.probe.open_form()
        one = self.probe.new_submission(page)
        is_stored = self.probe.send(page, one)
        if not is_stored:
            status, text = one.refusals[-1] if one.refusals else (0, "no answer")
            if status not in (500, 503, 507) or "Nothing" not in text:
                raise Broken(f"a full disk is answered with {status}: {text[-600:]}")
        self.late.append((page, one))
        return "it was refused in words" if not is_stored else "it was stored all the same"

    # --- the rounds ---------------------------------------------------------------------------

    def begin(self):
        self.late = []
        self.students = [Student(self.site, name, f"{self.seed}/{self.round}/{name}", self.ledger)
                         for name in NAMES]
        for student in self.students:
            student.start()

    def rest(self):
        """Everybody stops, with what they have begun brought to its end."""
        for student in self.students:
            student.is_over.set()
        for student in self.students:
            student.join(QUIET_SECONDS)
        while self.late:
            page, one = self.late.pop()
            self.probe.send_until_stored(page, one)
            self.ledger.add(one.is_stored())

    def wait_for_work(self):
        """Faults that meet nobody at work say little; but they may, and come when it takes long."""
        deadline = time.monotonic() + WORK_SECONDS
        while time.monotonic() < deadline:
            if self.site.rows("SELECT 1 FROM runs WHERE state = 'running' LIMIT 1"):
                return
            time.sleep(0.02)

    def hurt(self, injury):
        self.wait_for_work()
        time.sleep(self.random.uniform(0, 1))
        since = time.monotonic() - self.started
        what = injury(self)
        self.story.append((self.round, since, injury.__name__, what or "there was nothing to harm"))
        return what is not None

    def look(self, checks):
        broken = [f"{check.__name__}: {text}" for check in checks for text in check(self)]
        if broken:
            raise Broken("\n".join(broken[:20]))

    def look_soon(self, checks, seconds):
        deadline = time.monotonic() + seconds
        while True:
            try:
                self.look(checks)
                return
            except Broken:
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.2)

    def look_closely(self):
        """When nobody is hurt any more, all must come to its end by itself."""
        self.rest()
        self.look(invariants.ALWAYS)
        deadline = time.monotonic() + QUIET_SECONDS
        while self.demand_superseded() or self.site.unfinished():
            if time.monotonic() > deadline:
                rows = self.site.rows("SELECT * FROM runs WHERE state IN ('queued', 'running')")
                raise Broken(f"not graded in {QUIET_SECONDS} s: {[dict(row) for row in rows[:5]]}")
            self.look(invariants.ALWAYS)
            time.sleep(0.2)
        self.look_soon(invariants.SOON, SOON_SECONDS)
        self.look((*invariants.ALWAYS, *invariants.QUIET))

    def demand_superseded(self):
        """A newer submission took their place in the queue; here each is to be graded. How many were left."""
        rows = self.site.rows(
            "SELECT s.number, u.username FROM runs r JOIN submissions s ON s.id = r.submission_id "
            "JOIN users u ON u.id = s.user_id WHERE r.ended_by = '*superseded' "
            "AND r.id = (SELECT max(id) FROM runs WHERE submission_id = s.id)")
        for row in rows:
            status = self.browser_of(row["username"]).post(f"{PAGE}/submissions/{row['number']}/demand").status
            if status not in (303, 409):  # 409: so many wait already
                raise Broken(f"submission {row['number']} cannot be demanded: {status}")
        return len(rows)

    def run(self):
        self.begin()
        done = collections.Counter()
        for self.round, injury in enumerate(self.plan, 1):
            while not self.hurt(injury):
                wait_until("something to harm", lambda: self.site.containers() and self.site.workers(), 60)
            done[injury.__name__] += 1
            if self.round % LOOK_EVERY == 0:
                self.look(invariants.ALWAYS)
            if self.round % QUIET_EVERY == 0 and self.round < self.rounds:
                self.look_closely()
                print(f"  {self.round} rounds, {len(self.ledger.stored)} submissions, "
                      f"{time.monotonic() - self.started:.0f} s", flush=True)
                self.begin()
        self.look_closely()
        self.site.shut_down()
        self.look_soon(invariants.STOPPED, SOON_SECONDS)
        return done

    # --- the report ---------------------------------------------------------------------------

    def orphans(self):
        """Objects that no row names: of submissions that were broken off after their files were kept."""
        named = {row[0] for row in self.site.rows("SELECT object FROM tree_entries WHERE object IS NOT NULL")}
        return [path for path in (self.site.state / "objects").glob("*/*")
                if path.parent.name + path.name not in named]

    def summary(self, done):
        attempts = collections.Counter(row[0] for row in self.site.rows("SELECT attempts FROM runs"))
        stored = self.ledger.copy()
        refusals = collections.Counter(status for one in stored for status, _ in one.refusals)
        return "\n".join((
            f"seed {self.seed}, {sum(done.values())} rounds in {time.monotonic() - self.started:.0f} s: "
            + ", ".join(f"{name} {count}" for name, count in sorted(done.items())),
            f"{len(stored)} submissions acknowledged after {sum(one.tries for one in stored)} tries; refused: "
            + (", ".join(f"{count} with {status}" for status, count in refusals.items()) or "none"),
            "attempts that a run took: " + ", ".join(f"{n}: {count} runs" for n, count in sorted(attempts.items())),
            f"objects that nothing names: {len(self.orphans())}; of what it began, Docker forgot when it was killed: "
            f"{len(self.engine.shims())} shims, {len(self.engine.mounts())} mounts"))

    def words_of_engine(self):
        """What it says when asked to remove what does not run, and what it logged about that."""
        words = ""
        try:
            for one in self.engine.containers():
                if one["State"] != "running":
                    answer = self.engine.call("DELETE", f"/containers/{one['Id']}?force=1&v=1")
                    lines = [line for line in self.engine.log().splitlines() if one["Id"][:12] in line]
                    words += f"the engine on {one['Id'][:12]}, {one['Status']}: {answer}\n" + "\n".join(lines[-20:]) + "\n"
        except (OSError, AssertionError, AttributeError) as problem:
            words += f"the engine could not be asked: {problem}\n"
        return words

    def last_words(self):
        story = "\n".join(f"  {number:4} {since:7.1f} s  {name}: {what}"
                          for number, since, name, what in self.story[-12:])
        log = self.site.log()[-6000:] if self.site else ""
        return (f"in round {self.round}; the last faults:\n{story}\nthe end of the logs:\n{log}\n{self.words_of_engine()}"
                f"again with: faults.py --rounds {self.rounds} --seed {self.seed}")


def run(rounds, seed, only=(), is_kept=False):
    """True when everything held; prints what there is to know."""
    print(f"seed {seed}, {rounds} rounds", flush=True)
    world = World(rounds, seed, only, is_kept)
    try:
        with world:
            try:
                print(world.summary(world.run()))
            except Exception as problem:
                text = str(problem) if isinstance(problem, Broken) else traceback.format_exc()[:TEXT_MAX]
                print(f"BROKEN {text}\n{world.last_words()}", flush=True)
                raise
    except Exception:
        return False
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--only", nargs="+", default=(), help="only these injuries, in turn")
    parser.add_argument("--keep", action="store_true", help="leave everything as it is after a failure")
    options = parser.parse_args()
    sys.exit(0 if run(options.rounds, options.seed, options.only, options.keep) else 1)


if __name__ == "__main__":
    main()
