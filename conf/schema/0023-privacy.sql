-- Privacy: what one person may have back or taken out, and how long a course's work is kept.

ALTER TABLE users ADD COLUMN erased_us BIGINT;                       -- NULL: not; else who it was is gone

-- The files and texts of a submission are gone since; NULL: they are there. Its tree is the empty one.
ALTER TABLE submissions ADD COLUMN removed_us BIGINT;
ALTER TABLE submissions ADD COLUMN removed_by TEXT;                  -- 'retention', 'erasure'

-- How long the work of a course is kept after its end, as httpd's configuration said at its last
-- start (model/retention.h). '*': of every course that is not named.
CREATE TABLE retention_rules (
    course TEXT    PRIMARY KEY,
    days   INTEGER NOT NULL                                          -- 0: for ever
);
ALTER TABLE courses ADD COLUMN removed_us BIGINT;                    -- when its rule was applied last

-- Does anything still name this tree, or this object?
CREATE INDEX submissions_of_tree ON submissions(tree_id);
CREATE INDEX versions_of_tree ON versions(tree_id);
CREATE INDEX assignments_of_reference ON assignments(reference_tree_id) WHERE reference_tree_id IS NOT NULL;
CREATE INDEX checks_of_reference ON checks(reference_tree_id);
CREATE INDEX tree_entries_of_object ON tree_entries(object) WHERE object IS NOT NULL;
-- What a person did, for their export and their erasure.
CREATE INDEX runs_ended_by ON runs(ended_by) WHERE ended_by IS NOT NULL;
CREATE INDEX submissions_standing_in ON submissions(stands_for) WHERE stands_for IS NOT NULL;
CREATE INDEX versions_of_author ON versions(author_id);
CREATE INDEX feedback_of_grader ON feedback(grader_id);
CREATE INDEX line_comments_of_author ON line_comments(author_id);
CREATE INDEX regrade_messages_of_author ON regrade_messages(author_id);
CREATE INDEX grade_cells_of_user ON grade_cells(user_id);
CREATE INDEX sync_grades_of_user ON sync_grades(user_id);
CREATE INDEX reruns_of_author ON reruns(author_id);
CREATE INDEX reruns_closed_by ON reruns(closed_by) WHERE closed_by IS NOT NULL;

-- The chain of the audit log is one over digests of what the entries say, so that an entry's text can
-- be taken out and the chain stays whole (model/audit.h). Of an entry from before, both are NULL.
ALTER TABLE audit ADD COLUMN salt TEXT;                              -- of what it says now
ALTER TABLE audit ADD COLUMN digest TEXT;                            -- of what it said when it was written
-- What was taken out of which entries: the digest of what is left, confirmed by the entry `by_sequence`.
CREATE TABLE audit_redactions (
    id          INTEGER PRIMARY KEY,
    sequence    BIGINT NOT NULL,
    digest      TEXT   NOT NULL,
    by_sequence BIGINT NOT NULL
);
CREATE INDEX audit_redactions_of_entry ON audit_redactions(sequence, id);
CREATE INDEX audit_redactions_by_entry ON audit_redactions(by_sequence, id);
