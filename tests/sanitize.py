"""What the sanitizers of the build under test are told. GRADEOVEN_STRICT (./bootstrap test-sanitize) asks for the
checks that cost more: stacks that are used after their return, strings that go on beyond their end, the order in which
globals are made, and, of programs that end by themselves, leaks. httpd is not looked at for leaks: its pools and those
of its other modules live until the process is gone."""
import os

STRICT = "strict_string_checks=1:detect_stack_use_after_return=1:check_initialization_order=1:strict_init_order=1"


def options(leaks=False):
    """For the environment of a process."""
    strict = bool(os.environ.get("GRADEOVEN_STRICT"))
    asan = f"detect_leaks={int(strict and leaks)}:abort_on_error=1:handle_segv=1"
    return {"ASAN_OPTIONS": f"{asan}:{STRICT}" if strict else asan,
            "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1"}
