-- Teams of an assignment: who hands in together. An assignment without rules has none.
CREATE TABLE team_rules (
    assignment_id INTEGER PRIMARY KEY REFERENCES assignments(id),
    size          INTEGER NOT NULL,              -- the most members
    formed_by     TEXT    NOT NULL CHECK (formed_by IN ('students', 'staff'))
);
CREATE TABLE teams (
    id            INTEGER PRIMARY KEY,
    assignment_id INTEGER NOT NULL REFERENCES assignments(id),
    name          TEXT    NOT NULL,
    created_us    BIGINT  NOT NULL,
    changed_us    BIGINT  NOT NULL,
    handed_us     BIGINT,                        -- when it first handed in; from then on only staff change it
    UNIQUE (assignment_id, name)
);
CREATE TABLE team_members (
    assignment_id INTEGER NOT NULL REFERENCES assignments(id),
    team_id       INTEGER NOT NULL REFERENCES teams(id),
    user_id       INTEGER NOT NULL REFERENCES users(id),
    state         TEXT    NOT NULL CHECK (state IN ('invited', 'member')),
    changed_us    BIGINT  NOT NULL,
    PRIMARY KEY (team_id, user_id)
);
-- In one team of an assignment at most, whatever happens at once; invitations may be many.
CREATE UNIQUE INDEX team_of_user ON team_members(assignment_id, user_id) WHERE state = 'member';
CREATE INDEX team_members_of_user ON team_members(assignment_id, user_id);

-- A submission counts for each member of the team by a row of their own, with what the rules say to
-- them. What was handed in is graded once: this is the row that has its runs, feedback, comments and
-- requests. NULL: it is this row.
ALTER TABLE submissions ADD COLUMN graded_id INTEGER REFERENCES submissions(id);
CREATE INDEX submissions_graded ON submissions(graded_id) WHERE graded_id IS NOT NULL;
