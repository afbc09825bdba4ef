include tests/unit/local.mk
include tests/hostile/local.mk
EXTRA_DIST += tests/lint tests/run tools/build.sh tools/deps.sh tools/engine.sh \
	tools/first-submission.py tools/site.sh tools/test.sh
# Each folder's tests; those of the executor and the oven stand in their own local.mk.
EXTRA_DIST += tests/grading/demo_test.py \
	tests/grading/hostile_test.py tests/web/grading_test.py tests/web/harness.py \
	tests/web/hostile_test.py tests/web/pages_test.py \
	tests/browser/flows.test.mjs tests/browser/harness.mjs tests/browser/package-lock.json \
	tests/browser/package.json tests/browser/pages.test.mjs tests/browser/site.py
