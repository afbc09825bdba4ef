-- Receipts and scoreboards.

-- What a receipt says beside the files, as it was first given out: it stays the same when the site's
-- name, the course's zone or the key changes (model/receipts.h).
CREATE TABLE receipts (
    submission_id INTEGER PRIMARY KEY REFERENCES submissions(id),
    head          TEXT NOT NULL,
    key_id        TEXT NOT NULL,
    signature     TEXT NOT NULL                  -- base64
);

-- Assignments with a scoreboard; one without a row has none.
CREATE TABLE scoreboards (
    assignment_id INTEGER PRIMARY KEY REFERENCES assignments(id),
    names         TEXT NOT NULL CHECK (names IN ('names', 'pseudonyms'))
);

-- Who does not want to be seen on the scoreboards of a course.
CREATE TABLE scoreboard_hidden (
    course_id INTEGER NOT NULL REFERENCES courses(id),
    user_id   INTEGER NOT NULL REFERENCES users(id),
    PRIMARY KEY (course_id, user_id)
);
