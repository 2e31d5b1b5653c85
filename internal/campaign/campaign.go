// Package campaign holds the rules of mobile consulates: an office goes to a city for some
// days, takes along the entries of those whom it expects, serves a queue without a network,
// notes whom it could not serve, and counts what it did. It is pure: functions take the
// record, a command and a day, and return changes or the reason for a refusal.
//
// A campaign and each person's turn in it are entities of their own, so that the office can
// plan while the team serves, and a queue of thousands is no single record.
package campaign

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/name"
)

// The kinds of entity in the log of changes.
const (
	KindCampaign change.Kind = "campaign"
	KindTurn     change.Kind = "turn"
)

// State is how far a campaign has come.
type State string

// The states, in their order.
const (
	Planned  State = "planned"
	Open     State = "open" // announced; people are given times
	UnderWay State = "under_way"
	Closed   State = "closed"
)

// States lists them.
var States = []State{Planned, Open, UnderWay, Closed}

// Service is what is done for people, as the ombudsman counts it.
type Service string

// Services lists them.
var Services = []Service{"registry", "dni", "passport", "civil_status", "legalisation", "minor_travel", "survival", "criminal_record", "police_record", "guidance", "other"}

// Day is a day of a campaign: from when to when people are served, as minutes of the day.
type Day struct {
	Date     civil.Date
	From, To int
}

// Campaign is one journey of an office to a city.
type Campaign struct {
	record
	Office, City, Venue, Note string
	Country                   string // ISO 3166-1 alpha-2; "" for that of the office
	Days                      []Day  // in their order
	Services                  []Service
	Capacity                  int      // persons a day
	Team                      []string // logins
	Laptops                   []string // names of nodes
	Numbers                   int      // registry numbers to be reserved for it
	Announced                 bool     // everybody may know where and when
	State                     State
	Ends                      civil.Date // after this day a laptop opens the entries no more
}

// Load folds the changes of one campaign.
func Load(changes []change.Change) Campaign {
	c := Campaign{record: record{change.Fold(changes)}}
	t := c.Text
	c.Office, c.Country, c.City, c.Venue, c.Note, c.State = t("office"), t("country"), t("city"), t("venue"), t("note"), State(t("state"))
	c.Capacity, _ = strconv.Atoi(t("capacity"))
	c.Numbers, _ = strconv.Atoi(t("numbers"))
	c.Team, c.Laptops, c.Announced = strings.Fields(t("team")), strings.Fields(t("laptops")), t("announced") == "yes"
	for _, s := range strings.Fields(t("services")) {
		c.Services = append(c.Services, Service(s))
	}
	for _, line := range strings.Split(t("days"), "\n") {
		if d, err := ParseDay(line); err == nil {
			c.Days = append(c.Days, d)
		}
	}
	c.Ends = c.day("ends")
	return c
}

// First and Last are the ends of its days, unknown without any.
func (c *Campaign) First() civil.Date {
	if len(c.Days) == 0 {
		return civil.Date{}
	}
	return c.Days[0].Date
}

// Last is the last of its days.
func (c *Campaign) Last() civil.Date {
	if len(c.Days) == 0 {
		return civil.Date{}
	}
	return c.Days[len(c.Days)-1].Date
}

// On returns the day of the campaign on a date.
func (c *Campaign) On(date civil.Date) (Day, bool) {
	i := slices.IndexFunc(c.Days, func(d Day) bool { return d.Date == date })
	if i < 0 {
		return Day{}, false
	}
	return c.Days[i], true
}

// record is what the entities of this package share: the fold of their changes.
type record struct{ change.Record }

func (r *record) day(field string) civil.Date {
	d, err := civil.Parse(r.Text(field))
	if err != nil {
		return civil.Date{}
	}
	return d
}

// MaxWords is the longest text that is kept in words, in characters.
const MaxWords = 500

// words brings a text of one line to the form in which it is kept; must says that it may
// not be empty.
func words(field, text string, must bool) (string, error) {
	text = name.Clean(strings.Join(strings.Fields(text), " "))
	if utf8.RuneCountInString(text) > MaxWords {
		return "", fault.New(fault.Invalid, "campaign.too_long", "limit", MaxWords).On(field)
	}
	if must && text == "" {
		return "", fault.New(fault.Invalid, "campaign.words_missing").On(field)
	}
	return text, nil
}
