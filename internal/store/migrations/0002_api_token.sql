-- Personal tokens of officers, for programs. Only the hash of a token is here; scopes are
-- action codes separated by a space; times are microseconds, 0 for never.
CREATE TABLE api_token (
  id        {{ctext}} PRIMARY KEY,
  hash      {{ctext}} NOT NULL UNIQUE,
  login     {{ctext}} NOT NULL,
  name      TEXT NOT NULL,
  scopes    {{ctext}} NOT NULL,
  created   BIGINT NOT NULL,
  expires   BIGINT NOT NULL,
  last_used BIGINT NOT NULL,
  revoked   BIGINT NOT NULL
);

CREATE INDEX api_token_login ON api_token (login);

-- Requests that a program may send twice: a hash of its key, a hash of what it asked, and
-- what it was answered. A status of 0 says that the work was begun.
CREATE TABLE idempotency (
  find    {{ctext}} PRIMARY KEY,
  request {{ctext}} NOT NULL,
  status  SMALLINT NOT NULL,
  headers TEXT NOT NULL,
  body    {{blob}} NOT NULL,
  created BIGINT NOT NULL
);

CREATE INDEX idempotency_created ON idempotency (created);
