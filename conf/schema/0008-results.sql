-- The results of single tests, when a stage wrote them (model/results.h).
CREATE TABLE run_results (
    run_id            INTEGER PRIMARY KEY REFERENCES runs(id),
    source            TEXT    NOT NULL,          -- results.json, junit.xml
    output            TEXT    NOT NULL,
    output_visibility TEXT    NOT NULL           -- visible, hidden, after_due_date, after_published
);
CREATE TABLE run_tests (
    run_id     INTEGER NOT NULL REFERENCES runs(id),
    position   INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    number     TEXT    NOT NULL,
    status     TEXT    NOT NULL,                 -- passed, failed, skipped, error; '': none was said
    score      BIGINT,
    max_score  BIGINT,
    output     TEXT    NOT NULL,
    tags       TEXT    NOT NULL,                 -- one a line
    visibility TEXT    NOT NULL,
    PRIMARY KEY (run_id, position)
);
-- What a stage says for a scoreboard.
CREATE TABLE run_leaderboard (
    run_id       INTEGER NOT NULL REFERENCES runs(id),
    position     INTEGER NOT NULL,
    name         TEXT    NOT NULL,
    value        TEXT    NOT NULL,               -- as it was written
    milli        BIGINT,                         -- the same in thousandths, if it is a number
    is_ascending INTEGER NOT NULL,               -- the lowest is best
    PRIMARY KEY (run_id, position)
);

-- Have staff released what is visible "after_published"?
ALTER TABLE assignments ADD COLUMN results_published INTEGER NOT NULL DEFAULT 0;
