#!/usr/bin/env python3
"""The fault injection of tests/fault, with few rounds. `./bootstrap fault` has many."""
import os
import pathlib
import random
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "fault"))
import faults

ROUNDS = int(os.environ.get("GRADEOVEN_FAULT_ROUNDS", "15"))


class Faults(unittest.TestCase):
    def test_nothing_is_lost_doubled_or_left_behind_whoever_is_killed(self):
        seed = random.SystemRandom().randrange(1 << 32)
        self.assertTrue(faults.run(ROUNDS, seed), "what was broken stands above")


if __name__ == "__main__":
    unittest.main()
