-- The gradebook: what the grade of a course is made of, and what people set beside what was measured.

CREATE TABLE grade_categories (
    id          INTEGER PRIMARY KEY,
    course_id   INTEGER NOT NULL REFERENCES courses(id),
    name        TEXT    NOT NULL,
    weight      BIGINT  NOT NULL,                -- thousandths
    drop_lowest INTEGER NOT NULL,                -- how many of its columns, each student's lowest
    UNIQUE (course_id, name)
);

-- A column: an assignment's, as soon as something of it is not by default, or one that people fill in.
CREATE TABLE grade_columns (
    id            INTEGER PRIMARY KEY,
    course_id     INTEGER NOT NULL REFERENCES courses(id),
    assignment_id INTEGER UNIQUE REFERENCES assignments(id), -- NULL: filled in by people
    title         TEXT,                          -- of one that people fill in
    worth         BIGINT,                        -- points; NULL: as many as the stages and the rubric give
    category_id   INTEGER REFERENCES grade_categories(id),
    is_extra      INTEGER NOT NULL DEFAULT 0,    -- adds points, and is not among those to be had
    is_left_out   INTEGER NOT NULL DEFAULT 0,    -- shown, and not in the total
    CHECK ((assignment_id IS NULL) <> (title IS NULL)),
    UNIQUE (course_id, title)
);

CREATE TABLE grade_cells (
    column_id  INTEGER NOT NULL REFERENCES grade_columns(id),
    user_id    INTEGER NOT NULL REFERENCES users(id),
    points     BIGINT,                           -- in place of what was measured; NULL: as that is
    adjustment BIGINT  NOT NULL,
    reason     TEXT    NOT NULL,
    is_excused INTEGER NOT NULL,                 -- not in this student's total
    revision   INTEGER NOT NULL,                 -- grows with each save: of two at once the second is told
    PRIMARY KEY (column_id, user_id)
);
