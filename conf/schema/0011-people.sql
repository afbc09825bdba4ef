-- Who left a course is dropped, not deleted: work and grades stay, and they can come back.
ALTER TABLE enrolments ADD COLUMN dropped_us BIGINT;                 -- NULL: in the course
-- The columns of an imported list that mean nothing to us: a JSON object, kept for the export.
ALTER TABLE enrolments ADD COLUMN extra TEXT NOT NULL DEFAULT '{}';
