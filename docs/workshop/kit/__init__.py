"""`make kit`: a folder with the source and the wheels, from which a class installs without internet.

`targets` knows for whom and what they need, `wheels` fetches it, `letter` writes what lies on top.
"""
