"""Made-up people for trials and measurements: birds and plants with files at every stage.

`build.make(...)` is the whole interface; the command `make_demo` calls it. Everything follows from
the seed and a reference day, so that two runs write the same plaintexts. Rows are built from the
models and written in bulk with their history, rights, name index and access events; dates of law come
from the date engine alone.
"""
