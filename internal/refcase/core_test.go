package refcase_test

import "testing"

// Designs and linear estimators, and calls of other forms; the scripts lie beside them.
func TestCoreCases(t *testing.T) {
	runSurvey(t, "testdata/core", "cases.json")
	runSurvey(t, "testdata/core", "extra.json")
}
