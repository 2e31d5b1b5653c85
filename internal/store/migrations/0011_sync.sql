-- hub is the place that the hub gave the change in its order, once an answer of the hub has
-- brought it; NULL on the hub itself, on a register that stands alone, and for what waits to
-- be sent. received is when the hub took it, in microseconds.
ALTER TABLE change ADD COLUMN hub BIGINT;

ALTER TABLE change ADD COLUMN received BIGINT;

CREATE UNIQUE INDEX change_hub ON change (hub) WHERE hub IS NOT NULL;

-- At the hub: what each node sent, by place.
CREATE INDEX change_sent ON change (node, seq) WHERE received IS NOT NULL AND hub IS NULL;

-- Two offices may have made a key each for the same person: id tells them apart. '' is a key
-- of before there were ids.
CREATE TABLE sealed_keys (
  person  {{ctext}} NOT NULL,
  tier    SMALLINT NOT NULL,
  id      {{ctext}} NOT NULL,
  wrapped TEXT NOT NULL,
  PRIMARY KEY (person, tier, id)
);

INSERT INTO sealed_keys (person, tier, id, wrapped) SELECT person, tier, '', wrapped FROM sealed_key;

DROP TABLE sealed_key;

ALTER TABLE sealed_keys RENAME TO sealed_key;

-- At the hub: where an entity is now, and since which place in the log.
CREATE TABLE sync_member (
  scope  {{ctext}} NOT NULL,
  entity {{ctext}} NOT NULL,
  since  BIGINT NOT NULL,
  PRIMARY KEY (scope, entity)
) {{compact}};

CREATE INDEX sync_member_entity ON sync_member (entity);

-- At the hub: one row for each change and each scope that its entity was in before or is in
-- after it, and for each entity that a change moved with it. enters is 1 when the entity came
-- into the scope there.
CREATE TABLE sync_filed (
  scope  {{ctext}} NOT NULL,
  seq    BIGINT NOT NULL,
  entity {{ctext}} NOT NULL,
  enters SMALLINT NOT NULL,
  PRIMARY KEY (scope, seq, entity)
) {{compact}};

CREATE INDEX sync_filed_seq ON sync_filed (seq);

-- At the hub: the nodes that may send and fetch. scopes is JSON: each scope with the length
-- of the log when it was granted. Keys are public. Times are microseconds, 0 for never.
CREATE TABLE peer (
  name      {{ctext}} PRIMARY KEY,
  kind      {{ctext}} NOT NULL,
  label     TEXT NOT NULL,
  office    {{ctext}} NOT NULL,
  state     {{ctext}} NOT NULL,
  verify    TEXT NOT NULL,
  seal      TEXT NOT NULL,
  scopes    TEXT NOT NULL,
  last_n    BIGINT NOT NULL,
  chain     {{blob}} NOT NULL,
  cursor    BIGINT NOT NULL,
  within    {{ctext}} NOT NULL,
  version   TEXT NOT NULL,
  schema    BIGINT NOT NULL,
  seen      BIGINT NOT NULL,
  drift     BIGINT NOT NULL,
  backlog   BIGINT NOT NULL,
  forgotten BIGINT NOT NULL,
  refused   TEXT NOT NULL,
  made      BIGINT NOT NULL,
  made_by   {{ctext}} NOT NULL,
  ended     BIGINT NOT NULL,
  ended_by  {{ctext}} NOT NULL,
  note      TEXT NOT NULL
);

-- What a node may not keep. At the hub: what a peer was told to forget, until the peer said
-- that it did; at a node, under the peer '': what it was told to forget and has forgotten, so
-- that changes without a row are no surprise. asked is the hub's place at which this was said;
-- done and told are in microseconds, 0 until then.
CREATE TABLE forget (
  peer   {{ctext}} NOT NULL,
  entity {{ctext}} NOT NULL,
  asked  BIGINT NOT NULL,
  done   BIGINT NOT NULL,
  told   BIGINT NOT NULL,
  PRIMARY KEY (peer, entity)
) {{compact}};

-- At a node, one row: where the hub is, how far the node has come with it, and what was last
-- said between the two. Times are microseconds, 0 for never.
CREATE TABLE sync_state (
  id         SMALLINT PRIMARY KEY CHECK (id = 1),
  hub        {{ctext}} NOT NULL,
  address    TEXT NOT NULL,
  verify     TEXT NOT NULL,
  seal       TEXT NOT NULL,
  head_key   TEXT NOT NULL,
  scopes     TEXT NOT NULL,
  cursor     BIGINT NOT NULL,
  within     {{ctext}} NOT NULL,
  sent       BIGINT NOT NULL,
  chain      {{blob}} NOT NULL,
  receipt    BIGINT NOT NULL,
  answered   BIGINT NOT NULL,
  hub_now    BIGINT NOT NULL,
  backs      BIGINT NOT NULL,
  attempt    BIGINT NOT NULL,
  trouble    TEXT NOT NULL,
  refusal    TEXT NOT NULL,
  refused_at BIGINT NOT NULL,
  enrolled   BIGINT NOT NULL
);

-- At a node: heads of the hub's log that were seen. By those that are a mark a hub is known
-- that was put back from an older copy. note is the newest one's signed text, '' for the others.
CREATE TABLE hub_head (
  size BIGINT PRIMARY KEY,
  root {{blob}} NOT NULL,
  mark SMALLINT NOT NULL,
  note TEXT NOT NULL
);

-- Projection: values that did not come into force because somebody else had written the same
-- field. field is '' for a change that was not let in as a whole. at is in microseconds.
CREATE TABLE contested (
  entity {{ctext}} NOT NULL,
  field  {{ctext}} NOT NULL,
  change {{ctext}} NOT NULL,
  reason {{ctext}} NOT NULL,
  office {{ctext}} NOT NULL,
  at     BIGINT NOT NULL,
  PRIMARY KEY (entity, field, change)
) {{compact}};

CREATE INDEX contested_office ON contested (office, at);

-- At the hub: codes for the enrolment of a node, by their hash; each is good once.
CREATE TABLE enrol_code (
  hash    {{ctext}} PRIMARY KEY,
  peer    {{ctext}} NOT NULL,
  kind    {{ctext}} NOT NULL,
  label   TEXT NOT NULL,
  office  {{ctext}} NOT NULL,
  scopes  TEXT NOT NULL,
  made    BIGINT NOT NULL,
  made_by {{ctext}} NOT NULL,
  expires BIGINT NOT NULL,
  used    BIGINT NOT NULL
);

-- Files that travelled by hand and were taken in, by the SHA-256 of their bytes.
CREATE TABLE carried (
  hash {{ctext}} PRIMARY KEY,
  peer {{ctext}} NOT NULL,
  what {{ctext}} NOT NULL,
  at   BIGINT NOT NULL
);

-- Which entities name which files: who may have a file, and which a node has yet to fetch.
CREATE TABLE attached (
  hash   {{ctext}} NOT NULL,
  entity {{ctext}} NOT NULL,
  PRIMARY KEY (hash, entity)
) {{compact}};

CREATE INDEX attached_entity ON attached (entity);
