-- At a node: what lost its place when the hub was restored from an older copy, and has none again.
-- stood is -1 where the values were forgotten since.
CREATE INDEX change_lost ON change (entity, seq) WHERE hub IS NULL AND stood IS NOT NULL;
