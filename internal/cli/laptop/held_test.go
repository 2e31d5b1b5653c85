package laptop

import (
	"strings"
	"testing"

	"quipu/internal/app/exchange"
	"quipu/internal/store"
)

// TestHeldIsSafeInASpreadsheet: no cell of the list is run by the program that opens it.
func TestHeldIsSafeInASpreadsheet(t *testing.T) {
	var b strings.Builder
	h := &exchange.Holding{People: []store.PersonRow{{Number: "PE-1", SurnamePaternal: "=1+1", SurnameMaternal: "\t=1+1", GivenNames: "'@A", Birth: "1980",
		Office: "ESMAD", City: "-Lima", ID: "X"}}}
	if err := WriteHeld(&b, h, true); err != nil {
		t.Fatal(err)
	}
	const want = "number,surname_paternal,surname_maternal,given_names,birth,office,city,id\r\n" +
		"PE-1,'=1+1,'\t=1+1,''@A,1980,ESMAD,'-Lima,X\r\n"
	if b.String() != want {
		t.Errorf("%q", b.String())
	}
}
