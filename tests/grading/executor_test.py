#!/usr/bin/env python3
"""The executor: nothing that was queued is lost or graded twice, whoever dies."""
import os
import pathlib
import signal
import subprocess
import unittest

from executor_harness import ExecutorTest, Proxy
from grade_harness import commands_in, stage, wait_until
from oven_harness import is_podman

GRADED = {"tests": stage("echo 9.5/10 > ../output/score", "echo Test Case 1 >> ../output/status",
                         "echo note >> ../output/debug", "echo on the console", "exit 4")}
# Runs until the file that a test makes in the container appears.
WAITS = {"tests": stage("echo step 1 >> ../output/status", "echo 1/4 > ../output/progress",
                        "for i in $(seq 600); do [ -e /tmp/go ] && break; sleep 0.05; done",
                        "echo step 2 >> ../output/status", "echo 1/1 > ../output/score")}


class Executor(ExecutorTest):
    def wait_until_baking(self, run):
        """Until the run has said something; then its container."""
        wait_until(lambda: "step 1" in self.run_row(run)["status"], "the run's news are stored")
        for container in self.containers():
            if "tests/main" in commands_in(container):
                return container
        self.fail("no container bakes")

    def let_go(self, container):
        # Again: Podman's service now and then refuses an exec while it makes another container. And the
        # stage may end, and its container go, before the exec that let it go has been told so.
        refusals = [""]

        def is_let_go():
            done = subprocess.run(["docker", "exec", "-u", "20000", container, "touch", "/tmp/go"],
                                  capture_output=True, text=True)
            refusals.append(done.stderr.strip())
            return done.returncode == 0 or container not in self.containers()
        wait_until(is_let_go, lambda: f"the stage is let go: {refusals[-1]}")

    def test_a_run_is_graded_and_its_results_are_stored(self):
        self.add_assignment(GRADED)
        self.start()
        row = self.wait_for(self.submit())
        self.assertEqual((row["earned"], row["possible"], row["status"], row["debug"], row["attempts"]),
                         (9500, 10000, "Test Case 1\n", "note\n", 1))
        self.assertIsNone(row["lease"])
        results = self.database.execute(
            "SELECT name, exit_code, console FROM run_stages WHERE run_id = ?", (row["id"],)).fetchall()
        self.assertEqual(results, [("tests", 4, "on the console\n")])

    def test_what_a_run_says_is_stored_while_it_runs(self):
        self.add_assignment(WAITS)
        self.start()
        run = self.submit()
        container = self.wait_until_baking(run)
        wait_until(lambda: self.run_row(run)["done"], "the second batch of news is stored")
        row = self.run_row(run)
        self.assertEqual((row["state"], row["done"], row["total"], row["stage"]),
                         ("running", 1000, 4000, 0))
        self.let_go(container)
        self.assertEqual(self.wait_for(run)["status"], "step 1\nstep 2\n")

    def test_runs_queued_before_it_started_and_without_a_bell_are_found(self):
        self.add_assignment(GRADED)
        runs = [self.submit(ring=False) for _ in range(3)]
        self.start(warm=0, wait=False)
        for run in runs:
            self.wait_for(run)
        self.wait_for(self.submit(ring=False), seconds=15)

    def test_a_stage_gets_no_more_memory_than_the_site_allows_now(self):
        self.add_assignment({"tests": {"main": stage("exec python3 -c 'b = bytearray(200 << 20)'"),
                                       "metadata.json": '{"memory_mb": 300}'}})
        self.start(memory_max_mb=100)
        self.wait_for(run := self.submit())
        self.assertEqual(self.database.execute("SELECT signal FROM run_stages WHERE run_id = ?",
                                               (run,)).fetchone(), (9,))

    def test_many_runs_at_once_are_each_graded_once(self):
        self.add_assignment(GRADED)
        self.start(warm=2)
        runs = [self.submit() for _ in range(12)]
        for run in runs:
            self.assertEqual(self.wait_for(run)["attempts"], 1)
        self.assertEqual(self.log().count("finished, 9.5/10"), 12)

    def test_results_that_the_database_refuses_are_no_lost_lease(self):
        self.add_assignment(GRADED)
        run = self.submit(ring=False)
        self.database.execute("INSERT INTO run_stages (run_id, position, name, exit_code, signal, timed_out, wall_ms, "
                              "cpu_ms, max_rss_kib, console) VALUES (?, 0, 'in the way', 0, 0, 0, 0, 0, 0, '')", (run,))
        self.start(wait=False)
        wait_until(lambda: "refused by the database" in (self.run_row(run)["problem"] or ""), "it is given back")
        self.database.execute("DELETE FROM run_stages")
        row = self.wait_for(run)
        self.assertEqual((row["earned"], row["attempts"], row["problem"]), (9500, 2, None))

    def test_two_executors_of_one_site_share_the_queue(self):
        self.add_assignment(GRADED)
        first, second = self.start(), self.start()
        runs = [self.submit() for _ in range(6)]
        for run in runs:
            self.assertEqual(self.wait_for(run)["attempts"], 1)
        self.assertNotIn("left over", self.log())
        self.end(first)
        self.end(second)

    def test_sigterm_gives_runs_back_and_removes_ovens(self):
        self.add_assignment(WAITS)
        process = self.start()
        run = self.submit()
        self.wait_until_baking(run)
        self.end(process)
        self.assertIn("leaving, 1 runs are queued again", self.log())
        row = self.run_row(run)
        self.assertEqual((row["state"], row["attempts"], row["problem"]), ("queued", 0, None))
        wait_until(lambda: not self.containers(), "the ovens are gone", 10)

    def test_sigusr1_finishes_what_runs_and_claims_nothing(self):
        self.add_assignment(WAITS)
        process = self.start()
        run = self.submit()
        container = self.wait_until_baking(run)
        process.send_signal(signal.SIGUSR1)
        wait_until(lambda: "finishing 1 runs" in self.log(), "it drains")
        later = self.submit()
        self.let_go(container)
        self.assertEqual(process.wait(20), 0)
        self.assertEqual(self.run_row(run)["state"], "finished")
        self.assertEqual(self.run_row(later)["state"], "queued")
        self.assertEqual(self.containers(), set())

    def test_a_dead_parent_drains_it(self):
        # a shell that stays is the parent; the executor inherits its stdin and its log
        parent = self.start(command=["sh", "-c", '"$0"; :'])
        parent.kill()
        parent.wait(10)
        wait_until(lambda: "finishing 0 runs" in self.log(), "it drains", 10)
        wait_until(lambda: not self.containers(), "its ovens are gone", 10)

    def test_a_parent_that_died_before_it_started_drains_it(self):
        self.assertEqual(self.start(parent=1, wait=False).wait(20), 0)
        self.assertIn("finishing 0 runs", self.log())

    def test_after_sigkill_its_runs_are_queued_again_and_its_ovens_go(self):
        self.add_assignment(WAITS)
        process = self.start()
        run = self.submit()
        container = self.wait_until_baking(run)
        process.kill()
        process.wait(20)
        wait_until(lambda: container not in self.containers(), "its oven goes", 15)
        self.start(wait=False)
        wait_until(lambda: self.run_row(run)["attempts"] == 2, "it is claimed again", 15)
        self.let_go(self.wait_until_baking(run))
        self.assertEqual(self.wait_for(run)["earned"], 1000)

    def test_containers_of_dead_owners_are_swept_and_those_of_others_are_not(self):
        for site, owner in ((self.site, "00000000-0000-4000-8000-000000000000"), (self.site, "x"),
                            (self.site + "-other", "00000000-0000-4000-8000-000000000000")):
            made = subprocess.run(
                ["docker", "create", "--label", f"gradeoven.site={site}", "--label",
                 f"gradeoven.owner={owner}", self.image(), "/bin/true"], capture_output=True, text=True,
                check=True).stdout.strip()
            self.addCleanup(subprocess.run, ["docker", "rm", "-f", made], capture_output=True)
        self.start(warm=1)
        wait_until(lambda: len(self.containers()) == 1, "only the warm oven is there", 15)
        others = subprocess.run(["docker", "ps", "-aq", "--filter",
                                 f"label=gradeoven.site={self.site}-other"], capture_output=True, text=True)
        self.assertEqual(len(others.stdout.split()), 1)

    @staticmethod
    def image():
        return os.environ.get("GRADEOVEN_IMAGE", "gradeoven:latest")


