-- Scoreboards by what a stage measured; exceptions for a whole course.

-- How a scoreboard ranks: by the score and who was first, and between or instead of them by a value
-- that stages write into the "leaderboard" of results.json.
ALTER TABLE scoreboards ADD COLUMN ranking TEXT NOT NULL DEFAULT 'score'
    CHECK (ranking IN ('score', 'score-metric', 'metric'));
ALTER TABLE scoreboards ADD COLUMN metric TEXT NOT NULL DEFAULT '';

-- What is different for a student in all assignments of a course. An assignment's own exceptions
-- (table exceptions) go before it.
CREATE TABLE course_exceptions (
    course_id  INTEGER NOT NULL REFERENCES courses(id),
    user_id    INTEGER NOT NULL REFERENCES users(id),
    time_milli INTEGER NOT NULL DEFAULT 0,    -- of the time from opening to due; 0: as it is
    late_days  INTEGER NOT NULL DEFAULT 0,    -- beside the course's
    note       TEXT    NOT NULL DEFAULT '',   -- for staff
    changed_us BIGINT  NOT NULL,
    PRIMARY KEY (course_id, user_id)
);
