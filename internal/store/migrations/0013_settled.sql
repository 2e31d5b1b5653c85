-- Projection: what officers decided about values that did not come into force. office is the
-- one that decides about the entity; author and at say who decided and when, in microseconds.
CREATE TABLE settled (
  entity  {{ctext}} NOT NULL,
  field   {{ctext}} NOT NULL,
  change  {{ctext}} NOT NULL,
  verdict {{ctext}} NOT NULL,
  author  {{ctext}} NOT NULL,
  office  {{ctext}} NOT NULL,
  at      BIGINT NOT NULL,
  PRIMARY KEY (entity, field, change)
) {{compact}};

CREATE INDEX settled_office ON settled (office, at);
