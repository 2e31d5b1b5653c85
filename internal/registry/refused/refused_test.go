package refused

import "testing"

func TestColumn(t *testing.T) {
	for header, want := range map[string]string{
		"Situación migratoria": "migration", "SIT. MIGRATORIA": "migration", "condicion_migratoria": "migration",
		"Estatus migratorio": "migration", "Calidad Migratoria": "migration", "Est. Migr.": "migration",
		"Visa": "migration", "tipo de visa": "migration", "visaType": "migration", "Fecha venc. visado": "migration",
		"Permiso de residencia": "migration", "Residencia vence": "migration", "Vencimiento de la residencia": "migration",
		"Tarjeta de residencia": "migration", "Residencia permanente": "migration", "Residence permit": "migration",
		"Undocumented?": "migration", "Indocumentada": "migration", "Irregular": "migration", "Legal status": "migration",
		"Situación legal": "migration", "Green Card": "migration", "NIE vencimiento": "migration", "Caducidad TIE": "migration",
		"Immigration status": "migration", "Situación en España": "migration", "permesso di soggiorno": "migration",
		"Solicitante de asilo": "migration", "work permit": "migration",
		"Talla": "body", "ESTATURA (cm)": "body", "Peso": "body", "Color de ojos": "body", "color_piel": "body",
		"Color cabello": "body", "Grupo sanguíneo": "body", "Grupo sang.": "body", "Señas particulares": "body",
		"Señas": "body", "Eye colour": "body", "Blood type": "body", "height": "body",
		"Religión": "belief", "Partido político": "belief", "Partido": "belief", "Sindicato": "belief", "Raza": "belief",
		"ETNIA": "belief", "Grupo étnico": "belief", "Filiación política": "belief", "Ethnicity": "belief", "Trade union": "belief",
		"Ingreso mensual": "income", "INGRESOS": "income", "Ingreso": "income", "Sueldo": "income", "salario bruto": "income",
		"Renta anual": "income", "Income (USD)": "income", "monthly_salary": "income",
		"RUC": "tax", "SSN": "tax", "Nº fiscal ID": "tax", "Tax number": "tax",
		"Cuenta bancaria": "account", "Nro. de cuenta": "account", "CCI": "account", "IBAN": "account",
		"Tarjeta de crédito": "account", "Bank account": "account",
		"Huella digital": "biometric", "Iris": "biometric", "fingerprint": "biometric", "Plantilla facial": "biometric",
		"Contraseña": "secret", "Clave": "secret", "Clave de acceso": "secret", "password": "secret",
		"GPS trail": "trail", "Historial GPS": "trail",
		"Antecedentes penales": "extract", "Historia clínica": "extract",
	} {
		if got, refused := Column(header); !refused || got != want {
			t.Errorf("%q: got %q %v, want %q", header, got, refused, want)
		}
	}
}

func TestColumnsThatMustPass(t *testing.T) {
	for _, header := range []string{
		"", "Color", "Residencia", "País de residencia", "Lugar de residencia permanente", "Ciudad de residencia", "Estado de residencia",
		"Dirección de residencia", "Fecha de ingreso", "Fec. ingreso al país", "Ingreso a Italia", "Año de ingreso", "Estado civil",
		"Condición", "Situación laboral", "Situación laboral en España", "Estado", "Estatus", "Status", "Apellido paterno", "Nombres",
		"DNI", "NIE", "Pasaporte", "Pasaporte vence", "Fecha de caducidad", "Vencimiento DNI", "Tipo de documento (DNI/NIE)", "Tipo",
		"Motivo migratorio", "Motivo de migración", "Revisado", "Teléfono", "Correo", "Ocupación", "Grado de instrucción",
		"Tarjeta consular", "Nro. tarjeta consular", "Libreta militar", "Código", "Número", "N°", "Palabra clave", "Permiso de viaje del menor",
		"Representante legal", "Partido / Localidad", "Partida de nacimiento", "Unión de hecho", "Lugar de nacimiento", "Idioma",
		"Tiene cuenta bancaria", "Remesas", "Grupo familiar", "Tipo de inscripción", "Circunscripción", "Oficina", "GPS", "Latitud",
		"Ubicación", "Observaciones", "Nacionalidad", "Otra nacionalidad", "Sexo", "Género", "Contacto de emergencia", "Huésped", "Pintor",
		"Residente", "Residence country", "Country of residence", "Date of entry", "Full name", "Birth date",
	} {
		if reason, refused := Column(header); refused {
			t.Errorf("%q was refused as %q", header, reason)
		}
	}
}
