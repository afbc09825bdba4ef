-- Who left a course is dropped, not deleted: work and grades stay, and they can come back.
ALTER TABLE enrolments ADD COLUMN dropped_us BIGINT;                 -- NULL: in the course
-- The columns of an imported list that mean nothing to us: a JSON object, kept for the export.
ALTER TABLE enrolments ADD COLUMN extra TEXT NOT NULL DEFAULT '{}';

-- The code by which users enrol themselves (model/enrol_code.h), and who typed wrong ones.
CREATE TABLE enrol_codes (
    course_id  INTEGER PRIMARY KEY REFERENCES courses(id),
    code       TEXT    NOT NULL UNIQUE,
    section    TEXT    NOT NULL,
    expires_us BIGINT  NOT NULL
);
CREATE TABLE enrol_guesses (
    user_id  INTEGER PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE,
    wrong    INTEGER NOT NULL,
    since_us BIGINT  NOT NULL
);
