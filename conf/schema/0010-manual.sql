-- Grading by people: rules, a rubric, feedback, comments on lines, requests to look again.

-- Of an assignment; no row: all by default (not blind, no maximum, shown when done, no requests).
CREATE TABLE grading_rules (
    assignment_id INTEGER PRIMARY KEY REFERENCES assignments(id),
    max_points    BIGINT,                        -- NULL: the manual score has no bounds
    is_blind      INTEGER NOT NULL,
    blind_key     TEXT    NOT NULL,              -- of the pseudonyms: random, never shown
    release_rule  TEXT    NOT NULL CHECK (release_rule IN ('done', 'date', 'button')),
    release_us    BIGINT,                        -- the date, or when the button was pressed
    regrade_days  INTEGER                        -- after the release; NULL: no requests
);

CREATE TABLE rubric_items (
    id            INTEGER PRIMARY KEY,
    assignment_id INTEGER NOT NULL REFERENCES assignments(id),
    heading       TEXT    NOT NULL,              -- the group it stands in; '': none
    title         TEXT    NOT NULL,
    description   TEXT    NOT NULL,
    points        BIGINT  NOT NULL,              -- thousandths; may be negative
    is_retired    INTEGER NOT NULL DEFAULT 0     -- not offered any more, kept where it is ticked
);
CREATE INDEX rubric_items_of_assignment ON rubric_items(assignment_id, heading, id);

-- What people say of a submission as a whole. No row: nobody has begun.
CREATE TABLE feedback (
    submission_id INTEGER PRIMARY KEY REFERENCES submissions(id),
    assignment_id INTEGER NOT NULL REFERENCES assignments(id),
    revision      INTEGER NOT NULL,              -- grows with each save: of two at once the second is told
    is_done       INTEGER NOT NULL,
    adjustment    BIGINT  NOT NULL,
    reason        TEXT    NOT NULL,
    comment       TEXT    NOT NULL,              -- Markdown
    grader_id     INTEGER NOT NULL REFERENCES users(id),
    changed_us    BIGINT  NOT NULL,
    done_us       BIGINT                         -- when it was first done
);
CREATE INDEX feedback_of_assignment ON feedback(assignment_id);
CREATE TABLE feedback_items (
    submission_id INTEGER NOT NULL REFERENCES feedback(submission_id),
    item_id       INTEGER NOT NULL REFERENCES rubric_items(id),
    PRIMARY KEY (submission_id, item_id)
);
CREATE INDEX feedback_items_of_item ON feedback_items(item_id);

CREATE TABLE line_comments (
    id            INTEGER PRIMARY KEY,
    submission_id INTEGER NOT NULL REFERENCES submissions(id),
    assignment_id INTEGER NOT NULL REFERENCES assignments(id),
    path          TEXT    NOT NULL,
    line          INTEGER NOT NULL,
    author_id     INTEGER NOT NULL REFERENCES users(id),
    text          TEXT    NOT NULL,              -- Markdown
    created_us    BIGINT  NOT NULL
);
CREATE INDEX line_comments_of_submission ON line_comments(submission_id, path, line);
CREATE INDEX line_comments_of_assignment ON line_comments(assignment_id, id);

CREATE TABLE regrades (
    submission_id INTEGER PRIMARY KEY REFERENCES submissions(id),
    assignment_id INTEGER NOT NULL REFERENCES assignments(id),
    state         TEXT    NOT NULL CHECK (state IN ('open', 'answered', 'accepted', 'declined')),
    opened_us     BIGINT  NOT NULL,
    changed_us    BIGINT  NOT NULL
);
CREATE INDEX regrades_of_assignment ON regrades(assignment_id, state);
CREATE TABLE regrade_messages (
    id            INTEGER PRIMARY KEY,
    submission_id INTEGER NOT NULL REFERENCES regrades(submission_id),
    author_id     INTEGER NOT NULL REFERENCES users(id),
    text          TEXT    NOT NULL,              -- Markdown
    created_us    BIGINT  NOT NULL
);
CREATE INDEX regrade_messages_of_submission ON regrade_messages(submission_id, id);
