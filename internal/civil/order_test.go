package civil

import (
	"slices"
	"testing"
)

func TestOrderOfAColumn(t *testing.T) {
	for _, c := range []struct {
		cells   []string
		order   Order
		serials Serials
	}{
		{[]string{"7/4/1968", "1/2/1970", "25/12/1980"}, DMY, NoSerials},
		{[]string{"7-4-68", "12-25-80", "01-30-71"}, MDY, NoSerials},
		{[]string{"07041968", "25121980"}, DMY, NoSerials},
		{[]string{"04071968", "12251980"}, MDY, NoSerials},
		{[]string{"19680407", "19801225"}, OrderUnknown, NoSerials},
		{[]string{"07 04 1968", "25 12 1980 0:00"}, DMY, NoSerials},
		{[]string{"7/4/1968", "1/2/1970"}, OrderUnknown, NoSerials},
		{[]string{"24935", "30123", "7/4/1968"}, OrderUnknown, Serials1900},
		{nil, OrderUnknown, NoSerials},
	} {
		if o, s := OrderOf(slices.Values(c.cells)); o != c.order || s != c.serials {
			t.Errorf("%v: order %v, serials %v; want %v, %v", c.cells, o, s, c.order, c.serials)
		}
	}
}
