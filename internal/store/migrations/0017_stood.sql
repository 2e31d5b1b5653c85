-- At a node: the place in the hub's order that a change had before the hub was restored from an
-- older copy. Until it has a place again it is folded where it stood.
ALTER TABLE change ADD COLUMN stood BIGINT;
