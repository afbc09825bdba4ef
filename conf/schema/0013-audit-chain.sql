-- The audit log is a chain: each entry's hash covers the hash before it (model/audit.h). Entries from
-- before this migration have no place in it.
ALTER TABLE audit ADD COLUMN sequence BIGINT;
ALTER TABLE audit ADD COLUMN hash TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX audit_in_sequence ON audit(sequence) WHERE sequence IS NOT NULL;

-- Where the chain ends; the row also lets one at a time append.
CREATE TABLE audit_head (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    sequence BIGINT NOT NULL,
    hash     TEXT   NOT NULL
);
INSERT INTO audit_head (id, sequence, hash) VALUES (1, 0, '');
