-- Pairs of people who may be one, as a model scored them: derived, and scored again at will.
-- bits and gain are in hundredths of a bit and millionths; evidence is JSON without
-- values. verdict is what officers said, '' for nothing; the log of changes has it all.
CREATE TABLE same_pair (
  id       {{ctext}} PRIMARY KEY,
  a        {{ctext}} NOT NULL,
  b        {{ctext}} NOT NULL,
  bits     BIGINT NOT NULL,
  evidence TEXT NOT NULL,
  model    {{ctext}} NOT NULL,
  source   {{ctext}} NOT NULL,
  seen     BIGINT NOT NULL,
  scored   BIGINT NOT NULL,
  gain     BIGINT NOT NULL,
  verdict  {{ctext}} NOT NULL,
  said_by  {{ctext}} NOT NULL,
  said_at  BIGINT NOT NULL,
  sampled  SMALLINT NOT NULL,
  second   {{ctext}} NOT NULL
);

CREATE INDEX same_pair_queue ON same_pair (verdict, gain, id);

CREATE INDEX same_pair_a ON same_pair (a);

CREATE INDEX same_pair_b ON same_pair (b);

-- Every decision about a pair, for figures: how many a duplicate costs, how long they take,
-- how far reviewers agree. seconds is 0 for not known; kind is decide, second, reopen, undo.
CREATE TABLE same_decision (
  change  {{ctext}} PRIMARY KEY,
  pair    {{ctext}} NOT NULL,
  kind    {{ctext}} NOT NULL,
  verdict {{ctext}} NOT NULL,
  author  {{ctext}} NOT NULL,
  office  {{ctext}} NOT NULL,
  at      BIGINT NOT NULL,
  seconds BIGINT NOT NULL,
  bits    BIGINT NOT NULL,
  agrees  SMALLINT NOT NULL
);

CREATE INDEX same_decision_pair ON same_decision (pair, at);

CREATE INDEX same_decision_at ON same_decision (at);

-- Merges: which entry leads to which. state is standing or undone.
CREATE TABLE same_merge (
  id       {{ctext}} PRIMARY KEY,
  pair     {{ctext}} NOT NULL,
  survivor {{ctext}} NOT NULL,
  other    {{ctext}} NOT NULL,
  author   {{ctext}} NOT NULL,
  office   {{ctext}} NOT NULL,
  at       BIGINT NOT NULL,
  state    {{ctext}} NOT NULL,
  ended    BIGINT NOT NULL
);

CREATE INDEX same_merge_other ON same_merge (other, state);

CREATE INDEX same_merge_survivor ON same_merge (survivor, state);
