"""Converts forms written as tables (FILE.md) with pyxform, each to FILE.xml beside it or to standard output."""
import sys
from pyxform.xls2xform import convert
for f in sys.argv[1:]:
    out = convert(xlsform=f, validate=False, pretty_print=True).xform
    open(f[:-3] + '.xml', 'w', encoding='utf-8').write(out)
