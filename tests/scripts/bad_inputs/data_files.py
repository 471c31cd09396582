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
    ("data that are missing", None, classes(), "/environment/path: cannot read data: No such file or directory"),
    ("data that are a folder", None, classes(path="."), "/environment/path: cannot read : it is a folder, not a file"),
    ("data that are a device", None, classes(path="/dev/urandom"), "/environment/path: cannot read /dev/urandom: it is a device, not a regular file"),
    ("a path with NUL", CSV, classes(path="data\0.csv"), "/environment/path: a file name with a NUL character"),
    ("an empty path", CSV, classes(path=""), "/environment/path: an empty string; expected a file name"),
    ("no bytes", "", classes(), "data: the file is empty"),
    ("blank lines only", "\n\n\n", classes(format="csv"), "data: the file is empty"),
    ("CSV without rows", "x,y,class\n", classes(format="csv"), "data:1: a header but no rows; if it is data, set \"header\" to false"),
    ("CSV of one class", "x,y,class\n1,2,a\n3,4,a\n", classes(format="csv"), "data: column 'class': every label is 'a'; a bandit needs at least two classes, so"),
    ("CSV with a row too short", CSV + "5,c\n", classes(format="csv"), "data:4: 2 fields, but 3 on line 1; every row needs the same number"),
    ("CSV with a row too long", CSV + "5,6,7,c\n", classes(format="csv"), "data:4: 4 fields, but 3 on line 1; every row needs the same number"),
    ("CSV with an open quote", CSV + '5,6,"c\n', classes(format="csv"), "data:4: a quote that opens here is never closed"),
    ("CSV with text behind a quote", CSV + '5,6,"c"d\n', classes(format="csv"), "data:4: text after the closing quote of 'c'; double a quote that belongs to a"),
    ("CSV without the label's column", CSV, classes(format="csv", label="species"), "data:1: \"label\" names the column 'species', but the columns are 'x', 'y', 'class'"),
    ("CSV without so many columns", CSV, classes(format="csv", label=7), "data:1: \"label\" is the position 7, but there are 3 columns: positions count from"),
    ("CSV with a column's name twice", "x,x,class\n1,2,a\n3,4,b\n", classes(format="csv", label="x"), "data:1: \"label\" names the column 'x', but several have that name; give its"),
    ("CSV whose label is ignored", CSV, classes(format="csv", label="class", ignore=["class"]), "data: \"ignore\" names the label, the column 'class'; take it out or choose another"),
    ("CSV that ignores all", CSV, classes(format="csv", ignore=["x", "y"]), "data: \"ignore\" leaves no column besides the label"),
    ("CSV that ignores what is not there", CSV, classes(format="csv", ignore=["z"]), "data:1: \"ignore\" names the column 'z', but the columns are 'x', 'y', 'class'"),
    ("CSV without a label in a row", CSV + "5,6,\n", classes(format="csv"), "data:4: column 'class': the label is missing (''); remove the row, or change"),
    ("CSV with inf", CSV + "inf,6,a\n", classes(format="csv"), "data:4: column 'x': 'inf' is not a finite number of at most 1e150 in magnitude;"),
    ("CSV with nan", CSV + "nan,6,a\n", classes(format="csv"), "data:4: column 'x': 'nan' is not a finite number of at most 1e150 in magnitude;"),
    ("CSV with 1e400", CSV + "1e400,6,a\n", classes(format="csv"), "data:4: column 'x': '1e400' is not a finite number of at most 1e150 in magnitude;"),
    ("CSV with NUL", CSV + "5,\0,a\n", classes(format="csv"), "data:4: a NUL byte, so this is not a text file; is it the right file?"),
    ("CSV with another delimiter", CSV, classes(format="csv", delimiter=";"), "data:1: only one column, 'x,y,class'; a label and a feature are needed, so check"),
    ("CSV with a delimiter of no kind", CSV, classes(format="csv", delimiter="::"), "/environment/delimiter: \"::\" is not an option; expected \",\", \";\", \"tab\" or \"space\""),
    ("CSV with payoffs of a class that is not there", CSV,
     classes(format="csv", payoffs={"eat": {"c": 1, "a": 2, "b": 3}}), "/environment: \"payoffs\": the arm 'eat' names the class 'c', but the classes are 'a', 'b'"),
    ("CSV with payoffs that lack a class", CSV, classes(format="csv", payoffs={"eat": {"a": 2}}), "/environment: \"payoffs\": the arm 'eat' does not say what it pays for the class 'b'; the classes"),
    ("CSV with probabilities above 1", CSV,
     classes(format="csv", payoffs={"eat": {"a": {"values": [1, 2], "probabilities": [1, 1]}, "b": 0}}), "/environment/payoffs: arm 'eat', class 'a': the probabilities have the sum 2, not 1"),
    ("CSV with values that vary wildly", "x,class\n1e308,a\n-1e308,b\n", classes(format="csv", normalize="zscore"), "data:2: column 'x': '1e308' is not a finite number of at most 1e150 in magnitude;"),
    ("a table in place of classes", TABLE, classes(format="libsvm"), "data:1: the label 't,arm,x1,reward' names several classes; a row needs exactly one"),
    ("an unknown format", CSV, classes(format="parquet"), "/environment/format: \"parquet\" is not an option; expected \"auto\", \"csv\", \"idx\", \"libsvm\" or"),
    ("an unknown normalisation", CSV, classes(normalize="max"), "/environment/normalize: \"max\" is not an option; expected \"none\", \"l2\" or \"zscore\""),
    ("LibSVM with index 0", "1 0:1\n2 1:1\n", classes(format="libsvm"), "data:1: '0:1': indices count from 1; add 1 to all of the file"),
    ("LibSVM with an index twice", "1 1:1 1:1\n2 1:1\n", classes(format="libsvm"), "data:1: the index 1 twice"),
    ("LibSVM with a huge index", "1 999999999:1\n2 1:1\n", classes(format="libsvm"), "data:1: '999999999:1': the index is beyond 100000, the most coordinates that are"),
    ("LibSVM with an index beyond all", "1 99999999999999999999:1\n2 1:1\n", classes(format="libsvm"), "data:1: '99999999999999999999:1': the index is beyond 100000, the most"),
    ("LibSVM without a value", "1 1:\n2 1:1\n", classes(format="libsvm"), "data:1: '1:': '' is not a finite number of at most 1e150 in magnitude"),
    ("LibSVM without a colon", "1 1\n2 1:1\n", classes(format="libsvm"), "data:1: '1' is not index:value"),
    ("LibSVM with nan", "1 1:nan\n2 1:1\n", classes(format="libsvm"), "data:1: '1:nan': 'nan' is not a finite number of at most 1e150 in magnitude"),
    ("LibSVM without features", "1\n2\n", classes(format="libsvm"), "data: no row has a feature, index:value"),
    ("ARFF without data", ARFF.split("@data")[0], classes(format="arff"), "data: no @data line, after which the rows of an ARFF file stand"),
    ("ARFF without rows", ARFF.split("1,a")[0], classes(format="arff"), "data:4: no rows after @data"),
    ("ARFF without attributes", "@relation r\n@data\n1,a\n", classes(format="arff"), "data:2: @data after 0 attributes; a label and a feature are needed"),
    ("ARFF with an unknown type", ARFF.replace("numeric", "date"), classes(format="arff"), "data:4: attribute 'x' is of the type date, which is no feature; add it to"),
    ("ARFF with a value that was not declared", ARFF + "3,c\n", classes(format="arff"), "data:7: attribute 'class': 'c' is none of its values, 'a', 'b'"),
    ("ARFF with a row too short", ARFF + "3\n", classes(format="arff"), "data:7: 1 values, but the header has 2 attributes"),
    ("ARFF with text for a number", ARFF + "x,a\n", classes(format="arff"), "data:7: attribute 'x': 'x' is not a finite number of at most 1e150 in magnitude"),
    ("ARFF with an open brace", ARFF.replace("a,b}", "a,b"), classes(format="arff"), "data:3: attribute 'class': its values do not end in '}' on this line"),
    ("ARFF with an index beyond the attributes", ARFF + "{7 1}\n", classes(format="arff"), "data:7: '7' is no index of an attribute; sparse rows are {index value, ...},"),
    ("IDX without labels", idx(2051, 2, 2, 2, content=bytes(8)), classes(), "data: an IDX file; name its file of labels by the setting \"labels\""),
    ("IDX with a wrong magic number", idx(1234, 2, 2, 2, content=bytes(8)), classes(format="idx", labels="labels"), "data: byte 0: not an IDX file, which begins with the bytes 0, 0, 8"),
    ("IDX of 10^9 rows", idx(2051, 10**9, 28, 28), classes(format="idx", labels="labels"), "data: byte 4: the header announces 1000000000 x ... values, but only 0 bytes"),
    ("IDX of 2^32 by 2^32", idx(2051, 2**32 - 1, 2**32 - 1, 2**32 - 1), classes(format="idx", labels="labels"), "data: byte 4: the header announces 4294967295 x ... values, but only 0 bytes"),
    ("IDX of no rows", idx(2051, 0, 28, 28), classes(format="idx", labels="labels"), "data: byte 4: dimension 1 has size 0"),
    ("IDX that is cut", idx(2051, 2, 2, 2, content=bytes(7)), classes(format="idx", labels="labels"), "data: byte 12: the header announces 2 x 2 x 2 values, but only 7 bytes follow it;"),
    ("IDX of 7 bytes", b"\0\0\x08\x03\0\0\0", classes(format="idx", labels="labels"), "data: byte 7: the file ends within its header of 16 bytes"),
    ("IDX with other labels", idx(2051, 3, 2, 2, content=bytes(12)), classes(format="idx", labels="labels"), "/environment: labels: 2 labels for the 3 images of data; do the two files belong together?"),
    ("IDX of floats", idx(0x0D03, 2, 1, 1, content=bytes(8)), classes(format="idx", labels="labels"), "data: byte 2: the value type is 13; only type 8, unsigned bytes, is read"),
    ("labels with CSV", CSV, classes(format="csv", labels="labels"), "/environment/labels: a file of labels goes with format idx; other formats hold the classes"),
    ("gzip that is cut", gzip.compress(CSV.encode() * 100)[:40], classes(), "/environment/path: data: broken gzip data: they end too early"),
    ("gzip with a wrong checksum", gzip.compress(CSV.encode())[:-8] + b"\1" * 8, classes(), "/environment/path: data: broken gzip data: incorrect data check"),
    ("gzip with other bytes behind", gzip.compress(CSV.encode()) + b"more", classes(), "/environment/path: data: broken gzip data: what follows the end is not gzip"),
    ("gzip of nothing", gzip.compress(b""), classes(), "data: the file is empty"),
    ("gzip in gzip", gzip.compress(gzip.compress(CSV.encode())), classes(format="csv"), "data:1: the byte 0x8B is not UTF-8; convert the file, e.g. with iconv -f"),
    ("a gzip bomb", gzip.compress(bytes(200 << 20), 9), classes(format="csv"), "/environment/path: data: unpacks to more than 250 times its size, which no real data do; unpack"),
    ("random bytes", bytes((i * i * 89 + 31) % 256 for i in range(8192)), classes(), "data:1: the byte 0x83 is not UTF-8; convert the file, e.g. with iconv -f"),
    ("a program", b"\x7fELF" + bytes(range(256)) * 8, classes(format="csv"), "data:1: a NUL byte, so this is not a text file; is it the right file?"),
    ("a table without columns", "a,b\n1,2\n", {"type": "table", "path": "data"}, "data:1: the column 'a' is none of t, arm, x1, x2, ..., reward and"),
    ("a table without rows", "t,arm,x1,reward\n", {"type": "table", "path": "data"}, "data:1: a header but no rows"),
    ("a table with text", TABLE.replace("2,0,1,0", "2,0,x,0"), {"type": "table", "path": "data"}, "data:4: column 'x1': 'x' is not a finite number of at most 1e150 in magnitude"),
    ("a table with inf", TABLE.replace("2,0,1,0", "2,0,inf,0"), {"type": "table", "path": "data"}, "data:4: column 'x1': 'inf' is not a finite number of at most 1e150 in magnitude"),
    ("a table that lacks an arm", TABLE + "3,0,1,0\n", {"type": "table", "path": "data"}, "data:6: the round ends without arm 1, but round 3 must have the arms 0..1, each"),
    ("a table with an arm twice", TABLE.replace("2,1,", "2,0,"), {"type": "table", "path": "data"}, "data:5: column 'arm': arm 0 again, but round 2 must have the arms 0..1, each"),
    ("a table with an arm of 10^9", TABLE.replace("2,1,", "2,1000000000,"), {"type": "table", "path": "data"}, "data:5: column 'arm': arm 1000000000, but round 2 must have the arms 0..1, each"),
    ("a table of fewer rounds than the horizon", TABLE, {"type": "table", "path": "data"}, "/horizon: 20 is beyond the 2 rounds that the data of the environment \"table\" have; ask for at"),
    ("a table with a column twice", TABLE.replace("x1", "reward"), {"type": "table", "path": "data"}, "data:1: two columns are named 'reward'"),
    ("a log without an arm", "x1,reward\n1,0\n", {"type": "replay", "path": "data"}, "data:1: the column 'arm' is missing; expected x1, x2, ..., arm, reward, and if"),
    ("a log without rows", "x1,arm,reward\n", {"type": "replay", "path": "data"}, "data: a header but no rows"),
    ("a log with half an arm", LOG.replace("1,0,1", "1,0.5,1"), {"type": "replay", "path": "data"}, "data:2: column 'arm': '0.5' is not a count (0, 1, 2, ...)"),
    ("a log with a negative arm", LOG.replace("1,0,1", "1,-1,1"), {"type": "replay", "path": "data"}, "data:2: column 'arm': '-1' is not a count (0, 1, 2, ...)"),
    ("a log with an arm of 10^9", LOG.replace("1,0,1", "1,1000000000,1"), {"type": "replay", "path": "data"}, "data:2: column 'arm': '1000000000' is beyond 1000000 arms; arms are 0, 1, 2, ..."),
    ("a log with a propensity of 0", "x1,arm,reward,propensity\n1,0,1,0\n1,1,1,1\n", {"type": "replay", "path": "data"}, "data:2: column 'propensity': '0' is not a probability in (0, 1]"),
    ("a log with a propensity above 1", "x1,arm,reward,propensity\n1,0,1,2\n1,1,1,1\n", {"type": "replay", "path": "data"}, "data:2: column 'propensity': '2' is not a probability in (0, 1]"),
    ("a log without a reward in a row", LOG + "1,0,\n", {"type": "replay", "path": "data"}, "data:42: column 'reward': '' is not a finite number of at most 1e150 in magnitude"),
]
