"""Processes that are ended by SIGKILL in the midst of what they do, and started again.

doom     the moment at which a process kills itself
nursery  a program that has all code loaded, and forks a process for each life
raising  lives of parties and tailers, one after the other, from the outside
"""