class Engine(ExecutorTest):
    wait_until_baking = Executor.wait_until_baking
    let_go = Executor.let_go

    def test_an_oven_that_is_killed_costs_an_attempt_and_not_the_run(self):
        self.add_assignment(WAITS)
        self.start()
        run = self.submit()
        container = self.wait_until_baking(run)
        subprocess.run(["docker", "kill", container], check=True, capture_output=True)
        row = self.wait_for(run, "queued")
        self.assertIn("exited", row["problem"])
        wait_until(lambda: self.run_row(run)["attempts"] == 2, "it is tried again", 15)
        self.let_go(self.wait_until_baking(run))
        self.assertEqual(self.wait_for(run)["attempts"], 2)

    def test_an_engine_that_goes_away_and_comes_back(self):
        self.add_assignment(GRADED)
        self.add_assignment(WAITS, "w")
        proxy = Proxy(self.path("engine"))
        self.start(docker=f"unix://{proxy.path}")
        running = self.submit("w")
        self.wait_until_baking(running)
        proxy.cut()
        self.wait_for(running, "queued")
        run = self.submit()
        trouble = "SELECT trouble FROM executors ORDER BY reported_us DESC LIMIT 1"
        wait_until(lambda: "does not answer" in (self.database.execute(trouble).fetchone()[0] or ""),
                   "the trouble is reported", 15)
        self.assertEqual(self.run_row(run)["attempts"], 0)
        proxy.connect()
        self.wait_for(run, seconds=20)
        self.assertIn("ovens can be made again", self.log())

    def test_a_missing_image_is_reported_with_its_remedy(self):
        self.start(image="no-such-image:never", wait=False)
        wait_until(lambda: "GradeOvenImage" in self.log(), "the remedy is logged")
        self.assertEqual(self.log().count("no-such-image"), 1)  # once, not at each try

    @unittest.skipIf(is_podman(), "Podman's service takes no runtime: see the next")
    def test_a_runtime_that_the_engine_has_is_used(self):
        self.add_assignment(WAITS, "w")
        self.start(runtime="runc")
        run = self.submit("w")
        self.wait_until_baking(run)
        runtimes = subprocess.run(
            ["docker", "inspect", "-f", "{{.HostConfig.Runtime}}", *self.containers()],
            check=True, capture_output=True, text=True).stdout.split()
        self.assertEqual(set(runtimes), {"runc"})

    def test_a_runtime_that_the_engine_does_not_use_is_trouble_that_names_it(self):
        self.start(runtime="no-such-runtime", wait=False)
        trouble = "SELECT trouble FROM executors ORDER BY reported_us DESC LIMIT 1"

        def is_told():
            row = self.database.execute(trouble).fetchone()
            return row and "no-such-runtime" in (row[0] or "")
        wait_until(is_told, "the trouble is reported", 15)

    def test_an_oven_gives_way_to_the_host_when_processors_or_memory_are_short(self):
        self.add_assignment(WAITS, "w")
        self.start()
        self.wait_until_baking(self.submit("w"))
        for oven in self.containers():
            pid = subprocess.run(["docker", "inspect", "-f", "{{.State.Pid}}", oven], check=True,
                                 capture_output=True, text=True).stdout.strip()
            self.assertEqual(int(pathlib.Path(f"/proc/{pid}/oom_score_adj").read_text()), 300)

    def test_each_run_has_a_processor_of_its_own_as_long_as_there_is_one(self):
        self.add_assignment({"tests": stage("grep Cpus_allowed_list /proc/self/status > ../output/debug",
                                            *WAITS["tests"].split("\n")[1:])}, "w")
        self.start()
        host = sorted(os.sched_getaffinity(0))
        runs = [self.submit("w"), self.submit("w")]
        wait_until(lambda: all("step 1" in self.run_row(run)["status"] and self.run_row(run)["debug"] for run in runs),
                   "both bake")
        kept = sorted(self.run_row(run)["debug"].split()[-1] for run in runs)
        if len(host) > 1:
            self.assertEqual(kept, sorted(str(one) for one in host[:2]))
        else:
            self.assertEqual(kept, [str(host[0])] * 2)
        for container in self.containers():
            if "tests/main" in commands_in(container):
                self.let_go(container)
        for run in runs:
            self.wait_for(run)
        # given back: the next run has the first one again
        again = self.submit("w")
        self.let_go(self.wait_until_baking(again))
        self.assertEqual(self.wait_for(again)["debug"].split()[-1], str(host[0]))

    def test_a_configuration_that_is_wrong_is_refused(self):
        process = self.start(parallel=0, wait=False)
        self.assertEqual(process.wait(10), 1)
        self.assertIn('"parallel" is not a number from 1', self.log())


if __name__ == "__main__":
    unittest.main(verbosity=2)
