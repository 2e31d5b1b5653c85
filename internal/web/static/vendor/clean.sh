#!/bin/sh
# Makes the vendored files from the unpacked npm packages:
#   npm pack govuk-frontend@6.6.0 @ministryofjustice/frontend@11.1.0
#   sh clean.sh GOVUK_PACKAGE_FOLDER MOJ_PACKAGE_FOLDER
# What may only be used on gov.uk goes out: the font rule, its name, the crest. The icons
# of components that Quipu does not use go too, so that no page asks for a missing file.
set -eu
clean() {
	sed -E \
		-e 's|/\*! Copyright \(c\) 2011 by Margaret Calvert[^*]*\*/||' \
		-e 's|@font-face\{[^}]*\}||g' \
		-e 's|GDS Transport,arial,sans-serif|var(--q-font,sans-serif)|g' \
		-e 's|url\(/assets/[^)]*\)|none|g' \
		-e 's|/\*# sourceMappingURL=[^*]*\*/||' \
		"$1"
}
here=$(dirname "$0")
clean "$1/dist/govuk/govuk-frontend.min.css" >"$here/govuk-frontend-6.6.0.min.css"
clean "$2/moj/moj-frontend.min.css" >"$here/moj-frontend-11.1.0.min.css"
cd "$here" && sha256sum *.css *.txt >SHA256SUMS
