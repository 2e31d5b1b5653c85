-- When the oldest of what a node had yet to send was made, by its clock, in microseconds; 0
-- when it had nothing to send. How many those were is backlog.
ALTER TABLE peer ADD COLUMN oldest BIGINT NOT NULL DEFAULT 0;
