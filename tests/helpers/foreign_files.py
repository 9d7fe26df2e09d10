"""Files that people give in place of a CSV: as their programs begin them, small and made."""

import io
import zipfile


def make_zip(names: tuple[str, ...], mimetype: str = "") -> bytes:
    """A zip archive with such files, the type first and as it is, as OpenDocument has it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype, zipfile.ZIP_STORED)
        for name in names:
            archive.writestr(name, "some text " * 40)
    return content.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500
SHEET = "application/vnd.oasis.opendocument."
# The bytes of a file, what it is called, and the beginning of the cure.
FOREIGN = [
    (
        make_zip(("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml")),
        "an Excel workbook (.xlsx)",
        "save the sheet",
    ),
    (make_zip(("xl/workbook.bin",)), "an Excel workbook (.xlsb)", "save the sheet"),
    (
        make_zip(("content.xml",), SHEET + "spreadsheet"),
        "an OpenDocument workbook (.ods)",
        "save the sheet",
    ),
    (
        make_zip(("content.xml",), SHEET + "text"),
        "an OpenDocument file that is no workbook",
        "save",
    ),
    (make_zip(("word/document.xml",)), "a Word document (.docx)", "save it as CSV"),
    (make_zip(("wave.csv",)), "a zip archive", "unpack it"),
    (make_zip(()), "a zip archive", "unpack it"),
    (OLE + "Workbook".encode("utf-16-le"), "an Excel workbook (.xls)", "save the sheet"),
    (OLE + "EncryptedPackage".encode("utf-16-le"), "with a password", "save the sheet"),
    (OLE, "an old Office file", "save it as CSV"),
    (b"\x09\x08\x10\x00\x00\x06\x05\x00", "an Excel workbook (.xls)", "save the sheet"),
    (b"PAR1\x15\x04\x15 and PAR1", "a Parquet file", "save it as CSV"),
    (b"\x1f\x8b\x08\x00house", "compressed (gzip)", "unpack it"),
    (b"BZh91AY&SYhouse", "compressed (bzip2)", "unpack it"),
    (b"%PDF-1.7\n", "a PDF", "write what stands in it"),
    (b"SQLite format 3\0house", "a SQLite database", "save it as CSV"),
    (b"<?xml version='1.0'?><html>", "a page of the web", "save it as CSV"),
    (
        b"<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'>",
        "an Excel workbook (.xml)",
        "save the sheet",
    ),
    (b'\xef\xbb\xbf{"house_id": "fom"}', "JSON", "save it as CSV"),
]
