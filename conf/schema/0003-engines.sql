-- What each engine of each executor does, for the admin's page (model/engines.h).
CREATE TABLE engines (
    holder      TEXT    NOT NULL,
    endpoint    TEXT    NOT NULL,
    slots       INTEGER NOT NULL,
    warm        INTEGER NOT NULL,
    baking      INTEGER NOT NULL,
    trouble     TEXT,
    reported_us BIGINT  NOT NULL,
    PRIMARY KEY (holder, endpoint)
);
