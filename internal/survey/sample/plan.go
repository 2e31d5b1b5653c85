// Package sample draws samples: how many from each stratum, which units, with which
// probability, and who stands in reserve. It is pure. What is drawn follows from the seed and
// the names of the units alone, so that it is the same whatever the order of the rows, and
// anybody who has the plan and the frame can draw it again.
package sample

import (
	"encoding/json"

	"quipu/internal/fault"
)

// Source is where a frame came from.
type Source string

// The sources.
const (
	Register Source = "register" // people in force of the offices that take part
	Places   Source = "places"   // venues at days and hours, with the visits that are expected
	Offices  Source = "offices"  // some of the offices that take part, then people of their registers
	Chains   Source = "chains"   // people who invite people: nobody is drawn
)

// Method is how units are drawn within a stratum.
type Method string

// The methods.
const (
	Simple     Method = "simple"     // each as likely as any other
	Systematic Method = "systematic" // every so many of the units in their order: strata within strata
	PPS        Method = "pps"        // systematic, as likely as a unit is large
	Brewer     Method = "brewer"     // as likely as a unit is large, one draw after the other
	Sampford   Method = "sampford"   // as likely as a unit is large, and how likely two are together is known
)

// Methods lists them.
var Methods = []Method{Simple, Systematic, PPS, Brewer, Sampford}

// Plan is how a sample was drawn, as it is kept with the survey.
type Plan struct {
	Source     Source         `json:"frame"`
	Method     Method         `json:"method"`
	Allocation Allocation     `json:"allocation"`
	Seed       uint64         `json:"seed"`
	Date       string         `json:"date"`               // of the frame, YYYY-MM-DD
	LogSize    int64          `json:"log_size"`           // changes in the register then
	By         []string       `json:"by"`                 // what strata are made of: office, sex, age
	Each       int            `json:"each,omitempty"`     // interviews at each place that was drawn
	LeftOut    map[string]int `json:"left_out,omitempty"` // units that are not in the frame, by reason
	Strata     []Stratum      `json:"strata"`
	Firsts     []First        `json:"firsts,omitempty"` // offices of the first stage, those drawn and the others
	Chain      *Chain         `json:"chain,omitempty"`  // where people invite people
}

// Stratum is a part of the population that is drawn from on its own.
type Stratum struct {
	Name       string   `json:"name"`
	Office     string   `json:"office"`
	Parts      []string `json:"parts,omitempty"` // its office, sex, age, as in By of the plan
	Population int      `json:"population"`      // units in the frame
	Take       int      `json:"take"`            // units to be drawn
	Reserve    int      `json:"reserve"`         // and how many more stand in reserve
	SD         float64  `json:"sd,omitempty"`    // standard deviation that was stated, for Neyman's allocation
}

// ReadPlan reads what was kept.
func ReadPlan(text string) (p Plan, err error) {
	if text == "" {
		return p, nil
	}
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return p, fault.New(fault.Invalid, "sample.plan").Because(err)
	}
	return p, nil
}

// JSON is the plan as it is kept.
func (p *Plan) JSON() string {
	b, _ := json.Marshal(p) // of numbers and texts: it cannot fail
	return string(b)
}

// Taken is how many units are drawn without the reserves, and of how many.
func (p *Plan) Taken() (taken, population int) {
	for _, s := range p.Strata {
		taken, population = taken+s.Take, population+s.Population
	}
	return taken, population
}
