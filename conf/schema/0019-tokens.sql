-- Tokens by which a program does things as its user (model/tokens.h).
CREATE TABLE tokens (
    id         INTEGER PRIMARY KEY,
    user_id    INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    name       TEXT    NOT NULL,                 -- what it is for, in its user's words
    secret     TEXT    NOT NULL UNIQUE,          -- SHA-256, in hex
    scope      TEXT    NOT NULL CHECK (scope IN ('read', 'submit', 'course')),
    course_id  INTEGER REFERENCES courses(id),   -- of scope 'course'
    created_us BIGINT  NOT NULL,
    expires_us BIGINT  NOT NULL,
    used_us    BIGINT,
    CHECK ((scope = 'course') = (course_id IS NOT NULL))
);
CREATE INDEX tokens_of_user ON tokens(user_id);
