-- At the hub, of a node: since when nobody waits for what it has still to offer after the hub was
-- restored, microseconds, 0 while it is waited for; and how many of its changes were written by a
-- later program or with a later edition of the code lists, and the newest of those editions.
ALTER TABLE peer ADD COLUMN unawaited BIGINT NOT NULL DEFAULT 0;
ALTER TABLE peer ADD COLUMN later BIGINT NOT NULL DEFAULT 0;
ALTER TABLE peer ADD COLUMN codes TEXT NOT NULL DEFAULT '';
