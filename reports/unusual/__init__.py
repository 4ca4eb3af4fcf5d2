"""Looking that is out of the ordinary: found in the access log, listed for the auditor, reviewed.

signs      what the rules find in a stretch of the log; no database, no clock
names      staff who are called like somebody in a file they opened
scan       read the log since the last time and keep what is found
services   review, change the rules
"""
