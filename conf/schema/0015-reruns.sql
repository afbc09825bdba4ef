-- Reruns as proposals: many submissions are baked with a version behind students' work, compared
-- with what they have, and applied, dropped or undone as one (model/reruns.h).

-- Of a stand-in, which a proposal bakes (a submission of assignment 0, as those of self-checks): the
-- submission whose name, attempt and number its stages are told.
ALTER TABLE submissions ADD COLUMN stands_for INTEGER REFERENCES submissions(id);

CREATE TABLE reruns (
    id            INTEGER PRIMARY KEY,
    assignment_id INTEGER NOT NULL REFERENCES assignments(id),
    number        INTEGER NOT NULL,              -- of the assignment, as in its address
    version_id    INTEGER NOT NULL REFERENCES versions(id),
    source_id     INTEGER NOT NULL REFERENCES assignments(id),  -- whose submissions; another's: a trial
    scope         TEXT    NOT NULL CHECK (scope IN
                      ('all', 'latest', 'best', 'counted', 'troubled', 'student', 'section')),
    section       TEXT    NOT NULL,              -- of scope 'section', else ''
    user_id       INTEGER REFERENCES users(id),  -- of scope 'student'
    bakes         INTEGER NOT NULL CHECK (bakes IN (1, 2)),
    state         TEXT    NOT NULL CHECK (state IN ('open', 'applied', 'dropped', 'undone')),
    policy        TEXT    CHECK (policy IN ('replace', 'never-lower')),  -- by which it was applied
    author_id     INTEGER NOT NULL REFERENCES users(id),
    created_us    BIGINT  NOT NULL,
    closed_by     INTEGER REFERENCES users(id),  -- who applied, dropped or undid it last
    closed_us     BIGINT,
    UNIQUE (assignment_id, number)
);

CREATE TABLE rerun_entries (
    rerun_id       INTEGER NOT NULL REFERENCES reruns(id),
    submission_id  INTEGER NOT NULL REFERENCES submissions(id),
    standin_id     INTEGER REFERENCES submissions(id),
    second_id      INTEGER REFERENCES submissions(id),  -- the same again: do both get the same?
    before_run_id  INTEGER REFERENCES runs(id),  -- the newest when the proposal was made; NULL: none
    applied_run_id INTEGER REFERENCES runs(id),  -- the stand-in's run, which became the submission's
    is_undone      INTEGER NOT NULL DEFAULT 0,   -- ... and is the stand-in's again
    PRIMARY KEY (rerun_id, submission_id)
);
