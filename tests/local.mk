include tests/unit/local.mk
include tests/hostile/local.mk
include tests/fuzz/local.mk
EXTRA_DIST += tests/lint tests/plans.py tests/run tools/build.sh tools/deps.sh tools/engine.sh \
	tools/first-submission.py tools/site.sh tools/test.sh
# Each folder's tests; those of the executor and the oven stand in their own local.mk.
EXTRA_DIST += tests/fault/README.md tests/fault/fault_site.py tests/fault/faults.py \
	tests/fault/injuries.py tests/fault/invariants.py tests/fault/private_engine.py \
	tests/fault/processes.py tests/fault/students.py
EXTRA_DIST += tests/grading/demo_test.py tests/grading/fault_test.py tests/grading/hostile_test.py \
	tests/web/audit_test.py tests/web/authoring_test.py tests/web/copy_test.py tests/web/doctor_test.py \
	tests/web/engines_test.py tests/web/gradebook_test.py tests/web/grading_test.py tests/web/harness.py \
	tests/web/hostile_test.py tests/web/login_test.py tests/web/manual_test.py tests/web/pack.py tests/web/privacy_test.py \
	tests/web/mended_test.py tests/web/pages_test.py tests/web/people_test.py tests/web/policy_test.py tests/web/course_exceptions_test.py tests/web/queue_test.py tests/web/receipts_test.py \
	tests/web/replay_test.py tests/web/reruns_test.py tests/web/results_test.py tests/web/scoreboard_test.py tests/web/statistics_test.py tests/web/view_as_test.py tests/web/sync_test.py tests/web/team_test.py tests/web/tokens_test.py tests/web/rates_test.py tests/web/defence_test.py tests/web/world.py tests/sanitize.py tests/web/remote_test.py tests/web/provider_test.py \
	tests/bench/README.md tests/bench/bench_site.py tests/bench/contestants.py tests/bench/cpu.py \
	tests/bench/grading tests/bench/measures.py tests/bench/report.py \
	tests/browser/authoring.test.mjs tests/browser/flows.test.mjs tests/browser/grading.test.mjs tests/browser/harness.mjs tests/browser/package-lock.json \
	tests/browser/package.json tests/browser/pages.test.mjs tests/browser/privacy.test.mjs tests/browser/provider.mjs tests/browser/remote.test.mjs tests/browser/remote_site.py tests/browser/queue.test.mjs tests/browser/site.py
