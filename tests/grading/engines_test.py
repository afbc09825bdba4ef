#!/usr/bin/env python3
"""Several engines at once: Docker and Podman side by side, one that dies, one that cheats, one behind
TLS; and what a pool keeps. Podman's service is started here, Docker's is the machine's."""
import io
import os
import pathlib
import shutil
import signal
import ssl
import subprocess
import tarfile
import time
import unittest

os.environ.pop("DOCKER_HOST", None)  # Docker and Podman are both named here
from executor_harness import ENGINE, ExecutorTest, Proxy
from grade_harness import IMAGE, stage, wait_until
from podman_harness import Podman, is_installed

DOCKER = f"unix://{ENGINE}"
GRADED = {"tests": stage("echo 9/10 > ../output/score")}
# Says that it runs, and runs until a file appears in its container.
WAITS = {"tests": stage("echo here >> ../output/status",
                        "for i in $(seq 1200); do [ -e /tmp/go ] && break; sleep 0.05; done",
                        "echo 1/1 > ../output/score")}


def docker(host, *arguments):
    done = subprocess.run(["docker", "-H", host, *arguments], capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(f"docker {arguments}: {done.stderr}")
    return done.stdout


class EnginesTest(ExecutorTest):
    def containers(self, host=DOCKER):
        return set(docker(host, "ps", "-aq", "--no-trunc", "--filter",
                          f"label=gradeoven.site={self.site}").split())

    def baking(self, host):
        """The containers of this engine in which the waiting stage runs."""
        return {one for one in self.containers(host) if self.main_of(host, one)}

    @staticmethod
    def main_of(host, container):
        """The user id of the stage in this container, or None."""
        done = subprocess.run(["docker", "-H", host, "exec", container, "sh", "-c",
                               "stat -c %u $(grep -lsz ^/grade_oven/tests/main /proc/[0-9]*/cmdline)"],
                              capture_output=True, text=True)
        return done.stdout.split()[0] if done.returncode == 0 and done.stdout else None

    def let_go(self, host):
        """Ends all that waits on this engine; asks again, as a container may end under our hands."""
        def all_ended():
            left = [(one, self.main_of(host, one)) for one in self.containers(host)]
            left = [(one, user) for one, user in left if user]
            for one, user in left:
                subprocess.run(["docker", "-H", host, "exec", "-u", user, one, "touch", "/tmp/go"],
                               capture_output=True)
            return not left
        wait_until(all_ended, f"what runs on {host} ends", 30)

    def row(self, endpoint):
        """What the admin's page knows of an engine: {column: value}, or None."""
        cursor = self.database.execute("SELECT * FROM engines WHERE endpoint = ?", (endpoint,))
        found = cursor.fetchone()
        return dict(zip([column[0] for column in cursor.description], found)) if found else None

    def trouble(self, endpoint):
        return (self.row(endpoint) or {}).get("trouble") or ""

    def wait_for_trouble(self, endpoint, *words):
        wait_until(lambda: all(word in self.trouble(endpoint) for word in words),
                   f"the trouble of {endpoint} says {words}", 20)


class SideBySide(EnginesTest):
    @classmethod
    def setUpClass(cls):
        cls.podman = Podman()
        cls.addClassCleanup(cls.podman.stop)
        cls.podman.load_image()
        cls.podman.start()

    def setUp(self):
        super().setUp()
        if not self.podman.answers():
            self.podman.start()

    def stop_all(self):
        super().stop_all()
        wait_until(lambda: not self.containers(self.podman.host), "no container is left in Podman", 20)

    def start_both(self, **more):
        process = self.start(engines=[{"docker": DOCKER, "slots": 2, "warm": 1},
                                      {"docker": self.podman.host, "slots": 2, "warm": 1}],
                             wait=False, **more)
        wait_until(lambda: all((self.row(host) or {"warm": 0})["warm"] for host in (DOCKER, self.podman.host)),
                   "both engines have a warm oven", 30)
        return process

    def test_work_spreads_and_each_engine_is_reported(self):
        self.add_assignment(WAITS)
        process = self.start_both()
        runs = [self.submit() for _ in range(4)]
        for host in (DOCKER, self.podman.host):
            wait_until(lambda host=host: len(self.baking(host)) == 2, f"two runs are on {host}", 30)
            wait_until(lambda host=host: self.row(host)["baking"] == 2, "it is reported", 15)
            self.assertEqual((self.row(host)["slots"], self.row(host)["trouble"]), (2, None))
        for host in (DOCKER, self.podman.host):
            self.let_go(host)
        for run in runs:
            row = self.wait_for(run)
            self.assertEqual((row["earned"], row["attempts"]), (1000, 1))
        self.end(process)
        self.assertIsNone(self.row(DOCKER))
        self.assertEqual(self.database.execute("SELECT count(*) FROM executors").fetchone(), (0,))

    def test_runs_of_an_engine_that_dies_go_to_the_other_one_at_once_and_it_comes_back(self):
        self.add_assignment(WAITS)
        self.start_both()
        runs = [self.submit(), self.submit()]
        wait_until(lambda: self.baking(DOCKER) and self.baking(self.podman.host), "each has a run", 30)
        self.podman.kill()
        wait_until(lambda: len(self.baking(DOCKER)) == 2, "both are on Docker", 20)
        self.wait_for_trouble(self.podman.host, "does not answer")
        self.let_go(DOCKER)
        rows = [self.wait_for(run) for run in runs]
        self.assertEqual(sorted((row["earned"], row["attempts"], row["problem"]) for row in rows),
                         [(1000, 1, None), (1000, 2, None)])
        self.podman.start()
        wait_until(lambda: not self.trouble(self.podman.host), "Podman is well again", 30)
        runs = [self.submit(), self.submit()]
        wait_until(lambda: self.baking(self.podman.host), "Podman has a run again", 30)
        wait_until(lambda: self.baking(DOCKER), "Docker has one too", 30)
        for host in (DOCKER, self.podman.host):
            self.let_go(host)
        for run in runs:
            self.wait_for(run)

    def test_a_dead_engine_keeps_nobody_from_leaving(self):
        process = self.start_both()
        self.addCleanup(self.podman.start)
        self.podman.kill()
        self.end(process, number=signal.SIGUSR1, seconds=30)
        self.assertIn("leaving before all containers are gone", self.log())

    def test_old_images_of_ours_go_and_nothing_else_does(self):
        tar = self.path("empty.tar")
        tarfile.open(tar, "w").close()
        label = ("-c", 'LABEL gradeoven.site=""')
        for name, labels in (("localhost/gradeoven-oven:old", label), ("localhost/other:old", label),
                             ("localhost/gradeoven-oven:foreign", ())):
            # told apart by a file in each: images with the same content are one
            with tarfile.open(tar, "w") as archive:
                archive.addfile(tarfile.TarInfo(name.replace("/", "-")), io.BytesIO())
            self.podman.podman("import", *labels, tar, name)

        def names():
            return self.podman.podman("images", "--format", "{{.Repository}}:{{.Tag}}")

        self.addCleanup(lambda: self.podman.podman("rmi", "localhost/other:old",
                                                   "localhost/gradeoven-oven:foreign"))
        self.start(docker=self.podman.host, image_age_seconds=3600)
        self.assertIn("gradeoven-oven:old", names())
        self.stop_all()
        time.sleep(1.1)  # an image's age is told in seconds
        self.start(docker=self.podman.host, image_age_seconds=1)
        wait_until(lambda: "gradeoven-oven:old" not in names(), "the old image is gone", 20)
        self.assertIn("localhost/other:old", names())
        self.assertIn("gradeoven-oven:foreign", names())
        self.add_assignment(GRADED)
        self.wait_for(self.submit())  # the present one is there


class Refused(EnginesTest):
    def test_an_engine_that_ignores_a_limit_is_refused_by_name_and_another_grades(self):
        self.add_assignment(GRADED)
        for number, (key, named) in enumerate((
                (b'"Memory', "memory limit (Memory) is 0 where"), (b'"PidsLimit', "(PidsLimit)"),
                (b'"NanoCpus', "(NanoCpus) is 0"), (b'"ReadonlyRootfs', "(ReadonlyRootfs)"),
                (b'"NetworkMode', "(NetworkMode)"), (b'"SecurityOpt', "no-new-privileges"),
                (b'"CapDrop', "(CapDrop, CapAdd)"), (b'"Tmpfs', "/sandbox is not a tmpfs"))):
            with self.subTest(key):
                # a member of another name is ignored by the engine, and as long
                proxy = Proxy(self.path(f"engine{number}"),
                              ask=lambda data, key=key: data.replace(key, b'"X' + key[2:]))
                bad = f"unix://{proxy.path}"
                process = self.start(engines=[{"docker": bad}, {"docker": DOCKER}])
                self.wait_for_trouble(bad, named)
                self.wait_for(self.submit())
                self.assertEqual(self.row(bad)["warm"], 0)
                self.end(process)
                proxy.cut()

    def test_a_warning_that_a_limit_was_discarded_is_a_refusal(self):
        def warn(data):
            head, end, body = data.partition(b"\r\n\r\n")
            if b'"Warnings":[]' not in body:
                return data
            body = body.replace(b'"Warnings":[]', b'"Warnings":["PIDs limit discarded."]')
            lines = [b"Content-Length: %d" % len(body) if line.lower().startswith(b"content-length:")
                     else line for line in head.split(b"\r\n")]
            return b"\r\n".join(lines) + end + body

        proxy = Proxy(self.path("engine"), answer=warn)
        self.start(docker=f"unix://{proxy.path}", wait=False)
        self.wait_for_trouble(f"unix://{proxy.path}", 'warns "PIDs limit discarded."')

    @unittest.skipUnless(is_installed() and shutil.which("newuidmap"), "no rootless Podman here")
    def test_rootless_podman_that_cannot_limit_is_refused_by_name(self):
        user = f"go-rootless-{os.getpid()}"
        subprocess.run(["useradd", "--no-create-home", user], check=True, capture_output=True)
        self.addCleanup(subprocess.run, ["userdel", user], capture_output=True)
        podman = Podman(user)
        self.addCleanup(podman.stop)
        tar = os.path.join(podman.directory, "empty.tar")
        tarfile.open(tar, "w").close()
        os.chmod(tar, 0o644)
        podman.podman("import", tar, f"localhost/{IMAGE}")
        podman.start()
        controllers = podman.podman("info", "--format", "{{.Host.CgroupControllers}}")
        if all(one in controllers for one in ("memory", "pids", "cpu")):
            self.skipTest("limits are in force for rootless containers here")
        self.start(docker=podman.host, wait=False)
        self.wait_for_trouble(podman.host, "memory limit (Memory) is 0", "(PidsLimit) is 0", "cgroup v2")
        self.assertEqual(podman.podman("ps", "-q"), "")  # none was ever started


class Tls(EnginesTest):
    def setUp(self):
        super().setUp()
        for name in ("ca", "stranger"):
            self.openssl("req", "-x509", "-subj", f"/CN={name}", "-keyout", self.path(f"{name}.key"),
                         "-out", self.path(f"{name}.pem"), "-days", "2", "-newkey", "rsa:2048", "-nodes")
        self.certificate("server", "ca", "subjectAltName=IP:127.0.0.1")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path("server.pem"), self.path("server.key"))
        context.load_verify_locations(self.path("ca.pem"))
        context.verify_mode = ssl.CERT_REQUIRED
        self.proxy = Proxy(("127.0.0.1", 0), context=context)
        self.addCleanup(self.proxy.cut)
        self.addCleanup(self.stop_all)  # first, while it can still remove its containers
        self.address = f"tcp://127.0.0.1:{self.proxy.path[1]}"

    @staticmethod
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)

    def certificate(self, name, authority, extension="extendedKeyUsage=clientAuth"):
        self.openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout",
                     self.path(f"{name}.key"), "-out", self.path(f"{name}.csr"))
        pathlib.Path(self.path("extension")).write_text(extension, encoding="utf-8")
        self.openssl("x509", "-req", "-in", self.path(f"{name}.csr"), "-CA", self.path(f"{authority}.pem"),
                     "-CAkey", self.path(f"{authority}.key"), "-CAcreateserial", "-days", "2", "-extfile",
                     self.path("extension"), "-out", self.path(f"{name}.pem"))

    def certificates(self, authority, client):
        """A directory as Docker's client wants it; the name says who signed what."""
        path = self.path(f"tls-{authority}-{client}")
        os.mkdir(path)
        self.certificate("client", client)
        for source, target in ((f"{authority}.pem", "ca.pem"), ("client.pem", "cert.pem"),
                               ("client.key", "key.pem")):
            shutil.copy(self.path(source), os.path.join(path, target))
        return path

    def test_an_engine_on_tcp_with_a_client_certificate_grades(self):
        self.add_assignment(GRADED)
        self.start(engines=[{"docker": self.address, "docker_tls": self.certificates("ca", "ca")}])
        self.assertEqual(self.wait_for(self.submit())["earned"], 9000)

    def test_a_certificate_that_the_engine_does_not_accept_is_named(self):
        directory = self.certificates("ca", "stranger")
        self.start(engines=[{"docker": self.address, "docker_tls": directory}], wait=False)
        self.wait_for_trouble(self.address, "does not accept the certificate", f"{directory}/cert.pem")

    def test_an_engine_that_is_not_vouched_for_is_not_spoken_to(self):
        directory = self.certificates("stranger", "ca")
        self.start(engines=[{"docker": self.address, "docker_tls": directory}], wait=False)
        self.wait_for_trouble(self.address, f"{directory}/ca.pem")

    def test_files_that_are_no_certificates_are_named(self):
        directory = self.certificates("ca", "ca")
        pathlib.Path(directory, "key.pem").write_text("no key\n", encoding="utf-8")
        self.start(engines=[{"docker": self.address, "docker_tls": directory}], wait=False)
        self.wait_for_trouble(self.address, f"{directory}/cert.pem and key.pem cannot be used")


