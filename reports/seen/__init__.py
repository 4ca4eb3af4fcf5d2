"""The access log as people read it.

words      entries as words; the client's own words lie beside it (words.en.yaml, words.es.yaml)
lines      entries as lines, repeated looks as one, by day
file       who has looked at one file
copy       the client's copy
auditor    everything, one person's, one day's
export     the auditor's log as a file
"""
