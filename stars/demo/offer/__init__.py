"""The pilot's offer: from the files in stars/demo/data to rows of the database.

`timetable` and `plan` are pure; the others write. `loader.load` does it all.
"""
