-- The log of changes. seq is the order of this store, (node, n) the name of a change.
CREATE TABLE change (
  seq    {{rowid}} PRIMARY KEY,
  node   {{ctext}} NOT NULL,
  n      BIGINT NOT NULL,
  entity {{ctext}} NOT NULL,
  at     BIGINT NOT NULL,
  batch  {{ctext}},
  body   TEXT {{packed}} NOT NULL
) {{packing}};

CREATE UNIQUE INDEX change_name ON change (node, n);

CREATE INDEX change_entity ON change (entity, seq);

-- One row: how far the log has come, the open edge of its hash tree, the signed head.
CREATE TABLE log_state (
  id         SMALLINT PRIMARY KEY CHECK (id = 1),
  size       BIGINT NOT NULL,
  edge       {{blob}} NOT NULL,
  checkpoint TEXT NOT NULL
);

CREATE TABLE log_tile (
  level  SMALLINT NOT NULL,
  idx    BIGINT NOT NULL,
  hashes {{blob}} NOT NULL,
  PRIMARY KEY (level, idx)
);

CREATE TABLE checkpoint (
  size BIGINT PRIMARY KEY,
  at   BIGINT NOT NULL,
  note TEXT NOT NULL
);

CREATE TABLE setting (
  name  {{ctext}} PRIMARY KEY,
  value TEXT NOT NULL
);

-- Projection: one row a person. row_no is the seq of the change that made the entry.
CREATE TABLE person (
  row_no           {{rowid}} PRIMARY KEY,
  id               {{ctext}} NOT NULL UNIQUE,
  number           {{ctext}} NOT NULL UNIQUE,
  entry            {{ctext}} NOT NULL,
  surname_paternal TEXT NOT NULL,
  surname_maternal TEXT NOT NULL,
  given_names      TEXT NOT NULL,
  name_key         {{ctext}} NOT NULL,
  birth            {{ctext}} NOT NULL,
  sex              {{ctext}} NOT NULL,
  country          {{ctext}} NOT NULL,
  city             TEXT NOT NULL,
  office           {{ctext}} NOT NULL,
  reg_kind         {{ctext}} NOT NULL,
  expires          {{ctext}} NOT NULL,
  vital            {{ctext}} NOT NULL,
  doubts           SMALLINT NOT NULL
);

CREATE INDEX person_name ON person (name_key);

CREATE INDEX person_office ON person (office, row_no);

-- Projection: what a person can be found by exactly. Not unique: two people who show the
-- same document are a candidate pair, not an error.
CREATE TABLE person_key (
  find   {{ctext}} NOT NULL,
  row_no BIGINT NOT NULL,
  PRIMARY KEY (find, row_no)
) {{compact}};

CREATE INDEX person_key_row ON person_key (row_no);

{{search}}

-- Which rows of which lists came in, by what they said: the same row again is no news.
CREATE TABLE import_row (
  print  {{blob}} NOT NULL,
  person {{ctext}} NOT NULL,
  batch  {{ctext}} NOT NULL,
  PRIMARY KEY (print)
) {{compact}};

CREATE TABLE import_run (
  id       {{ctext}} PRIMARY KEY,
  office   {{ctext}} NOT NULL,
  file     TEXT NOT NULL,
  sha256   {{ctext}} NOT NULL,
  author   {{ctext}} NOT NULL,
  started  BIGINT NOT NULL,
  state    {{ctext}} NOT NULL,
  summary  TEXT NOT NULL
);

CREATE TABLE office (
  code     {{ctext}} PRIMARY KEY,
  category {{ctext}} NOT NULL,
  country  {{ctext}} NOT NULL,
  city     TEXT NOT NULL,
  zone     {{ctext}} NOT NULL,
  body     TEXT NOT NULL
);

CREATE TABLE account (
  login    {{ctext}} PRIMARY KEY,
  name     TEXT NOT NULL,
  role     {{ctext}} NOT NULL,
  office   {{ctext}} NOT NULL,
  lang     {{ctext}} NOT NULL,
  state    {{ctext}} NOT NULL
);

-- Secrets stay out of the log of changes: it is sent to other nodes.
CREATE TABLE credential (
  login      {{ctext}} PRIMARY KEY REFERENCES account (login),
  secret     TEXT NOT NULL,
  failures   BIGINT NOT NULL,
  failed_at  BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
);

CREATE TABLE session (
  token   {{ctext}} PRIMARY KEY,
  data    {{blob}} NOT NULL,
  expires BIGINT NOT NULL
);

CREATE INDEX session_expires ON session (expires);

-- Every read of a person: who, from which office, for what purpose.
CREATE TABLE read_log (
  seq     {{rowid}} PRIMARY KEY,
  at      BIGINT NOT NULL,
  author  {{ctext}} NOT NULL,
  office  {{ctext}} NOT NULL,
  purpose {{ctext}} NOT NULL,
  action  {{ctext}} NOT NULL,
  person  {{ctext}} NOT NULL,
  detail  TEXT NOT NULL
);

CREATE INDEX read_log_person ON read_log (person, seq);

-- Keys of sealed values, wrapped under the node's key: destroy the row, lose the values.
CREATE TABLE sealed_key (
  person  {{ctext}} NOT NULL,
  tier    SMALLINT NOT NULL,
  wrapped TEXT NOT NULL,
  PRIMARY KEY (person, tier)
);

CREATE TABLE attachment (
  hash  {{ctext}} PRIMARY KEY,
  media {{ctext}} NOT NULL,
  bytes {{blob}} NOT NULL
);
