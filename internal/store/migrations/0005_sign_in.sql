-- The identity at an OpenID provider that opens an account. claim is what an administrator
-- wrote down; the first sign-in with it fills in issuer and subject, and from then on only
-- these count. alone is 1 when the account has no other way in. linked is in microseconds, 0
-- for not yet.
CREATE TABLE identity (
  login   {{ctext}} PRIMARY KEY REFERENCES account (login),
  claim   {{ctext}} NOT NULL UNIQUE,
  issuer  {{ctext}} NOT NULL,
  subject {{ctext}} NOT NULL,
  alone   SMALLINT NOT NULL,
  linked  BIGINT NOT NULL
);

CREATE UNIQUE INDEX identity_subject ON identity (issuer, subject) WHERE subject <> '';

-- How officers came in, and who tried to: which step, whether it was right, in which
-- browser, and from how far. No address stands here, only its class. Times are microseconds.
CREATE TABLE sign_in (
  seq   {{rowid}} PRIMARY KEY,
  login {{ctext}} NOT NULL REFERENCES account (login),
  at    BIGINT NOT NULL,
  step  {{ctext}} NOT NULL,
  ok    SMALLINT NOT NULL,
  agent TEXT NOT NULL,
  reach {{ctext}} NOT NULL
);

CREATE INDEX sign_in_login ON sign_in (login, seq);

-- Browsers in which an officer has signed in whole, by the hash of what they keep. Failures
-- in one of them are counted apart, so that whoever guesses elsewhere keeps nobody out.
CREATE TABLE known_browser (
  browser   {{ctext}} NOT NULL,
  login     {{ctext}} NOT NULL REFERENCES account (login),
  failures  BIGINT NOT NULL,
  failed_at BIGINT NOT NULL,
  seen      BIGINT NOT NULL,
  PRIMARY KEY (browser, login)
);

CREATE INDEX known_browser_login ON known_browser (login);
