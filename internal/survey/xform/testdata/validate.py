"""Has ODK Validate, which comes with pyxform and is the engine of ODK Collect, read XForms."""
import sys
from pyxform.validators.odk_validate import check_xform

bad = 0
for f in sys.argv[1:]:
    try:
        check_xform(f)
    except Exception as err:  # says what is wrong
        bad += 1
        print(f, err)
sys.exit(bad)
