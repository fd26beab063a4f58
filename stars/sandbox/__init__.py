"""State services for development: an OpenID provider that stands in for Latvija.lv.

A process of its own (``python -m stars.sandbox``) with its own port and data folder. It imports
neither Django nor any app of the project, so that nothing of the portal can lean on it except
through the protocol. See ``README.md`` here and ``docs/sandbox.md``.
"""
