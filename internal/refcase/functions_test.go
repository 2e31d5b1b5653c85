package refcase_test

import "testing"

// What a function of survey gives on data, designs and arguments drawn by a seed; see functions/README.md.
func TestFunctionCases(t *testing.T) { runSurvey(t, "testdata/functions", "cases.json") }
