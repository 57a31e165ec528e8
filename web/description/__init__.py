"""The API's description: what each operation is for, takes and answers, in tables beside the code.

It is loaded when somebody asks for it (web/openapi.py), since the library that makes OpenAPI of it takes
a while to load. Requests and orders are not described here but by their own models.
"""
