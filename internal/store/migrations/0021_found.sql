-- After the hub was restored from an older copy. At the hub: changes that it lost and has not from
-- their author yet, as nodes hold them: body whole, remains as an erasure left it, '' for none;
-- teller is who told it last, at when, in microseconds. At a node, with neither: changes of others
-- that the hub keeps so.
CREATE TABLE found (
  node    {{ctext}} NOT NULL,
  n       BIGINT NOT NULL,
  entity  {{ctext}} NOT NULL,
  body    TEXT NOT NULL,
  remains TEXT NOT NULL,
  teller  {{ctext}} NOT NULL,
  at      BIGINT NOT NULL,
  PRIMARY KEY (node, n)
);

-- At the hub, of a node: the name that the hub had when the node told it all that it found. A hub
-- that is restored has another name.
ALTER TABLE peer ADD COLUMN told {{ctext}} NOT NULL DEFAULT '';
