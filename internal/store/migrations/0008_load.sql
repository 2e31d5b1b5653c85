-- What waits at an office is counted from these alone: they name only people whose
-- registration can expire, and people in doubt.
CREATE INDEX person_expiring ON person (office, expires) WHERE expires <> '' AND entry <> 'withdrawn' AND vital <> 'deceased';

CREATE INDEX person_doubtful ON person (office, row_no) WHERE doubts > 0 AND entry <> 'withdrawn';
