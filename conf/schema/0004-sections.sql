-- Sections: groups of a course, such as "Tue 10:00". Empty: none.
ALTER TABLE enrolments ADD COLUMN section TEXT NOT NULL DEFAULT '';

-- Who did what, when, from where: only ever appended to (model/audit.h).
CREATE TABLE audit (
    id         INTEGER PRIMARY KEY,
    at_us      BIGINT  NOT NULL,
    actor      TEXT    NOT NULL,                 -- username, or '*' and the program
    address    TEXT    NOT NULL,
    course_id  INTEGER,                          -- NULL: of the site
    action     TEXT    NOT NULL,                 -- such as 'role', 'extension', 'view-as'
    subject    TEXT    NOT NULL,                 -- whom or what it is about
    was        TEXT    NOT NULL,                 -- before, in words; '' where there is none
    became     TEXT    NOT NULL
);
CREATE INDEX audit_of_course ON audit(course_id, id);
