-- Authoring: what kind of archive a version came as, the reference solution, and self-checks.

ALTER TABLE versions ADD COLUMN archive TEXT NOT NULL DEFAULT 'zip';       -- 'zip', 'tar', 'tar.gz', 'tar.xz'
ALTER TABLE assignments ADD COLUMN reference_tree_id INTEGER REFERENCES trees(id);

-- What a self-check bakes are submissions of an assignment that is in no course: nothing that asks
-- by course or by assignment (lists, counts, grades) ever meets them. No name that a person can give
-- holds a '/', so there is no address that leads here.
INSERT INTO courses (id, name, title, zone, created_us) VALUES (0, '/checks', 'Self-checks', 'UTC', 0);
INSERT INTO assignments (id, course_id, name, title, created_us) VALUES (0, 0, '/checks', 'Self-checks', 0);

CREATE TABLE checks (
    id                INTEGER PRIMARY KEY,
    assignment_id     INTEGER NOT NULL REFERENCES assignments(id),
    version_id        INTEGER NOT NULL REFERENCES versions(id),
    reference_tree_id INTEGER NOT NULL REFERENCES trees(id),
    reference_id      INTEGER NOT NULL REFERENCES submissions(id),         -- the two that were baked
    empty_id          INTEGER NOT NULL REFERENCES submissions(id),
    created_us        BIGINT  NOT NULL
);
CREATE INDEX checks_of_assignment ON checks(assignment_id, id);
