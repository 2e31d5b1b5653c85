// Package weighting makes the weights of a survey's answers in steps that are kept with it:
// from the probabilities of the draw over those who were not reached and did not answer to
// margins of the register, and to limits of what one answer may count. It is pure: the same
// answers, cases and steps give the same weights.
package weighting

import (
	"encoding/json"

	"quipu/internal/estimate/rds"
	"quipu/internal/fault"
)

// Classes are within what those who answered stand for those who did not.
type Classes string

// The classes.
const (
	Never      Classes = ""           // nothing is done
	Whole      Classes = "all"        // all alike
	Office     Classes = "office"     // within the office that asks
	Stratum    Classes = "stratum"    // within the stratum of the sample
	Nearest    Classes = "nearest"    // within the stratum, or, where nobody in it can, the office, or all
	Propensity Classes = "propensity" // within five groups that were about as likely to answer, by a model
)

// Method is how answers are brought to margins.
type Method string

// The methods.
const (
	None   Method = ""
	Cells  Method = "cells"  // each combination to its size (post-stratification)
	Rake   Method = "raking" // each margin on its own, factors never below 0
	Linear Method = "linear" // the nearest; factors may be below 0 without bounds
	Logit  Method = "logit"  // between bounds, smoothly
)

// Methods lists them.
var Methods = []Method{None, Rake, Linear, Logit, Cells}

// The variables of margins.
const (
	ByOffice = "office"
	BySex    = "sex"
	ByAge    = "age"
)

// Variable is what a margin is of, and the column of the answers that says it.
type Variable struct {
	Of     string `json:"of"`               // office, sex or age
	Column string `json:"column,omitempty"` // "" for the office
}

// Count is how many people of the register are in a cell.
type Count struct {
	Key []string `json:"key"` // a value for each of Office, Sex, Age
	N   int      `json:"n"`
}

// Steps are what is done to weights, in the order in which it is done.
type Steps struct {
	Visits      string     `json:"visits,omitempty"` // column that says how often a person comes to such places
	Worked      Classes    `json:"worked,omitempty"` // within what the cases that were tried stand for those that wait
	Eligibility Classes    `json:"eligibility"`
	Nonresponse Classes    `json:"nonresponse"`
	Method      Method     `json:"calibration"`
	Low         float64    `json:"low,omitempty"` // bounds of the factors, 0 for none
	High        float64    `json:"high,omitempty"`
	Variables   []Variable `json:"variables,omitempty"`
	TrimLow     float64    `json:"trim_low,omitempty"` // limits of weights, in medians; 0 for none
	TrimHigh    float64    `json:"trim_high,omitempty"`

	// Where people recruited people.
	Chain      rds.Method `json:"chain,omitempty"`       // how a chain is weighed; RDS-II where nothing is said
	Group      string     `json:"chain_group,omitempty"` // the column whose groups recruit one another, for RDS-I
	Population int        `json:"population,omitempty"`  // people in all, 0 when nobody says; successive sampling needs it
	Replicates int        `json:"replicates,omitempty"`  // draws of the tree bootstrap; 500 where nothing is said
	Seed       uint64     `json:"seed,omitempty"`        // of those

	// What the register counted: people in force by office, sex and age.
	Counts  []Count `json:"counts,omitempty"`
	Date    string  `json:"date,omitempty"` // when, YYYY-MM-DD
	LogSize int64   `json:"log_size,omitempty"`
}

// Usual are the steps until others are kept: those who answered stand for everybody who may have
// been drawn, wherever fieldwork is.
func Usual() Steps { return Steps{Worked: Nearest, Eligibility: Nearest, Nonresponse: Nearest} }

// Read reads what was kept; "" are the usual steps.
func Read(text string) (s Steps, err error) {
	if text == "" {
		return Usual(), nil
	}
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return s, fault.New(fault.Invalid, "weighting.steps").Because(err)
	}
	return s, nil
}

// JSON is how steps are kept.
func (s *Steps) JSON() string {
	b, _ := json.Marshal(s) // of numbers and texts: it cannot fail
	return string(b)
}

// Check says what is wrong with steps before they are kept.
func (s *Steps) Check() error {
	known := func(c Classes, all ...Classes) bool {
		for _, k := range all {
			if c == k {
				return true
			}
		}
		return false
	}
	bounded := s.Low != 0 || s.High != 0
	switch {
	case !known(s.Worked, Never, Whole, Office, Stratum, Nearest):
		return fault.New(fault.Invalid, "weighting.classes").On("worked")
	case !known(s.Eligibility, Never, Whole, Office, Stratum, Nearest):
		return fault.New(fault.Invalid, "weighting.classes").On("eligibility")
	case !known(s.Nonresponse, Never, Whole, Office, Stratum, Nearest, Propensity):
		return fault.New(fault.Invalid, "weighting.classes").On("nonresponse")
	case s.Chain != "" && s.Chain != rds.MethodI && s.Chain != rds.MethodII && s.Chain != rds.MethodSS:
		return fault.New(fault.Invalid, "weighting.classes").On("chain")
	case s.Chain == rds.MethodI && s.Group == "":
		return fault.New(fault.Invalid, "weighting.chain_group").On("group")
	case s.Chain == rds.MethodSS && s.Population < 2 || s.Population < 0:
		return fault.New(fault.Invalid, "weighting.chain_size").On("population")
	case s.Replicates != 0 && (s.Replicates < 50 || s.Replicates > 2000):
		return fault.New(fault.Invalid, "weighting.replicates").On("replicates")
	case s.Method != None && len(s.Variables) == 0:
		return fault.New(fault.Invalid, "weighting.no_variables").On("variables")
	case (bounded || s.Method == Logit) && !(s.Low >= 0 && s.Low < 1 && s.High > 1):
		return fault.New(fault.Invalid, "weighting.bounds").On("low")
	case (s.TrimHigh != 0 || s.TrimLow != 0) && !(s.TrimLow >= 0 && s.TrimLow < 1 && (s.TrimHigh == 0 || s.TrimHigh > 1)):
		return fault.New(fault.Invalid, "weighting.trim").On("trim_high")
	}
	for _, v := range s.Variables {
		if v.Of != ByOffice && v.Column == "" {
			return fault.New(fault.Invalid, "weighting.no_column").On(v.Of)
		}
	}
	return nil
}
