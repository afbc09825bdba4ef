"""`gradeovenctl doctor` on engines: what is in force inside an oven, by trying it.

It must be able to fail: each property is taken away by an engine that lies about it (engine_proxy),
and the doctor has to name exactly that property. Sites are in tests/web/doctor_test.py.
"""
import json
import os
import pathlib
import sqlite3
import subprocess
import time
import unittest

from engine_proxy import ENGINE, LyingEngine
from grade_harness import DEADLINE, GRADEOVENCTL, IMAGE, OVEN_BINARY, GradeTest, stage

# No httpd runs here.
NOT_OF_ENGINE = {"httpd", "doorbell", "executor"}
PROPERTIES = {"capabilities", "new privileges", "seccomp", "user namespaces", "keyrings", "kernel",
              "root file system", "kernel files", "mounts", "namespaces", "network", "processes", "memory",
              "swap", "processors", "neighbours", "precedence", "space", "resources", "log", "sandbox", "landlock"}


def without(*keys):
    def change(body):
        for key in keys:
            body["HostConfig"].pop(key, None)
            body.pop(key, None)
    return change


def with_(**more):
    return lambda body: body["HostConfig"].update(more)


def changed_tmpfs(path, old, new):
    def change(body):
        options = body["HostConfig"]["Tmpfs"]
        options[path] = options[path].replace(old, new)
    return change


class DoctorTest(GradeTest):
    """A state directory, and a configuration of httpd that names it with small limits."""

    directives = ("GradeOvenMemory 96M 1G\nGradeOvenDisk 32M\nGradeOvenPids 64\nGradeOvenCpus 0.5\n"
                  f"GradeOvenImage {IMAGE}\n")

    def setUp(self):
        super().setUp()
        self.state, self.conf = self.path("state"), self.path("httpd.conf")
        for name in ("", "objects", "tmp", "run"):
            os.mkdir(os.path.join(self.state, name), 0o770)
        self.configure("")
        subprocess.run([GRADEOVENCTL, "--state", self.state, "course", "add", "cs1"], check=True,
                       capture_output=True, timeout=DEADLINE)

    def configure(self, more):
        with open(self.conf, "w", encoding="utf-8") as conf:
            conf.write(f"GradeOvenState {self.state}\n{self.directives}{more}\n")

    def doctor(self, *options, **environment):
        """Its checks, by name; several of one name give the worst."""
        done = subprocess.run(
            [GRADEOVENCTL, "--httpd-conf", self.conf, "doctor", "--json", "--oven", OVEN_BINARY, *options],
            capture_output=True, text=True, timeout=DEADLINE, env={**os.environ, **environment})
        report = json.loads(done.stdout)
        self.assertEqual(done.returncode, 1 if report["problems"] else 0, done.stderr)
        order = ["ok", "warning", "problem"]
        checks = {}
        for check in sorted(report["checks"], key=lambda one: order.index(one["verdict"])):
            checks[check["name"]] = check
        return checks

    def problems(self, *options):
        return {name: check for name, check in self.doctor(*options).items()
                if check["verdict"] == "problem" and name not in NOT_OF_ENGINE}


