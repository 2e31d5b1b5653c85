-- Projections of surveys. Days are EDTF; moments are microseconds. body is JSON with what
-- lists show besides.
CREATE TABLE survey (
  id        {{ctext}} PRIMARY KEY,
  office    {{ctext}} NOT NULL,
  title     TEXT NOT NULL,
  state     {{ctext}} NOT NULL,
  footing   {{ctext}} NOT NULL,
  form_name {{ctext}} NOT NULL,
  form      {{ctext}} NOT NULL,
  first_day {{ctext}} NOT NULL,
  last_day  {{ctext}} NOT NULL,
  link      {{ctext}} NOT NULL,
  linked    SMALLINT NOT NULL
);

CREATE INDEX survey_form ON survey (form_name);

CREATE INDEX survey_link ON survey (link);

-- Which offices take part.
CREATE TABLE survey_post (
  survey {{ctext}} NOT NULL,
  office {{ctext}} NOT NULL,
  PRIMARY KEY (survey, office)
) {{compact}};

CREATE INDEX survey_post_office ON survey_post (office);

-- One row a unit of a sample. probability is of inclusion, 0 where none is known. Whom it was
-- drawn for is in the log alone, sealed.
CREATE TABLE survey_case (
  id          {{ctext}} PRIMARY KEY,
  survey      {{ctext}} NOT NULL,
  office      {{ctext}} NOT NULL,
  stratum     {{ctext}} NOT NULL,
  unit        {{ctext}} NOT NULL,
  probability DOUBLE PRECISION NOT NULL,
  place       BIGINT NOT NULL,
  interviewer {{ctext}} NOT NULL,
  disposition {{ctext}} NOT NULL,
  tries       BIGINT NOT NULL,
  submission  {{ctext}} NOT NULL
);

CREATE INDEX survey_case_place ON survey_case (survey, office, stratum, place, id);

CREATE INDEX survey_case_interviewer ON survey_case (interviewer, survey, place, id);

-- One row a submission. What it says is in the log alone, sealed. received is when the first
-- of it was taken, awaited how many of its files are not here, instance what the client calls it
-- now: a correction has another name.
CREATE TABLE submission (
  id          {{ctext}} PRIMARY KEY,
  survey      {{ctext}} NOT NULL,
  office      {{ctext}} NOT NULL,
  form        {{ctext}} NOT NULL,
  instance    {{ctext}} NOT NULL,
  kase        {{ctext}} NOT NULL,
  interviewer {{ctext}} NOT NULL,
  standing    {{ctext}} NOT NULL,
  awaited     BIGINT NOT NULL,
  received    BIGINT NOT NULL
);

CREATE INDEX submission_order ON submission (survey, received, id);

CREATE INDEX submission_office ON submission (survey, office, received, id);

CREATE INDEX submission_standing ON submission (survey, standing, received, id);

CREATE INDEX submission_interviewer ON submission (survey, interviewer, received, id);

CREATE INDEX submission_case ON submission (kase);

CREATE INDEX submission_instance ON submission (instance);
