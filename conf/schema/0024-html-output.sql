-- How the text of a test, or of all of them, is to be shown: text, or html in a frame of its own.
ALTER TABLE run_tests ADD COLUMN format TEXT NOT NULL DEFAULT 'text';
ALTER TABLE run_results ADD COLUMN output_format TEXT NOT NULL DEFAULT 'text';
