"""Converts forms (tables in FILE.md, or FILE.xlsx) with pyxform, each to FILE.xml beside it."""
import os
import sys
from pyxform.xls2xform import convert
for f in sys.argv[1:]:
    out = convert(xlsform=f, validate=False, pretty_print=True).xform
    open(os.path.splitext(f)[0] + '.xml', 'w', encoding='utf-8').write(out)
