-- Registry numbers without their check digit: at the hub every range that was allotted, at a
-- node its own. holder is a node, '' for the node itself; campaign is '' or the campaign it is
-- for. next_no is the first that no entry has, beyond last_no when none is left.
CREATE TABLE IF NOT EXISTS number_range (
  first_no BIGINT PRIMARY KEY,
  last_no  BIGINT NOT NULL,
  next_no  BIGINT NOT NULL,
  holder   {{ctext}} NOT NULL,
  campaign {{ctext}} NOT NULL,
  at       BIGINT NOT NULL
);

CREATE INDEX IF NOT EXISTS number_range_holder ON number_range (holder, campaign);
