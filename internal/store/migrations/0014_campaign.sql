-- Projections of mobile consulates. Days are EDTF, "" for none; moments are microseconds, 0
-- for none.
CREATE TABLE campaign (
  id        {{ctext}} PRIMARY KEY,
  office    {{ctext}} NOT NULL,
  city      TEXT NOT NULL,
  venue     TEXT NOT NULL,
  state     {{ctext}} NOT NULL,
  first_day {{ctext}} NOT NULL,
  last_day  {{ctext}} NOT NULL,
  ends      {{ctext}} NOT NULL,
  announced SMALLINT NOT NULL,
  body      TEXT NOT NULL
);

CREATE INDEX campaign_day ON campaign (office, first_day);

-- Whose accounts a campaign's laptop needs.
CREATE TABLE campaign_team (
  campaign {{ctext}} NOT NULL,
  login    {{ctext}} NOT NULL,
  PRIMARY KEY (campaign, login)
) {{compact}};

CREATE INDEX campaign_team_login ON campaign_team (login);

-- One row a turn: who was taken along or came, in which stage. person is "" for somebody who
-- is not in the register. acts is "kind=count kind=count".
CREATE TABLE campaign_turn (
  id       {{ctext}} PRIMARY KEY,
  campaign {{ctext}} NOT NULL,
  person   {{ctext}} NOT NULL,
  basis    {{ctext}} NOT NULL,
  slot     {{ctext}} NOT NULL,
  stage    {{ctext}} NOT NULL,
  day      {{ctext}} NOT NULL,
  place    BIGINT NOT NULL,
  ahead    SMALLINT NOT NULL,
  came     BIGINT NOT NULL,
  done     BIGINT NOT NULL,
  acts     {{ctext}} NOT NULL,
  why      {{ctext}} NOT NULL,
  offer    {{ctext}} NOT NULL
);

CREATE INDEX campaign_turn_stage ON campaign_turn (campaign, stage, day, place);

CREATE INDEX campaign_turn_person ON campaign_turn (person);