class Engines(DoctorTest):
    def test_a_good_engine_has_no_problem_and_every_property_is_looked_at(self):
        checks = self.doctor()
        found = {name for name, check in checks.items() if check["verdict"] == "problem"}
        self.assertLessEqual(found, NOT_OF_ENGINE, checks)
        self.assertLessEqual(PROPERTIES, set(checks))
        self.assertIn("96 MiB of memory, 32 MiB of files and 64 processes", checks["oven"]["text"])

    def test_it_leaves_no_container_and_no_file(self):
        os.mkdir(self.path("tmp"))
        with LyingEngine(self.path("engine"), lambda body: None) as engine:
            checks = self.doctor("--docker", engine.address, TMPDIR=self.path("tmp"))
        self.assertEqual(checks["oven"]["verdict"], "ok")
        self.assertEqual(os.listdir(self.path("tmp")), [])
        self.assertEqual(len(engine.asked), 1)
        for container in engine.asked:
            self.assertNotEqual(subprocess.run(["docker", "inspect", container], capture_output=True).returncode, 0)

    def test_the_lines_for_people_say_what_is_wrong_and_what_to_do(self):
        done = subprocess.run([GRADEOVENCTL, "--httpd-conf", self.conf, "doctor", "--image", "no-such-image:x"],
                              capture_output=True, text=True, timeout=DEADLINE)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r'(?m)^PROBLEM image: The engine has no image "no-such-image:x"\. '
                                      r"Build or pull it")
        self.assertRegex(done.stdout, r"(?m)^ok      disk: ")
        self.assertRegex(done.stderr, r"^\d+ problems?, \d+ warnings?\.$")

    def test_an_engine_that_is_not_there_is_named(self):
        address = f"unix://{self.path('nobody')}"
        problems = self.problems("--docker", address)
        self.assertEqual(set(problems), {"engine"})
        self.assertIn(address, problems["engine"]["text"])

    def test_an_address_that_is_none_is_named(self):
        self.assertIn("nonsense", self.problems("--docker", "nonsense")["engine"]["text"])

    def test_the_engine_image_and_runtime_of_httpds_configuration_are_looked_at(self):
        self.configure("GradeOvenImage no-such-image:y\nGradeOvenRuntime no-such-runtime")
        problems = self.problems()
        self.assertEqual(set(problems), {"image", "runtime"})
        self.assertIn("no-such-image:y", problems["image"]["text"])
        self.assertIn("no-such-runtime", problems["runtime"]["text"])
        self.configure(f"GradeOvenDocker unix://{self.path('nobody')}")
        self.assertIn(self.path("nobody"), self.problems()["engine"]["text"])

    def test_each_of_several_engines_is_looked_at(self):
        gone = f"unix://{self.path('nobody')}"
        self.configure(f"GradeOvenDocker {gone}\nGradeOvenDocker unix://{ENGINE}")
        checks = self.doctor()
        self.assertEqual(checks["engine"]["engine"], gone)
        self.assertEqual(checks["memory"]["engine"], f"unix://{ENGINE}")

    def test_a_site_that_names_no_engine_has_the_default_whatever_the_environment_says(self):
        self.directives = ""
        self.configure("")
        checks = self.doctor(DOCKER_HOST=f"unix://{self.path('nobody')}", DOCKER_CERT_PATH=self.path("nobody"),
                             GRADEOVEN_IMAGE="no-such-image:z")
        self.assertIn(f"unix://{ENGINE}", checks["engine"]["text"])
        self.assertIn('"gradeoven:latest"', checks["image"]["text"])

    def test_a_line_of_an_engine_is_read_as_httpd_reads_it(self):
        self.configure('GradeOvenDocker tcp://127.0.0.1:1 "TLS=/no such/directory"')
        checks = self.doctor()
        self.assertEqual(checks["httpd"]["verdict"], "problem")
        self.assertIn("/no such/directory/ca.pem", checks["httpd"]["text"])
        self.assertNotIn("engine", checks)  # neither in clear nor another one

    def test_an_engine_that_two_virtual_hosts_name_is_looked_at_once(self):
        gone = f"unix://{self.path('nobody')}"
        self.configure(f"GradeOvenDocker {gone}\nGradeOvenDocker {gone} SLOTS=4")
        checks = self.doctor()
        self.assertNotEqual(checks["httpd"]["verdict"], "problem")
        self.assertIsNone(checks["engine"]["engine"])  # which one is said while there are several

    def test_the_room_is_for_the_most_that_a_stage_may_ask_for(self):
        self.configure(f"GradeOvenMemory 96M 2G\nGradeOvenDocker unix://{ENGINE} slots=3")
        self.assertIn(f"3 ovens may use {3 * (2048 + 32)}", self.doctor()["room"]["text"])
        self.configure(f"GradeOvenMemory 96M\nGradeOvenDocker unix://{ENGINE}")
        self.assertIn(f"2 ovens may use {2 * (1024 + 32)}", self.doctor()["room"]["text"])

    def test_runs_that_would_share_processors_are_warned_of(self):
        self.assertIn("cannot leave them", self.doctor()["neighbours"]["text"])
        self.configure("GradeOvenParallel 64\nGradeOvenCpus 1.5")
        found = self.doctor()["neighbours"]
        self.assertEqual(found["verdict"], "warning")
        self.assertIn("64 at once, which may keep 2 busy each", found["text"])

    def test_limits_that_are_too_small_for_a_probe_are_no_crash(self):
        self.configure("GradeOvenMemory 32M\nGradeOvenDisk 16M\nGradeOvenPids 32\nGradeOvenCpus 0.1")
        self.assertEqual(set(self.problems()), set())


