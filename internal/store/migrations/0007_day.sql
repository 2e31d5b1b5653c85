-- How long the form of a registration was open, in whole seconds: for the times of an
-- office. It is no part of the person's record. at is in microseconds.
CREATE TABLE registration_time (
  person  {{ctext}} PRIMARY KEY,
  author  {{ctext}} NOT NULL,
  office  {{ctext}} NOT NULL,
  seconds BIGINT NOT NULL,
  at      BIGINT NOT NULL
);

CREATE INDEX registration_time_office ON registration_time (office, at);

-- Where the person was registered when somebody looked, '' for nowhere or not known.
ALTER TABLE read_log ADD COLUMN home {{ctext}} NOT NULL DEFAULT '';

CREATE INDEX read_log_author ON read_log (author, seq);

CREATE INDEX read_log_office ON read_log (office, seq);

-- Reads that an auditor should look at, by their place in read_log, and why: words with a
-- blank between. seen_at is 0 until somebody looked; then note says what came of it.
CREATE TABLE read_mark (
  seq     BIGINT PRIMARY KEY,
  reasons TEXT NOT NULL,
  seen_at BIGINT NOT NULL,
  seen_by {{ctext}} NOT NULL,
  note    TEXT NOT NULL
);

CREATE INDEX read_mark_open ON read_mark (seen_at, seq);
