"""Questions to the index: functions of a connection that return what the API answers.

The API and the commands ask here alike. Every list is cut by key, never by offset, and no list counts a large table,
so that a question takes the same time however much has happened.
"""