class Stores(DoctorTest):
    """What is wrong with a state directory; the engine is left out."""

    def setUp(self):
        super().setUp()
        self.database = os.path.join(self.state, "gradeoven.db")

    def problems(self, *options):
        found = super().problems("--docker", "none", *options)
        found.pop("engine")
        return found

    def store_assignment(self):
        """Returns the paths of the objects that it became."""
        subprocess.run([GRADEOVENCTL, "--state", self.state, "assignment", "add", "cs1", "a",
                        self.assignment({"tests": stage("echo 1/1 > ../output/score")})], check=True,
                       capture_output=True, timeout=DEADLINE)
        found = sorted(pathlib.Path(self.state, "objects").glob("*/*"))
        self.assertTrue(found)
        return found

    def test_a_good_one_has_no_problem(self):
        count = len(self.store_assignment())
        self.assertEqual(self.problems(), {})
        self.assertIn(f"{count} stored files", self.doctor("--docker", "none")["files"]["text"])

    def test_a_directory_that_is_not_there(self):
        with open(self.conf, "w", encoding="utf-8") as conf:
            conf.write(f"GradeOvenState {self.path('nowhere')}\n")
        self.assertIn(self.path("nowhere"), self.problems()["site"]["text"])

    def test_two_sites_in_one_configuration_are_not_guessed(self):
        self.configure(f"GradeOvenState {self.path('another')}")
        self.assertIn("2 sites", self.problems()["site"]["text"])

    def test_a_directory_that_everybody_may_read(self):
        os.chmod(os.path.join(self.state, "objects"), 0o775)
        problem = self.problems()["state"]
        self.assertIn("mode 0775", problem["text"])
        self.assertEqual(problem["remedy"], f"chmod o-rwx {self.state}/objects")

    def test_a_directory_that_is_missing(self):
        os.rmdir(os.path.join(self.state, "tmp"))
        self.assertIn("/tmp", self.problems()["state"]["text"])

    def test_a_database_that_everybody_may_read(self):
        os.chmod(self.database, 0o664)
        self.assertIn("mode 0664", self.problems()["database"]["text"])

    def test_a_database_that_is_none(self):
        with open(self.database, "wb") as file:
            file.write(b"this is no database, and it is longer than a header would be" * 99)
        os.chmod(self.database, 0o660)
        self.assertIn("cannot be read", self.problems()["database"]["text"])

    def test_a_database_with_a_damaged_page(self):
        connection = sqlite3.connect(self.database)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'courses'").fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        connection.close()
        with open(self.database, "r+b") as file:
            file.seek((page - 1) * size + 8)
            file.write(b"\xff" * (size - 8))
        self.assertRegex(self.problems()["database"]["text"], "damaged|cannot be read")

    def test_rows_without_what_they_belong_to(self):
        connection = sqlite3.connect(self.database)
        connection.execute("INSERT INTO enrolments (course_id, user_id, role, created_us) "
                           "VALUES (99, 99, 'student', 0)")
        connection.commit()
        connection.close()
        self.assertIn("2 rows belong to something", self.problems()["database"]["text"])

    def test_a_database_that_is_not_there_is_not_made(self):
        os.unlink(self.database)
        self.assertIn("database", self.problems())
        self.assertFalse(os.path.exists(self.database))

    def test_a_database_of_a_newer_version(self):
        connection = sqlite3.connect(self.database)
        connection.execute("INSERT INTO schema_version (version) VALUES (9999)")
        connection.commit()
        connection.close()
        self.assertIn("has schema 9999", self.problems()["schema"]["text"])

    def test_a_stored_file_that_is_damaged(self):
        path = self.store_assignment()[0]
        path.chmod(0o660)
        path.write_bytes(path.read_bytes() + b"x")
        self.assertIn(str(path), self.problems()["files"]["text"])

    def test_a_stored_file_that_is_missing(self):
        path = self.store_assignment()[-1]
        path.unlink()
        self.assertIn(str(path), self.problems()["files"]["text"])

    def test_uploads_that_were_left_over_are_counted(self):
        path = pathlib.Path(self.state, "tmp", "upload-abcdef")
        path.mkdir()
        os.utime(path, (1e9, 1e9))
        check = self.doctor("--docker", "none")["left-overs"]
        self.assertEqual(check["verdict"], "warning")
        self.assertRegex(check["text"], "^1 uploads")

    def test_a_clock_that_was_set_back(self):
        later = time.time() + 86400
        os.utime(self.database, (later, later))
        self.assertIn("later than now", self.problems()["clock"]["text"])

    def test_an_executor_that_has_trouble_or_is_silent_is_told(self):
        def report(trouble, age):
            connection = sqlite3.connect(self.database)
            connection.execute("DELETE FROM executors")
            connection.execute("INSERT INTO executors (holder, warm, baking, trouble, reported_us) "
                               "VALUES ('an executor', 1, 0, ?, ?)", (trouble, int((time.time() - age) * 1e6)))
            connection.commit()
            connection.close()
            return self.doctor("--docker", "none")["executor"]
        self.assertEqual(report(None, 5)["verdict"], "ok")
        self.assertIn("the oven is cold", report("the oven is cold", 5)["text"])
        self.assertRegex(report(None, 100)["text"], r"None has reported for 1\d\d seconds")

    def test_looking_changes_nothing(self):
        self.store_assignment()
        before = {str(path): path.stat().st_mode for path in pathlib.Path(self.state).rglob("*")}
        content = pathlib.Path(self.database).read_bytes()
        self.doctor("--docker", "none")
        self.assertEqual({str(path): path.stat().st_mode for path in pathlib.Path(self.state).rglob("*")}, before)
        self.assertEqual(pathlib.Path(self.database).read_bytes(), content)


