"""What is published, as pages with charts: served on this machine, or written as one file.

A page is made of figures (`figures`), which are questions of `sql/dashboard` and how their answers
are drawn (`charts`). `pages` says which there are; `rendering` makes HTML of them, for the server
(`server`) and for the report (`report`) alike. Everything is read from a publication, like by any
other reader; nothing here knows of the warehouse.
"""
