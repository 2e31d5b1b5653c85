-- At the hub, of a change that it lost and that an officer wanted to take in: why it stayed out, ''
-- for not tried yet.
ALTER TABLE found ADD COLUMN kept TEXT NOT NULL DEFAULT '';