class LyingEngines(DoctorTest):
    """Each takes one protection away, and says that it is there."""

    def expect(self, names, change, lies=True):
        with LyingEngine(self.path("engine"), change, lies) as engine:
            problems = self.problems("--docker", engine.address)
        self.assertEqual(set(problems), set(names), problems)
        return " ".join(problem["text"] for problem in problems.values())

    def test_through_a_proxy_that_changes_nothing_all_is_well(self):
        self.expect([], lambda body: None)

    def test_an_engine_that_does_not_say_whether_it_can_limit_processes(self):
        with LyingEngine(self.path("engine"), lambda body: None, info=lambda told: told.pop("PidsLimit")) as engine:
            problems = self.problems("--docker", engine.address)
        self.assertEqual(set(problems), {"engine limits"})
        self.assertIn("it cannot limit the number of processes", problems["engine limits"]["text"])

    def test_no_limit_of_processes(self):
        self.assertIn("64 are allowed (PidsLimit), and 80 could be made",
                      self.expect(["processes"], without("PidsLimit")))

    def test_a_limit_of_processes_that_is_higher(self):
        self.expect(["processes"], with_(PidsLimit=70))

    def test_no_limit_of_memory(self):
        self.assertIn("128 MiB are allowed (Memory), and 160 could be taken",
                      self.expect(["memory", "swap"], without("Memory", "MemorySwap")))

    def test_swap_beside_the_memory(self):
        self.expect(["swap"], without("MemorySwap"))

    def test_no_limit_of_processors(self):
        self.assertIn("0.500 are allowed", self.expect(["processors"], without("NanoCpus")))

    def test_capabilities_that_are_not_dropped(self):
        self.assertIn("CapEff of PID 1", self.expect(["capabilities"], without("CapDrop")))

    def test_one_capability_too_many(self):
        self.expect(["capabilities"], with_(CapAdd=["SETUID", "SETGID", "KILL", "NET_RAW"]))

    def test_no_new_privileges_hold_even_then_for_the_oven_sees_to_it_itself(self):
        self.expect([], without("SecurityOpt"))

    def test_no_seccomp_leaves_namespaces_keyrings_and_io_uring_closed_by_the_oven(self):
        self.expect(["seccomp"], with_(SecurityOpt=["no-new-privileges", "seccomp=unconfined"]))

    def expect_some(self, names, change):
        with LyingEngine(self.path("engine"), change) as engine:
            problems = self.problems("--docker", engine.address)
        self.assertLessEqual(set(names), set(problems))
        return problems

    def test_a_root_file_system_that_can_be_written(self):
        self.expect(["root file system"], without("ReadonlyRootfs"))

    def test_the_hosts_ipc(self):
        problems = self.expect_some(["namespaces"], with_(IpcMode="host"))
        self.assertLessEqual(set(problems), {"namespaces", "mounts", "space"})  # /dev/shm is the host's, too

    def test_the_hosts_network(self):
        def change(body):
            body.pop("NetworkDisabled", None)
            body["HostConfig"]["NetworkMode"] = "host"
        problems = self.expect_some(["network", "namespaces"], change)
        self.assertRegex(problems["network"]["text"], "interface|connect_out")
        self.assertLessEqual(set(problems), {"network", "namespaces"})

    def test_a_directory_of_the_host(self):
        self.assertIn('"/mnt"', self.expect(["mounts"], with_(Binds=[f"{self.directory}:/mnt:ro"])))

    def test_kernel_files_that_are_not_masked(self):
        self.assertIn("/proc/", self.expect(["kernel files"], with_(MaskedPaths=[])))

    def test_kernel_files_that_can_be_written(self):
        self.assertIn("/proc/", self.expect(["kernel files"], with_(ReadonlyPaths=[])))

    def test_more_space_than_was_asked_for(self):
        self.assertIn('8 MiB fit into "/tmp"', self.expect(["space"], changed_tmpfs("/tmp", "size=8m", "size=64m")))

    def test_a_place_where_set_user_id_programs_work(self):
        self.assertIn('"/sandbox"', self.expect(["mounts"], changed_tmpfs("/sandbox", "nosuid,", "suid,")))

    def test_core_dumps(self):
        self.expect(["resources"], without("Ulimits"))

    def test_a_log_of_what_students_print(self):
        self.expect(["log"], without("LogConfig"), lies=False)

    def test_an_oven_that_cannot_be_made_is_a_problem_that_says_why(self):
        self.assertIn("/grade_oven", self.expect(["oven"], without("Tmpfs")))

    def test_ovens_that_come_before_httpd_are_warned_about(self):
        with LyingEngine(self.path("engine"), without("CpuShares")) as engine:
            self.assertEqual(self.doctor("--docker", engine.address)["precedence"]["verdict"], "warning")
        os.unlink(self.path("engine"))
        with LyingEngine(self.path("engine"), without("OomScoreAdj")) as engine:
            self.assertEqual(self.doctor("--docker", engine.address)["precedence"]["verdict"], "warning")


if __name__ == "__main__":
    unittest.main(verbosity=2)
