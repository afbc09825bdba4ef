-- The rules of an assignment (model/policy.h), what is different for whom, and what follows from
-- both for each submission.

-- What each student of the course may be late in all, in days.
ALTER TABLE courses ADD COLUMN late_days INTEGER NOT NULL DEFAULT 0;

ALTER TABLE assignments ADD COLUMN opens_us BIGINT;                              -- NULL: at once
ALTER TABLE assignments ADD COLUMN closes_us BIGINT;                             -- NULL: never
ALTER TABLE assignments ADD COLUMN late_rule TEXT NOT NULL DEFAULT 'free';       -- free, day, hour, fixed, budget
ALTER TABLE assignments ADD COLUMN late_milli INTEGER NOT NULL DEFAULT 0;        -- thousandths of the score
ALTER TABLE assignments ADD COLUMN late_max_milli INTEGER NOT NULL DEFAULT 1000;
ALTER TABLE assignments ADD COLUMN grace_minutes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE assignments ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;          -- 0: no limit
ALTER TABLE assignments ADD COLUMN refill_minutes INTEGER NOT NULL DEFAULT 0;    -- for one attempt; 0: none comes back
ALTER TABLE assignments ADD COLUMN counting TEXT NOT NULL DEFAULT 'last';        -- last, best, ontime, chosen

-- Of one student or of a section.
CREATE TABLE exceptions (
    id                INTEGER PRIMARY KEY,
    assignment_id     INTEGER NOT NULL REFERENCES assignments(id),
    user_id           INTEGER REFERENCES users(id),
    section           TEXT,
    extension_days    INTEGER NOT NULL DEFAULT 0,
    extension_minutes INTEGER NOT NULL DEFAULT 0,
    time_milli        INTEGER NOT NULL DEFAULT 0,    -- of the time from opening to due; 0: as it is
    extra_attempts    INTEGER NOT NULL DEFAULT 0,
    note              TEXT    NOT NULL DEFAULT '',   -- for staff
    changed_us        BIGINT  NOT NULL,
    CHECK ((user_id IS NULL) <> (section IS NULL))
);
CREATE INDEX exceptions_of_assignment ON exceptions(assignment_id);
CREATE UNIQUE INDEX exceptions_of_user ON exceptions(assignment_id, user_id) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX exceptions_of_section ON exceptions(assignment_id, section) WHERE section IS NOT NULL;

-- What the rules say of it, kept here so that lists of a whole course need not ask them again; set
-- anew in the transaction that changes anything it depends on.
ALTER TABLE submissions ADD COLUMN counts INTEGER NOT NULL DEFAULT 0;            -- 1: of its student and assignment
ALTER TABLE submissions ADD COLUMN penalty_milli INTEGER NOT NULL DEFAULT 0;     -- of the score
ALTER TABLE submissions ADD COLUMN late_days INTEGER NOT NULL DEFAULT 0;         -- used up to this one
ALTER TABLE submissions ADD COLUMN is_chosen INTEGER NOT NULL DEFAULT 0;         -- by the student

UPDATE submissions SET counts = 1 WHERE attempt =
    (SELECT max(n.attempt) FROM submissions n
      WHERE n.assignment_id = submissions.assignment_id AND n.user_id = submissions.user_id);
CREATE UNIQUE INDEX submissions_counted ON submissions(assignment_id, user_id) WHERE counts = 1;

-- Its "main" could not be run at all: not the student's fault, whatever they handed in.
ALTER TABLE run_stages ADD COLUMN is_broken INTEGER NOT NULL DEFAULT 0;
