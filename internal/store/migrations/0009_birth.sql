-- Who was born on the same day is looked at before an entry is made, whatever the name.
CREATE INDEX person_birth ON person (birth);
