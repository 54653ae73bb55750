"""Hashed names for static files, with `import` paths rewritten in our own modules only.

Rewriting every package's JavaScript fails on files that show imports in comments.
"""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StudioStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Whitenoise's storage; `js/*.js` of the studio may import each other by relative path."""

    support_js_module_import_aggregation = True
    patterns = tuple(
        ("js/*.js" if extension == "*.js" else extension, rules)
        for extension, rules in CompressedManifestStaticFilesStorage.patterns
    )
    manifest_strict = True
