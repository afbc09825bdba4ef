-- Made by an instructor: good only as long as the account is nothing but a student's (model/links.h).
ALTER TABLE links ADD COLUMN for_student INTEGER NOT NULL DEFAULT 0;
