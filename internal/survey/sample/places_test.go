package sample

import (
	"slices"
	"testing"
)

// TestReadPlaces: each thing that is wrong is said with its line and column, and the lines that
// are right are there all the same.
func TestReadPlaces(t *testing.T) {
	takes := func(o string) bool { return o == "ESMAD" }
	for _, c := range []struct {
		text  string
		names []string
		wrong []PlaceProblem
	}{
		{"oficina,lugar,día,hora,visitas\nESMAD,Parque,domingo,16,100\n", []string{"Parque, domingo, 16"}, nil},
		{"\ufeffoficina;lugar;día;hora;visitas\r\nesmad;Parque;domingo;16;100,5\r\n;;;;\r\n", []string{"Parque, domingo, 16"}, nil},
		{"ESMAD\tParque\tdomingo\t16\t100\n", []string{"Parque, domingo, 16"}, nil},
		{"ESMAD,P\xf3rtico,s\xe1bado,16,100\n", []string{"Pórtico, sábado, 16"}, nil},
		{"ESMAD,Parque,domingo,16,100\nUSMIA,Parque,,16,muchas\nESMAD,Iglesia\nESMAD,Parque,domingo,16,90\nESMAD,Plaza,lunes,9,0\nESMAD,Locutorio,lunes,9,5\n",
			[]string{"Parque, domingo, 16", "Locutorio, lunes, 9"},
			[]PlaceProblem{{2, "office", "USMIA", "office"}, {2, "day", "", "empty"}, {2, "visits", "muchas", "visits"}, {3, "", "2", "cells"}, {4, "place", "1", "twice"}, {5, "visits", "0", "visits"}}},
		{"ESMAD,\"Parque,domingo,16,100\n", nil, []PlaceProblem{{1, "", "", "quotes"}}},
		{"", nil, nil},
	} {
		places, wrong := ReadPlaces(c.text, takes)
		var names []string
		for _, p := range places {
			names = append(names, p.What())
		}
		if !slices.Equal(names, c.names) || !slices.Equal(wrong, c.wrong) {
			t.Errorf("%q reads %q, %+v", c.text, names, wrong)
		}
	}
}

func FuzzReadPlaces(f *testing.F) {
	f.Add("oficina,lugar,día,hora,visitas\nESMAD,Parque,domingo,16,100\n\"")
	f.Fuzz(func(t *testing.T, text string) {
		places, _ := ReadPlaces(text, func(o string) bool { return o == "ESMAD" })
		for _, p := range places {
			if p.Office != "ESMAD" || !(p.Visits > 0) || p.Name == "" {
				t.Errorf("%q gives %+v", text, p)
			}
		}
	})
}
