-- The store. Times are microseconds since 1970 (UTC); scores are thousandths of a point.

CREATE TABLE users (
    id            INTEGER PRIMARY KEY,
    username      TEXT    NOT NULL UNIQUE,
    display_name  TEXT    NOT NULL DEFAULT '',
    email         TEXT    NOT NULL DEFAULT '',
    password_hash TEXT,                          -- NULL: no login by password
    is_admin      INTEGER NOT NULL DEFAULT 0,
    may_teach     INTEGER NOT NULL DEFAULT 0,    -- may make courses
    is_disabled   INTEGER NOT NULL DEFAULT 0,
    created_us    BIGINT  NOT NULL
);

CREATE TABLE sessions (
    token_hash TEXT    PRIMARY KEY,              -- SHA-256 of the cookie's token, in hex
    user_id    INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    csrf       TEXT    NOT NULL,
    created_us BIGINT  NOT NULL,
    seen_us    BIGINT  NOT NULL,
    address    TEXT    NOT NULL,
    agent      TEXT    NOT NULL
);
CREATE INDEX sessions_of_user ON sessions(user_id);

CREATE TABLE courses (
    id         INTEGER PRIMARY KEY,
    name       TEXT   NOT NULL UNIQUE,           -- as in its address
    title      TEXT   NOT NULL,
    zone       TEXT   NOT NULL,                  -- IANA time zone
    created_us BIGINT NOT NULL
);

CREATE TABLE enrolments (
    course_id  INTEGER NOT NULL REFERENCES courses(id),
    user_id    INTEGER NOT NULL REFERENCES users(id),
    role       TEXT    NOT NULL CHECK (role IN ('instructor', 'grader', 'student')),
    created_us BIGINT  NOT NULL,
    PRIMARY KEY (course_id, user_id)
);
CREATE INDEX enrolments_of_user ON enrolments(user_id);

-- The files of a submission or of an assignment version: immutable, shared when they are the same.
CREATE TABLE trees (
    id      INTEGER PRIMARY KEY,
    digest  TEXT    NOT NULL UNIQUE,             -- SHA-256 of the sorted list of entries
    files   INTEGER NOT NULL,
    bytes   BIGINT  NOT NULL
);
CREATE TABLE tree_entries (
    tree_id       INTEGER NOT NULL REFERENCES trees(id),
    path          TEXT    NOT NULL,
    is_directory  INTEGER NOT NULL,
    is_executable INTEGER NOT NULL,
    size          BIGINT  NOT NULL,
    object        TEXT,                          -- SHA-256 of the content; NULL for a directory
    PRIMARY KEY (tree_id, path)
);

CREATE TABLE assignments (
    id           INTEGER PRIMARY KEY,
    course_id    INTEGER NOT NULL REFERENCES courses(id),
    name         TEXT    NOT NULL,
    title        TEXT    NOT NULL,
    description  TEXT    NOT NULL DEFAULT '',    -- Markdown
    due_us       BIGINT,                         -- NULL: no due date
    is_published INTEGER NOT NULL DEFAULT 0,
    version_id   BIGINT,                         -- the version that grades; set with the first one
    created_us   BIGINT  NOT NULL,
    UNIQUE (course_id, name)
);

CREATE TABLE versions (
    id            INTEGER PRIMARY KEY,
    assignment_id INTEGER NOT NULL REFERENCES assignments(id),
    number        INTEGER NOT NULL,
    tree_id       INTEGER NOT NULL REFERENCES trees(id),
    author_id     INTEGER REFERENCES users(id),
    note          TEXT    NOT NULL DEFAULT '',
    created_us    BIGINT  NOT NULL,
    UNIQUE (assignment_id, number)
);
CREATE TABLE version_stages (
    version_id      INTEGER NOT NULL REFERENCES versions(id),
    position        INTEGER NOT NULL,
    name            TEXT    NOT NULL,
    description     TEXT,
    is_trusted      INTEGER NOT NULL,
    timeout_seconds INTEGER NOT NULL,
    memory_mb       INTEGER NOT NULL,
    stop_on_failure INTEGER NOT NULL,
    PRIMARY KEY (version_id, position)
);

CREATE TABLE submissions (
    id            INTEGER PRIMARY KEY,
    assignment_id INTEGER NOT NULL REFERENCES assignments(id),
    user_id       INTEGER NOT NULL REFERENCES users(id),
    number        INTEGER NOT NULL,              -- of the assignment, as in its address
    attempt       INTEGER NOT NULL,              -- of this student for this assignment
    tree_id       INTEGER NOT NULL REFERENCES trees(id),
    is_late       INTEGER NOT NULL,
    once          TEXT    NOT NULL,              -- the form it came from: a second click finds it
    address       TEXT    NOT NULL,
    created_us    BIGINT  NOT NULL,
    UNIQUE (assignment_id, number),
    UNIQUE (assignment_id, user_id, attempt),
    UNIQUE (assignment_id, user_id, once)
);

CREATE TABLE runs (
    id             INTEGER PRIMARY KEY,
    submission_id  INTEGER NOT NULL REFERENCES submissions(id),
    version_id     INTEGER NOT NULL REFERENCES versions(id),
    reason         TEXT    NOT NULL,             -- submit, rerun
    state          TEXT    NOT NULL CHECK (state IN
                       ('queued', 'running', 'finished', 'failed', 'cancelled')),
    queued_us      BIGINT  NOT NULL,
    start_us       BIGINT  NOT NULL,             -- not before: the back-off after a failure of ours
    started_us     BIGINT,
    finished_us    BIGINT,
    attempts       INTEGER NOT NULL DEFAULT 0,
    lease          TEXT,                         -- the token of whoever bakes it
    holder         TEXT,                         -- which executor that is
    lease_until_us BIGINT,
    revision       BIGINT  NOT NULL DEFAULT 1,
    stage          INTEGER NOT NULL DEFAULT -1,
    earned         BIGINT,
    possible       BIGINT,
    done           BIGINT,
    total          BIGINT,
    status         TEXT    NOT NULL DEFAULT '',
    errors         TEXT    NOT NULL DEFAULT '',
    debug          TEXT    NOT NULL DEFAULT '',
    problem        TEXT
);
CREATE INDEX runs_of_submission ON runs(submission_id, id);
CREATE INDEX runs_queued ON runs(queued_us, id) WHERE state = 'queued';
CREATE INDEX runs_leased ON runs(lease_until_us) WHERE state = 'running';

CREATE TABLE run_stages (
    run_id      INTEGER NOT NULL REFERENCES runs(id),
    position    INTEGER NOT NULL,
    name        TEXT    NOT NULL,
    exit_code   INTEGER NOT NULL,
    signal      INTEGER NOT NULL,
    timed_out   INTEGER NOT NULL,
    wall_ms     BIGINT  NOT NULL,
    cpu_ms      BIGINT  NOT NULL,
    max_rss_kib BIGINT  NOT NULL,
    console     TEXT    NOT NULL,
    problem     TEXT,
    PRIMARY KEY (run_id, position)
);

-- What each executor last said of itself.
CREATE TABLE executors (
    holder      TEXT    PRIMARY KEY,
    warm        INTEGER NOT NULL,
    baking      INTEGER NOT NULL,
    trouble     TEXT,
    reported_us BIGINT  NOT NULL
);

-- The tuple store (store.h): keys are encoded so that they sort like the tuples they stand for.
CREATE TABLE tuples (
    tuple_key   BLOB PRIMARY KEY,
    tuple_value BLOB NOT NULL
);
