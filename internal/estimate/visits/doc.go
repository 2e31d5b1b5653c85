// Package visits weighs interviews with people who were met where they go, because no list of them
// exists: at the consulate, at church, on the field on Sundays.
//
// Whoever goes often is met often. Time-location sampling knows how each venue, day and hour was
// chosen and asks how often a person came; the centre sampling technique (Baio, Blangiardo and
// Blangiardo 2011) asks which of all centres a person goes to and finds how many go to each by itself.
// Both reach only people who go to some centre; Ladder says what that is worth beside other ways.
package visits
