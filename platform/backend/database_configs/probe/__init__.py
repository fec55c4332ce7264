"""Looks at a stranger's PostgreSQL, in a process of its own.

Nothing here knows Django, the platform's database or its keys. The process starts with an empty
environment, is bounded in memory and time, and gets one connection's details on its standard input;
whatever a hostile server does to it ends with it.
"""
