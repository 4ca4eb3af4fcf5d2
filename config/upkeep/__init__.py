"""Upkeep of the installation: backups, files of keys, restoring, trying a restore, and what is said of it.

places      folders, names of files, one at a time
databases   copying and putting back the database (sqlite, postgres: the raw SQL)
archive     the members of one sealed backup, written and checked as a stream
key_files   the separate files with wrapped data keys and the ledger of erased clients
making      `manage backup`
restoring   `manage restore`
proofs      what is proven of a restored site
trying      `manage verify_backup`
timed       the nightly work, from `manage tick`
page        what the administrator sees
"""
