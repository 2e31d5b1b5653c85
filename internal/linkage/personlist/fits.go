package personlist

// fits reports whether what a column holds can be what its heading says.
func fits(r role, p *profile) bool {
	code := p.digits + p.mixed
	switch r {
	case "given", "middle", "surname", "surname2", "married", "maiden", "full", "name", "parent":
		return p.digits < 0.5 && p.email < 0.5 && p.date < 0.5 && p.mixed < 0.7
	case "salutation":
		return p.distinct <= 60 && p.words < 2.5
	case "birth":
		return p.date >= 0.5 || p.year >= 0.8 || p.serials != 0
	case "birth_year", "year":
		return p.year >= 0.7 || p.digits >= 0.9 && p.length <= 2.1
	case "birth_month", "month":
		return p.month >= 0.9 || p.letters >= 0.9 && p.distinct <= 40
	case "birth_day", "day":
		return p.day >= 0.9
	case "age":
		return p.digits >= 0.8 && p.length <= 5
	case "document":
		return code >= 0.4 && p.email < 0.5 && p.date < 0.8 && p.distinct > 2
	case "id":
		word := p.words < 1.5 && max(p.given, p.family, p.place) < 0.3
		return (code >= 0.5 || word) && p.email < 0.5 && (p.date < 0.5 || p.packed > 0 && p.unique() > 0.95)
	case "sex":
		return p.distinct <= 12 && p.length < 14
	case "city", "region", "country", "birthplace", "birthcountry", "postcode", "street", "nationality":
		return p.email < 0.5 && p.date < 0.5
	case "number":
		return p.email < 0.5 && p.date < 0.5 && p.words < 3
	case "phone":
		return p.digits+p.mixed >= 0.5 && p.email < 0.5 && p.date < 0.5
	case "email":
		return p.email >= 0.3
	}
	return true
}

// guess says what a column holds by its values alone; "words" and "code" are of no known
// kind, "date" is some date.
func guess(p *profile) role {
	code := p.digits + p.mixed
	switch {
	case p.email >= 0.6:
		return "email"
	case p.date >= 0.7:
		return "date"
	case p.decimal >= 0.8 && p.date < 0.5:
		return "measure"
	case p.sex >= 0.95 && p.distinct <= 8 && p.letters > 0.9:
		return "sex"
	case p.phone >= 0.6 && (p.plus >= 0.3 || p.shape < 0.9999 && p.words > 1.5):
		return "phone"
	case p.way >= 0.25:
		return "street"
	case code >= 0.8 && p.words < 1.9:
		return guessCode(p)
	case p.words > 5.5:
		return "text"
	}
	return guessWords(p)
}

// guessCode tells numbers and codes apart.
func guessCode(p *profile) role {
	switch {
	case p.unique() >= 0.999 && p.filled == p.rows && p.filled > 20:
		return "id"
	case p.year >= 0.9 && p.distinct > 1:
		return "year"
	case p.length >= 5 && p.unique() > 0.3 && (p.length > 5.5 || p.shape < 0.8 || p.digits < 0.9):
		return "document"
	case p.distinct <= 60 && p.unique() < 0.1:
		return "category"
	case p.shape >= 0.8 && p.length >= 3 && p.length <= 8.5 && (p.unique() < 0.7 || p.length <= 5.5):
		return "postcode"
	case p.digits >= 0.8 && p.length < 5.5:
		return "number"
	case p.length >= 5:
		return "document"
	}
	return "code"
}

// guessWords tells names, places and other words apart.
func guessWords(p *profile) role {
	few := p.distinct <= 60 && p.unique() < 0.08
	switch {
	case p.place >= 0.25 && p.place > p.family && p.place > p.given:
		return "city"
	case p.mixed > 0.4:
		return "text"
	case p.words >= 1.6 && p.anyName >= 0.4 && p.words <= 5.5:
		switch {
		case max(p.spoken, p.filed) >= 0.25:
			return "full"
		case p.given >= 0.6 && p.family < 0.35:
			return "given"
		case p.family >= 0.6 && p.given < 0.35:
			return "surname"
		}
		return "full"
	case few && (p.distinct < 12 && max(p.given, p.family) < 0.6 || p.unique() < 0.01):
		return "category"
	case p.given >= 0.3 && p.given >= p.family:
		return "given"
	case p.family >= 0.2 && p.family > p.given:
		return "surname"
	case few:
		return "category"
	case p.words > 3:
		return "text"
	}
	return "words"
}
