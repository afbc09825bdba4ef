include tests/unit/local.mk
EXTRA_DIST += tests/lint tests/run tools/build.sh tools/deps.sh tools/engine.sh \
	tools/first-submission.py tools/site.sh tools/test.sh
