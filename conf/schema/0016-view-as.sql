-- Seeing a course as one of its students sees it (model/view_as.h); NULL: as oneself.
ALTER TABLE sessions ADD COLUMN viewing_user_id INTEGER REFERENCES users(id);
ALTER TABLE sessions ADD COLUMN viewing_course_id INTEGER REFERENCES courses(id);
ALTER TABLE sessions ADD COLUMN viewing_since_us BIGINT;
