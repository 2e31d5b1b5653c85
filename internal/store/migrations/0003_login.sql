-- What an account is proved with besides its password. data is what the kind needs: a sealed
-- secret, a passkey's public key, the hash of a code. seq is the last time step that a code
-- was taken of. Times are microseconds, 0 for never.
CREATE TABLE factor (
  id      {{ctext}} PRIMARY KEY,
  login   {{ctext}} NOT NULL REFERENCES account (login),
  kind    {{ctext}} NOT NULL,
  name    TEXT NOT NULL,
  data    TEXT NOT NULL,
  seq     BIGINT NOT NULL,
  created BIGINT NOT NULL,
  used    BIGINT NOT NULL
);

CREATE INDEX factor_login ON factor (login);

-- The hash of the code with which an officer sets the account up.
CREATE TABLE setup_code (
  login   {{ctext}} PRIMARY KEY REFERENCES account (login),
  hash    {{ctext}} NOT NULL UNIQUE,
  expires BIGINT NOT NULL
);

-- Failures of the second factor are counted apart: the right password does not forgive them.
CREATE TABLE factor_tries (
  login     {{ctext}} PRIMARY KEY REFERENCES account (login),
  failures  BIGINT NOT NULL,
  failed_at BIGINT NOT NULL
);

-- Sessions know whose they are, so that they can be listed and ended. Who was signed in
-- signs in again.
DROP TABLE session;

CREATE TABLE session (
  token   {{ctext}} PRIMARY KEY,
  login   {{ctext}} NOT NULL,
  agent   TEXT NOT NULL,
  data    {{blob}} NOT NULL,
  created BIGINT NOT NULL,
  seen    BIGINT NOT NULL,
  expires BIGINT NOT NULL
);

CREATE INDEX session_expires_at ON session (expires);

CREATE INDEX session_login ON session (login);
