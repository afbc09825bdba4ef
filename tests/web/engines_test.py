#!/usr/bin/env python3
"""GradeOvenDocker in a real httpd: what configtest says, and which engines a virtual host gets."""
import sqlite3
import unittest

from harness import Site, wait_until

GONE = "unix:///nonexistent/engine"


class Engines(unittest.TestCase):
    def site(self, **more):
        site = Site(**more)
        self.addCleanup(site.stop)
        return site

    def reported(self, state, count):
        def rows():
            try:
                with sqlite3.connect(f"file:{state}/gradeoven.db?mode=ro", uri=True, timeout=20) as database:
                    found = database.execute("SELECT endpoint, slots FROM engines ORDER BY endpoint").fetchall()
            except sqlite3.OperationalError:  # not made yet
                return None
            return found if len(found) == count else None
        return wait_until("the engines are reported", rows, 30)

    def test_mistakes_fail_configtest_with_the_line_and_a_remedy(self):
        for line, *words in (("GradeOvenDocker docker.sock", "not the address", "tcp://host:port"),
                             ("GradeOvenDocker", "address of an engine is missing"),
                             ("GradeOvenDocker unix:///a slots=65", "slots=65", "1 to 64"),
                             ("GradeOvenDocker unix:///a size=2", "size=2", "slots=NUMBER"),
                             ("GradeOvenDocker tcp://h:1 tls=/nonexistent", "/nonexistent/ca.pem", "readable"),
                             ("GradeOvenDocker unix:///a\nGradeOvenDocker unix:///a", "twice")):
            with self.subTest(line=line):
                done = self.site(executor=False, directives=line).configtest()
                self.assertNotEqual(done.returncode, 0)
                for word in ("httpd.conf", "line ", *words):
                    self.assertIn(word, done.stderr)

    def test_every_engine_of_the_configuration_reaches_the_executor(self):
        site = self.site(directives=f"GradeOvenParallel 3\nGradeOvenWarm 0\nGradeOvenDocker {GONE}\n"
                                    f"GradeOvenDocker {GONE}2 slots=5 warm=1")
        site.start()
        self.assertEqual(self.reported(site.state, 2), [(GONE, 3), (f"{GONE}2", 5)])

    def test_a_virtual_host_that_names_an_engine_has_no_other(self):
        site = self.site(executor=False, directives=f"GradeOvenDocker {GONE}")
        site.sections = (f'<VirtualHost 127.0.0.1:{site.port}>\nServerName other\n'
                         f"SSLEngine on\nSSLCertificateFile {site.root}/cert.pem\n"
                         f"SSLCertificateKeyFile {site.root}/key.pem\n"
                         f"GradeOvenState {site.root}/other\nGradeOvenExecutor on gradeoven\n"
                         f"GradeOvenWarm 0\nGradeOvenDocker {GONE}3 slots=1\n"
                         '<Location "/">\nSetHandler gradeoven\n</Location>\n</VirtualHost>')
        site.write_configuration()
        site.start()
        self.assertEqual(self.reported(site.root / "other", 1), [(f"{GONE}3", 1)])


if __name__ == "__main__":
    unittest.main(verbosity=2)
