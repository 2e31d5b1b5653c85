package place

import (
	"math"

	"quipu/internal/code"
)

// Precision is a code of the list address_precision: how closely a place is known, and
// how closely it may be shown.
type Precision string

// The precisions, finest first.
const (
	PrecisionExact    Precision = "exact"    // the door
	PrecisionStreet   Precision = "street"   // the street or block, about 100 m
	PrecisionCity     Precision = "city"     // the town, about 10 km
	PrecisionDistrict Precision = "district" // the district or region, about 100 km
)

// decimals of a degree kept at each precision: 5 is about a metre, 3 about 100 m, 1
// about 11 km, 0 about 110 km.
var decimals = map[Precision]float64{PrecisionExact: 1e5, PrecisionStreet: 1e3, PrecisionCity: 1e1, PrecisionDistrict: 1}

// Valid reports whether p is a code of its list.
func (p Precision) Valid() bool { return code.List("address_precision").Has(string(p)) }

// Point is a place on the map in degrees, WGS 84.
type Point struct {
	Lat, Lon  float64
	Precision Precision
}

// Valid reports whether the point can be on the Earth and says how precise it is.
func (p Point) Valid() bool {
	return p.Lat >= -90 && p.Lat <= 90 && p.Lon >= -180 && p.Lon <= 180 && p.Precision.Valid()
}

// Coarsen returns the point as it may be shown at a precision: its digits are cut so
// that the rest cannot be read from them. It never makes a point finer.
func (p Point) Coarsen(to Precision) Point {
	f, ok := decimals[to]
	if !ok {
		f, to = decimals[PrecisionDistrict], PrecisionDistrict
	}
	if own, ok := decimals[p.Precision]; ok && own < f {
		f, to = own, p.Precision
	}
	return Point{Lat: math.Round(p.Lat*f) / f, Lon: math.Round(p.Lon*f) / f, Precision: to}
}

// earthRadius is the mean radius of the Earth in kilometres (IUGG R1).
const earthRadius = 6371.0088

// Kilometres is the great-circle distance between two points (haversine), good to half a
// per cent.
func (p Point) Kilometres(q Point) float64 {
	rad := math.Pi / 180
	dLat, dLon := (q.Lat-p.Lat)*rad, (q.Lon-p.Lon)*rad
	a := math.Pow(math.Sin(dLat/2), 2) +
		math.Cos(p.Lat*rad)*math.Cos(q.Lat*rad)*math.Pow(math.Sin(dLon/2), 2)
	return 2 * earthRadius * math.Asin(math.Min(1, math.Sqrt(a)))
}
