"""What a connector's author tests with: a sandbox base with faults, a context, and the conformance checks.

Needs `starlette` and `uvicorn` beside the SDK for `sandbox`; `context` and `conformance` need nothing more.
"""
