-- Exchanges with the institution's database (model/sync.h).
CREATE TABLE sync_runs (
    id           INTEGER PRIMARY KEY,
    course_id    INTEGER NOT NULL REFERENCES courses(id),
    is_scheduled INTEGER NOT NULL,               -- begun by the executor, not by hand
    started_us   BIGINT  NOT NULL,
    ended_us     BIGINT,                         -- NULL: it runs, or was killed
    is_ok        INTEGER NOT NULL DEFAULT 0,
    summary      TEXT    NOT NULL DEFAULT '',    -- for staff: names nobody
    detail       TEXT    NOT NULL DEFAULT ''     -- for admins: what the database said
);
CREATE INDEX sync_runs_of_course ON sync_runs(course_id, started_us);

-- What was written there last, so that only what has changed is written again.
CREATE TABLE sync_grades (
    assignment_id INTEGER NOT NULL REFERENCES assignments(id),
    user_id       INTEGER NOT NULL REFERENCES users(id),
    digest        TEXT    NOT NULL,              -- of the statement and its values
    score         TEXT    NOT NULL,              -- as it was written
    written_us    BIGINT  NOT NULL,
    PRIMARY KEY (assignment_id, user_id)
);
