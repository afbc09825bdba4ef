-- Second factors (model/factor.h): the secret is sealed with STATE/secrets.key, so that a copy of the
-- database gives nobody a code.
CREATE TABLE factors (
    user_id  INTEGER PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE,
    secret   TEXT    NOT NULL,                   -- sealed, base64
    on_us    BIGINT,                             -- NULL: begun, no code was shown yet
    counter  BIGINT  NOT NULL DEFAULT 0,         -- of the last code that was taken: none is taken twice
    wrong    INTEGER NOT NULL DEFAULT 0,         -- codes since the last right one
    wrong_us BIGINT  NOT NULL DEFAULT 0          -- when the last of these came
);
CREATE TABLE recovery_codes (
    user_id   INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    code_hash TEXT    NOT NULL,                  -- SHA-256, in hex; a used code's row is gone
    PRIMARY KEY (user_id, code_hash)
);
-- Who has proven who they are but not shown the second factor yet: no session (model/login_step.h).
CREATE TABLE login_steps (
    token_hash TEXT    PRIMARY KEY,              -- SHA-256 of the cookie's token, in hex
    user_id    INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    created_us BIGINT  NOT NULL,
    tries      INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX login_steps_of_user ON login_steps(user_id);
-- Links by which somebody sets a password (model/links.h): one for a user, the newest.
CREATE TABLE links (
    user_id    INTEGER PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE,
    kind       TEXT    NOT NULL CHECK (kind IN ('invitation', 'reset')),
    secret     TEXT    NOT NULL UNIQUE,          -- SHA-256 of the token, in hex
    expires_us BIGINT  NOT NULL
);
-- NULL: never. Who has a password already is taken for somebody who used it.
ALTER TABLE users ADD COLUMN logged_in_us BIGINT;
UPDATE users SET logged_in_us = created_us WHERE password_hash IS NOT NULL;
-- Grows with each change of what a user may do; a session of another number gets a new token.
ALTER TABLE users ADD COLUMN rights_version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN rights_version INTEGER NOT NULL DEFAULT 0;
-- The token before, which requests that were under way still come with for some seconds.
ALTER TABLE sessions ADD COLUMN old_token_hash TEXT;
ALTER TABLE sessions ADD COLUMN renewed_us BIGINT;
CREATE INDEX sessions_by_old_token ON sessions(old_token_hash) WHERE old_token_hash IS NOT NULL;
