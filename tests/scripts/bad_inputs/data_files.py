"""Wrong data: name, the content of the file `data`, settings of the environment, what the error says."""

import gzip
import struct


def classes(**settings):
    return {"type": "classification", "path": "data", **settings}


def idx(magic, *sizes, content=b""):
    return struct.pack(f">I{len(sizes)}I", magic, *sizes) + content


CSV = "x,y,class\n1,2,a\n3,4,b\n"
ARFF = "@relation r\n@attribute x numeric\n@attribute class {a,b}\n@data\n1,a\n2,b\n"
TABLE = "t,arm,x1,reward\n1,0,1,0\n1,1,1,1\n2,0,1,0\n2,1,1,1\n"
LOG = "x1,arm,reward\n" + "1,0,1\n1,1,0\n" * 20
LABELS = idx(2049, 2, content=b"\0\1")

DATA = [
    ("data that are missing", None, classes(), ...),
    ("data that are a folder", None, classes(path="."), ...),
    ("data that are a device", None, classes(path="/dev/urandom"), ...),
    ("a path with NUL", CSV, classes(path="data\0.csv"), ...),
    ("an empty path", CSV, classes(path=""), ...),
    ("no bytes", "", classes(), ...),
    ("blank lines only", "\n\n\n", classes(format="csv"), ...),
    ("CSV without rows", "x,y,class\n", classes(format="csv"), ...),
    ("CSV of one class", "x,y,class\n1,2,a\n3,4,a\n", classes(format="csv"), ...),
    ("CSV with a row too short", CSV + "5,c\n", classes(format="csv"), ...),
    ("CSV with a row too long", CSV + "5,6,7,c\n", classes(format="csv"), ...),
    ("CSV with an open quote", CSV + '5,6,"c\n', classes(format="csv"), ...),
    ("CSV with text behind a quote", CSV + '5,6,"c"d\n', classes(format="csv"), ...),
    ("CSV without the label's column", CSV, classes(format="csv", label="species"), ...),
    ("CSV without so many columns", CSV, classes(format="csv", label=7), ...),
    ("CSV with a column's name twice", "x,x,class\n1,2,a\n3,4,b\n", classes(format="csv", label="x"), ...),
    ("CSV whose label is ignored", CSV, classes(format="csv", label="class", ignore=["class"]), ...),
    ("CSV that ignores all", CSV, classes(format="csv", ignore=["x", "y"]), ...),
    ("CSV that ignores what is not there", CSV, classes(format="csv", ignore=["z"]), ...),
    ("CSV without a label in a row", CSV + "5,6,\n", classes(format="csv"), ...),
    ("CSV with inf", CSV + "inf,6,a\n", classes(format="csv"), ...),
    ("CSV with nan", CSV + "nan,6,a\n", classes(format="csv"), ...),
    ("CSV with 1e400", CSV + "1e400,6,a\n", classes(format="csv"), ...),
    ("CSV with NUL", CSV + "5,\0,a\n", classes(format="csv"), ...),
    ("CSV with another delimiter", CSV, classes(format="csv", delimiter=";"), ...),
    ("CSV with a delimiter of no kind", CSV, classes(format="csv", delimiter="::"), ...),
    ("CSV with payoffs of a class that is not there", CSV,
     classes(format="csv", payoffs={"eat": {"c": 1, "a": 2, "b": 3}}), ...),
    ("CSV with payoffs that lack a class", CSV, classes(format="csv", payoffs={"eat": {"a": 2}}), ...),
    ("CSV with probabilities above 1", CSV,
     classes(format="csv", payoffs={"eat": {"a": {"values": [1, 2], "probabilities": [1, 1]}, "b": 0}}), ...),
    ("CSV with values that vary wildly", "x,class\n1e308,a\n-1e308,b\n", classes(format="csv", normalize="zscore"), ...),
    ("a table in place of classes", TABLE, classes(format="libsvm"), ...),
    ("an unknown format", CSV, classes(format="parquet"), ...),
    ("an unknown normalisation", CSV, classes(normalize="max"), ...),
    ("LibSVM with index 0", "1 0:1\n2 1:1\n", classes(format="libsvm"), ...),
    ("LibSVM with indices that fall", "1 2:1 1:1\n2 1:1\n", classes(format="libsvm"), ...),
    ("LibSVM with an index twice", "1 1:1 1:1\n2 1:1\n", classes(format="libsvm"), ...),
    ("LibSVM with a huge index", "1 999999999:1\n2 1:1\n", classes(format="libsvm"), ...),
    ("LibSVM with an index beyond all", "1 99999999999999999999:1\n2 1:1\n", classes(format="libsvm"), ...),
    ("LibSVM without a value", "1 1:\n2 1:1\n", classes(format="libsvm"), ...),
    ("LibSVM without a colon", "1 1\n2 1:1\n", classes(format="libsvm"), ...),
    ("LibSVM with nan", "1 1:nan\n2 1:1\n", classes(format="libsvm"), ...),
    ("LibSVM without features", "1\n2\n", classes(format="libsvm"), ...),
    ("ARFF without data", ARFF.split("@data")[0], classes(format="arff"), ...),
    ("ARFF without rows", ARFF.split("1,a")[0], classes(format="arff"), ...),
    ("ARFF without attributes", "@relation r\n@data\n1,a\n", classes(format="arff"), ...),
    ("ARFF with an unknown type", ARFF.replace("numeric", "date"), classes(format="arff"), ...),
    ("ARFF with a value that was not declared", ARFF + "3,c\n", classes(format="arff"), ...),
    ("ARFF with a row too short", ARFF + "3\n", classes(format="arff"), ...),
    ("ARFF with text for a number", ARFF + "x,a\n", classes(format="arff"), ...),
    ("ARFF with an open brace", ARFF.replace("a,b}", "a,b"), classes(format="arff"), ...),
    ("ARFF with an index beyond the attributes", ARFF + "{7 1}\n", classes(format="arff"), ...),
    ("IDX without labels", idx(2051, 2, 2, 2, content=bytes(8)), classes(), ...),
    ("IDX with a wrong magic number", idx(1234, 2, 2, 2, content=bytes(8)), classes(format="idx", labels="labels"), ...),
    ("IDX of 10^9 rows", idx(2051, 10**9, 28, 28), classes(format="idx", labels="labels"), ...),
    ("IDX of 2^32 by 2^32", idx(2051, 2**32 - 1, 2**32 - 1, 2**32 - 1), classes(format="idx", labels="labels"), ...),
    ("IDX of no rows", idx(2051, 0, 28, 28), classes(format="idx", labels="labels"), ...),
    ("IDX that is cut", idx(2051, 2, 2, 2, content=bytes(7)), classes(format="idx", labels="labels"), ...),
    ("IDX of 7 bytes", b"\0\0\x08\x03\0\0\0", classes(format="idx", labels="labels"), ...),
    ("IDX with other labels", idx(2051, 3, 2, 2, content=bytes(12)), classes(format="idx", labels="labels"), ...),
    ("IDX of floats", idx(0x0D03, 2, 1, 1, content=bytes(8)), classes(format="idx", labels="labels"), ...),
    ("labels with CSV", CSV, classes(format="csv", labels="labels"), ...),
    ("gzip that is cut", gzip.compress(CSV.encode() * 100)[:40], classes(), ...),
    ("gzip with a wrong checksum", gzip.compress(CSV.encode())[:-8] + b"\1" * 8, classes(), ...),
    ("gzip with other bytes behind", gzip.compress(CSV.encode()) + b"more", classes(), ...),
    ("gzip of nothing", gzip.compress(b""), classes(), ...),
    ("gzip in gzip", gzip.compress(gzip.compress(CSV.encode())), classes(format="csv"), ...),
    ("a gzip bomb", gzip.compress(bytes(200 << 20), 9), classes(format="csv"), ...),
    ("random bytes", bytes((i * i * 89 + 31) % 256 for i in range(8192)), classes(), ...),
    ("a program", b"\x7fELF" + bytes(range(256)) * 8, classes(format="csv"), ...),
    ("a table without columns", "a,b\n1,2\n", {"type": "table", "path": "data"}, ...),
    ("a table without rows", "t,arm,x1,reward\n", {"type": "table", "path": "data"}, ...),
    ("a table with text", TABLE.replace("2,0,1,0", "2,0,x,0"), {"type": "table", "path": "data"}, ...),
    ("a table with inf", TABLE.replace("2,0,1,0", "2,0,inf,0"), {"type": "table", "path": "data"}, ...),
    ("a table that lacks an arm", TABLE + "3,0,1,0\n", {"type": "table", "path": "data"}, ...),
    ("a table with an arm twice", TABLE.replace("2,1,", "2,0,"), {"type": "table", "path": "data"}, ...),
    ("a table with an arm of 10^9", TABLE.replace("2,1,", "2,1000000000,"), {"type": "table", "path": "data"}, ...),
    ("a table of fewer rounds than the horizon", TABLE, {"type": "table", "path": "data"}, ...),
    ("a table with a column twice", TABLE.replace("x1", "reward"), {"type": "table", "path": "data"}, ...),
    ("a log without an arm", "x1,reward\n1,0\n", {"type": "replay", "path": "data"}, ...),
    ("a log without rows", "x1,arm,reward\n", {"type": "replay", "path": "data"}, ...),
    ("a log with half an arm", LOG.replace("1,0,1", "1,0.5,1"), {"type": "replay", "path": "data"}, ...),
    ("a log with a negative arm", LOG.replace("1,0,1", "1,-1,1"), {"type": "replay", "path": "data"}, ...),
    ("a log with an arm of 10^9", LOG.replace("1,0,1", "1,1000000000,1"), {"type": "replay", "path": "data"}, ...),
    ("a log with a propensity of 0", "x1,arm,reward,propensity\n1,0,1,0\n1,1,1,1\n", {"type": "replay", "path": "data"}, ...),
    ("a log with a propensity above 1", "x1,arm,reward,propensity\n1,0,1,2\n1,1,1,1\n", {"type": "replay", "path": "data"}, ...),
    ("a log without a reward in a row", LOG + "1,0,\n", {"type": "replay", "path": "data"}, ...),
]
