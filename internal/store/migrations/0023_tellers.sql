-- What nodes tell the hub of changes that it lost is kept of each teller by itself: which of them has
-- the very change is known when its author offers it, and what one says takes nothing from the others.
CREATE TABLE told (
  node    {{ctext}} NOT NULL,
  n       BIGINT NOT NULL,
  teller  {{ctext}} NOT NULL,
  entity  {{ctext}} NOT NULL,
  body    TEXT NOT NULL,
  remains TEXT NOT NULL,
  at      BIGINT NOT NULL,
  PRIMARY KEY (node, n, teller)
);

INSERT INTO told (node, n, teller, entity, body, remains, at) SELECT node, n, teller, entity, body, remains, at FROM found;

DROP TABLE found;

ALTER TABLE told RENAME TO found;
