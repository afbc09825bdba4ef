-- The fair queue, the three outcomes of a run, and what a grade was made with.

-- Courses take turns. "pass" is how far a course has come: it grows with every run that starts, the
-- less the heavier the course, and the one that has come least far is next.
ALTER TABLE courses ADD COLUMN weight INTEGER NOT NULL DEFAULT 1;
ALTER TABLE courses ADD COLUMN pass BIGINT NOT NULL DEFAULT 0;
ALTER TABLE courses ADD COLUMN is_paused INTEGER NOT NULL DEFAULT 0;

-- One row: may runs start at all?
CREATE TABLE queue (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    is_drained INTEGER NOT NULL
);
INSERT INTO queue (id, is_drained) VALUES (1, 0);

-- What a run's turn depends on stands in its own row, so that finding the next one is cheap.
ALTER TABLE runs ADD COLUMN course_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN assignment_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN user_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN precedence INTEGER NOT NULL DEFAULT 1;  -- 0: before its course's others, 1: a student waits, 2: a rerun
ALTER TABLE runs ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;        -- how many recent runs the student had before
ALTER TABLE runs ADD COLUMN since_us BIGINT NOT NULL DEFAULT 0;     -- its place among those of the same turn
ALTER TABLE runs ADD COLUMN ended_by TEXT;                          -- who cancelled it; '*superseded': a newer submission
ALTER TABLE runs ADD COLUMN outcome TEXT;                           -- of a finished one: 'graded', 'ungradable'

-- What a finished run was made with.
ALTER TABLE runs ADD COLUMN image TEXT;
ALTER TABLE runs ADD COLUMN limits TEXT;
ALTER TABLE runs ADD COLUMN executor TEXT;
ALTER TABLE runs ADD COLUMN oven TEXT;
ALTER TABLE runs ADD COLUMN engine TEXT;

UPDATE runs SET
    since_us = queued_us,
    precedence = CASE WHEN reason = 'rerun' THEN 2 ELSE 1 END,
    outcome = CASE WHEN state = 'finished' THEN 'graded' END,
    user_id = (SELECT s.user_id FROM submissions s WHERE s.id = runs.submission_id),
    assignment_id = (SELECT s.assignment_id FROM submissions s WHERE s.id = runs.submission_id),
    course_id = (SELECT a.course_id FROM submissions s JOIN assignments a ON a.id = s.assignment_id
                 WHERE s.id = runs.submission_id);

DROP INDEX runs_queued;
CREATE INDEX runs_queued ON runs(course_id, precedence, turn, since_us, id) WHERE state = 'queued';
CREATE INDEX runs_waiting ON runs(user_id, assignment_id) WHERE state = 'queued';
-- One at a time: two clicks at once do not grade it twice.
CREATE UNIQUE INDEX runs_live ON runs(submission_id) WHERE state IN ('queued', 'running');
-- Not by course first: SQLite would take it for what the small indexes above are for.
CREATE INDEX runs_of_student ON runs(user_id, course_id, queued_us);
CREATE INDEX runs_troubled ON runs(course_id, assignment_id) WHERE state = 'failed' OR outcome = 'ungradable';

-- How long a run of it takes, in microseconds: a mean in which the last ones weigh most.
ALTER TABLE assignments ADD COLUMN run_us BIGINT;

ALTER TABLE executors ADD COLUMN slots INTEGER NOT NULL DEFAULT 1;

-- What a student handed in last, over all courses: the dashboard.
CREATE INDEX submissions_of_user ON submissions(user_id);
