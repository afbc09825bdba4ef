-- Accounts that somebody has logged in to through httpd's own authentication (GradeOvenAuth): from
-- then on they are the institution's, and have no password that was chosen before.
CREATE TABLE remote_users (
    user_id  INTEGER PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE,
    since_us BIGINT  NOT NULL
);
