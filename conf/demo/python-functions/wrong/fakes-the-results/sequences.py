"""Tries to get the points without the work: none of this may earn anything."""
import glob
import json
import os

FULL = "20/20\n"


def try_to(action):
    try:
        return action()
    except OSError:
        return None


# Write the score oneself.
try_to(lambda: open("/grade_oven/output/score", "w").write(FULL))
try_to(lambda: os.rename("/grade_oven/output/score", "/grade_oven/output/debug"))
# Read the right answers, or put others in their place.
answers = []
for path in glob.glob("/grade_oven/*/cases.json") + ["/grade_oven/tests/cases.json"]:
    answers += json.loads(try_to(lambda: open(path).read()) or "[]")
    try_to(lambda: open(path, "w").write("[]"))
# Stop the grader, in the hope that an earlier score stays.
for pid in filter(str.isdigit, os.listdir("/proc")):
    if int(pid) != os.getpid():
        try_to(lambda: os.kill(int(pid), 9))


def lookup(function, *arguments):
    for case in answers:
        if case["function"] == function and case["arguments"] == list(arguments):
            return case["expected"]
    # Claim that it went well, in every place where somebody might believe it.
    for descriptor in range(1, 10):
        try_to(lambda: os.write(descriptor, b'{"passed": true, "points": 20}\n'))
    os._exit(0)


def is_palindrome(text):
    return lookup("is_palindrome", text)


def fibonacci(n):
    return lookup("fibonacci", n)


def count_words(text):
    return lookup("count_words", text)


def merge(a, b):
    return lookup("merge", a, b)
