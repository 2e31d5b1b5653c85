-- What lost its place is looked for in the order of the log, which the index before this one did
-- not give: SQLite read the whole log.
DROP INDEX change_lost;

CREATE INDEX change_lost ON change (seq) WHERE hub IS NULL AND stood IS NOT NULL;
