// Package archtest holds the rules of the house as tests: which package may import which,
// what a pure package may not touch, how long a file may be, what no field may record.
//
// Each rule is a function from what it looks at to complaints. It runs on the repository,
// and in TestRulesCanFail on a small planted offence, so that a rule that has gone blind
// is itself a failing test. A rule may be departed from only in exceptions_test.go, with
// a reason.
package archtest
