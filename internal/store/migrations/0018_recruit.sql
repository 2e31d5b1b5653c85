-- Of cases that came with a coupon: its number, 0 for a case that was drawn; how many people
-- of the population he knows; what he is to who gave it; how many coupons he was given himself,
-- and the day until which they hold, "" for none.
ALTER TABLE survey_case ADD COLUMN coupon BIGINT NOT NULL DEFAULT 0;

ALTER TABLE survey_case ADD COLUMN degree BIGINT NOT NULL DEFAULT 0;

ALTER TABLE survey_case ADD COLUMN relation {{ctext}} NOT NULL DEFAULT '';

ALTER TABLE survey_case ADD COLUMN given BIGINT NOT NULL DEFAULT 0;

ALTER TABLE survey_case ADD COLUMN until_day {{ctext}} NOT NULL DEFAULT '';

CREATE INDEX survey_case_coupon ON survey_case (survey, coupon);
