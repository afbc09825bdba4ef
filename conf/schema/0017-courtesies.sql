-- Scoreboards by what a stage measured; exceptions for a whole course.

-- How a scoreboard ranks: by the score and who was first, and between or instead of them by a value
-- that stages write into the "leaderboard" of results.json.
ALTER TABLE scoreboards ADD COLUMN ranking TEXT NOT NULL DEFAULT 'score'
    CHECK (ranking IN ('score', 'score-metric', 'metric'));
ALTER TABLE scoreboards ADD COLUMN metric TEXT NOT NULL DEFAULT '';
