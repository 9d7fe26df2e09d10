"""What kind of file somebody gave in place of a CSV, by its bytes, whatever its name says.

The two packages that read files of their users have this file, to the byte, as neither may know
the other.
"""

import re

# How files begin; the longest part that they all have comes first where two begin alike.
BEGINS = (
    (b"SQLite format 3\0", "a SQLite database"),
    (b"%PDF-", "a PDF"),
    (b"{\\rtf", "a document of a word processor (.rtf)"),
    (b"\x89PNG\r\n\x1a\n", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF87a", "a picture (GIF)"),
    (b"GIF89a", "a picture (GIF)"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (b"\x93NUMPY", "an array of numpy"),
    (b"ARROW1\0\0", "an Arrow file (.feather)"),
    (b"<stata_dta>", "a data set of Stata (.dta)"),
    (b"$FL2@(#)", "a data set of SPSS (.sav)"),
    (b"$FL3@(#)", "a data set of SPSS (.zsav)"),
    (b"\x1f\x8b", "compressed (gzip)"),
    (b"\xfd7zXZ\0", "compressed (xz)"),
    (b"\x28\xb5\x2f\xfd", "compressed (zstandard)"),
    (b"7z\xbc\xaf\x27\x1c", "an archive (7z)"),
    (b"Rar!\x1a\x07", "an archive (rar)"),
)
BZIP2 = re.compile(rb"BZh[1-9]1AY&SY")
# A field of Thrift follows, which no name of a column begins with.
PARQUET = re.compile(rb"PAR1[\x00-\x1f]")
ZIP = re.compile(rb"PK(?:\x03\x04|\x05\x06|\x07\x08)")
# Names of files inside, which stand in a zip archive as they are.
IN_ZIP = (
    (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "an OpenDocument workbook (.ods)"),
    (b"mimetypeapplication/vnd.oasis.opendocument", "an OpenDocument file that is no workbook"),
    (b"xl/workbook.bin", "an Excel workbook (.xlsb)"),
    (b"xl/workbook", "an Excel workbook (.xlsx)"),
    (b"xl/worksheets", "an Excel workbook (.xlsx)"),
    (b"word/document", "a Word document (.docx)"),
    (b"Index/Document.iwa", "a workbook of Numbers"),
)
# The container of Office before 2007, with the names of its parts in UTF-16.
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
IN_OLE = (
    ("EncryptedPackage", "an Excel workbook or another Office file with a password"),
    ("Workbook", "an Excel workbook (.xls)"),
    ("WordDocument", "a Word document (.doc)"),
)
# Excel before 97 had no container.
OLD_EXCEL = re.compile(rb"\x09[\x00\x02\x04\x08][\x04-\x10]\x00..[\x05\x10\x20\x40]\x00", re.DOTALL)
XML = re.compile(r"\s*<\?xml", re.IGNORECASE)
# How JSON begins, and what a server sends in place of a file.
JSON = re.compile(r"\s*(?:\{|\[\s*[\[{])")
PAGE = re.compile(r"\s*<(?:!doctype|html|table)", re.IGNORECASE)
# As much as the names of the parts of a workbook may lie apart.
LOOK_INTO = 2**20


def name_format(content: bytes) -> str:
    r"""Name the format of a file that is no CSV; empty where nothing speaks against CSV.

    Parameters
    ----------
    content : bytes
        The file, or how it begins; of a zip archive the end tells, too.

    Returns
    -------
    str
        With its article, such as "an Excel workbook (.xlsx)".

    Examples
    --------
    >>> name_format(b"%PDF-1.7 and so on"), name_format(b"PAR1\x15\x04"), name_format(b"PAR1,n")
    ('a PDF', 'a Parquet file', '')
    """
    if ZIP.match(content):
        ends = content[:LOOK_INTO] + content[-LOOK_INTO:]
        return next((name for part, name in IN_ZIP if part in ends), "a zip archive")
    if content.startswith(OLE):
        parts = ((part.encode("utf-16-le"), name) for part, name in IN_OLE)
        return next((name for part, name in parts if part in content), "an old Office file")
    if OLD_EXCEL.match(content):
        return "an Excel workbook (.xls)"
    if PARQUET.match(content):
        return "a Parquet file"
    if BZIP2.match(content):
        return "compressed (bzip2)"
    for begin, name in BEGINS:
        if content.startswith(begin):
            return name
    return _name_text(content[:4096].decode("utf-8-sig", errors="replace"))


def name_cure(kind: str) -> str:
    """What to do with a file of a format that `name_format` names.

    Examples
    --------
    >>> name_cure("an Excel workbook (.xlsx)")
    'save the sheet as CSV in UTF-8'
    >>> name_cure("compressed (gzip)")
    'unpack it, and give the CSV that is in it'
    """
    if kind.startswith(("a zip archive", "an archive", "compressed")):
        return "unpack it, and give the CSV that is in it"
    if "workbook" in kind:
        return "save the sheet as CSV in UTF-8"
    if kind.startswith(("a picture", "a PDF")):
        return "write what stands in it into a CSV in UTF-8"
    return "save it as CSV in UTF-8"


def _name_text(text: str) -> str:
    """Name a format that is text, by how it begins."""
    if XML.match(text):
        if "urn:schemas-microsoft-com:office:spreadsheet" in text:
            return "an Excel workbook (.xml)"
        return "a page of the web" if "<html" in text.lower() else "XML"
    if PAGE.match(text):
        return "a page of the web"
    return "JSON" if JSON.match(text) else ""
