-- Projections of what people ask about their own data and of what the office answers. The
-- words are in the log of changes, sealed; here are codes, days and ids. Days are EDTF, ""
-- for none; moments are microseconds, 0 for none.
CREATE TABLE request (
  id       {{ctext}} PRIMARY KEY,
  kind     {{ctext}} NOT NULL,
  state    {{ctext}} NOT NULL,
  person   {{ctext}} NOT NULL,
  office   {{ctext}} NOT NULL,
  received {{ctext}} NOT NULL,
  due      {{ctext}} NOT NULL,
  closed   {{ctext}} NOT NULL
);

CREATE INDEX request_open ON request (closed, due);

CREATE INDEX request_person ON request (person);

CREATE TABLE breach (
  id        {{ctext}} PRIMARY KEY,
  office    {{ctext}} NOT NULL,
  noticed   BIGINT NOT NULL,
  authority BIGINT NOT NULL,
  told      BIGINT NOT NULL,
  people    BIGINT NOT NULL,
  closed    {{ctext}} NOT NULL
);

CREATE INDEX breach_noticed ON breach (noticed);

-- Who else asked for data, and every time that a person's own data was handed out.
CREATE TABLE disclosure (
  id       {{ctext}} PRIMARY KEY,
  asker    {{ctext}} NOT NULL,
  aim      {{ctext}} NOT NULL,
  state    {{ctext}} NOT NULL,
  person   {{ctext}} NOT NULL,
  office   {{ctext}} NOT NULL,
  received {{ctext}} NOT NULL,
  due      {{ctext}} NOT NULL,
  closed   {{ctext}} NOT NULL
);

CREATE INDEX disclosure_received ON disclosure (received);

CREATE INDEX disclosure_person ON disclosure (person);

-- Proposals to end values that are kept no longer. Whom they are about is in the log.
CREATE TABLE retention (
  id       {{ctext}} PRIMARY KEY,
  office   {{ctext}} NOT NULL,
  state    {{ctext}} NOT NULL,
  day      {{ctext}} NOT NULL,
  author   {{ctext}} NOT NULL,
  approver {{ctext}} NOT NULL,
  people   BIGINT NOT NULL,
  request  {{ctext}} NOT NULL
);

CREATE INDEX retention_day ON retention (day);