class Pool(EnginesTest):
    def test_what_a_burst_left_over_goes_when_nothing_is_needed(self):
        self.add_assignment(GRADED)
        # a run that waits has as many ovens made as there are places: one more than it needs
        self.start(warm=0, parallel=2, warm_idle_seconds=2, wait=False)
        self.wait_for(self.submit())
        wait_until(lambda: self.log().count("is warm") == 2, "one more has become warm", 20)
        wait_until(lambda: not self.containers(), "it has gone", 20)
        self.assertIn("is not needed any more", self.log())
        self.wait_for(self.submit())  # and the next run finds another

    def test_a_warm_oven_that_is_too_old_is_replaced_before_it_goes(self):
        self.start(warm=1, warm_age_seconds=2)
        first = self.containers()
        wait_until(lambda: self.containers() and not self.containers() & first, "it is another one", 30)
        events = [line for line in self.log().splitlines() if "is warm" in line or "not needed" in line]
        self.assertIn("is warm", events[1])
        self.assertIn(next(iter(first))[:12], events[2])

    def test_the_spares_are_there_again_after_a_burst(self):
        self.add_assignment(GRADED)
        self.start(warm=2, parallel=1)
        wait_until(lambda: len(self.containers()) == 2, "both spares are there")
        runs = [self.submit() for _ in range(4)]
        for run in runs:
            self.wait_for(run)
        wait_until(lambda: self.log().count("is warm") >= 6 and len(self.containers()) == 2,
                   "the spares are there again", 30)


if __name__ == "__main__":
    unittest.main(verbosity=2)
