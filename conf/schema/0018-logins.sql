-- Wrong passwords of the last minutes, by whom they were tried for, from where, and from which known
-- device (model/login_guard.h); and the devices that have logged in as a user before.
CREATE TABLE login_failures (
    bucket   TEXT    PRIMARY KEY,
    failures INTEGER NOT NULL,
    since_us BIGINT  NOT NULL
);
CREATE TABLE login_devices (
    token_hash TEXT    PRIMARY KEY,              -- SHA-256 of the cookie's token, in hex
    user_id    INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    seen_us    BIGINT  NOT NULL
);
CREATE INDEX login_devices_of_user ON login_devices(user_id);
