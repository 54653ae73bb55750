"""Hashed names for static files, with `import` paths rewritten in our own modules only, joined to few files.

Rewriting every package's JavaScript fails on files that show imports in comments. Our modules are sent without the
comments that stand on lines of their own and without indentation: a sixth of their size, and nothing a browser reads.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from mvsite.common.joined_files import Modules, joined_style

_COMMENT = re.compile(r"^[ \t]*(?://.*|/\*.*|\*/|\* .*)\n", re.MULTILINE)
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)


class StudioStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Whitenoise's storage; `js/*.js` of the studio may import each other by relative path."""

    support_js_module_import_aggregation = True
    max_post_process_passes = 20  # one for each module in the longest chain of imports
    patterns = tuple(
        ("js/*.js" if extension == "*.js" else extension, rules)
        for extension, rules in CompressedManifestStaticFilesStorage.patterns
    )
    manifest_strict = True

    def post_process(self, paths: dict[str, Any], **options: Any) -> Iterator[Any]:
        """Join the pages' modules and style sheets first; what went into a joined file gets no name of its own.

        Raises JoinError.
        """
        yield from super().post_process(joined(paths), **options)

    def _save(self, name: str, content: Any) -> str:
        if name.startswith("js/") and name.endswith(".js"):
            content.seek(0)  # it has been read for its hash
            content = ContentFile(lean(content.read().decode()).encode())
        saved: str = super()._save(name, content)
        return saved


def lean(module: str) -> str:
    """Return a module without its whole-line comments and its indentation; both mean nothing outside of a template."""
    return _INDENT.sub("", _COMMENT.sub("", module))


def joined(paths: dict[str, Any]) -> dict[str, Any]:
    """Return what is to be processed, (storage, path) by name, with joined files in the place of their parts."""

    def read(folder: str, end: str) -> dict[str, str]:
        ours = [name for name in paths if name.startswith(folder) and name.endswith(end)]
        return {name: _text(*paths[name]) for name in ours}

    modules, styles = Modules(read("js/", ".js")), read("css/", ".css")
    made = {name: modules.text(name) for name in modules.joined}
    made |= {name: joined_style(name, styles) for name in styles}
    memory = InMemoryStorage()
    for name, text in made.items():
        memory.save(name, ContentFile(text.encode()))
    others = {name: found for name, found in paths.items() if name not in modules.sources}
    return others | {name: (memory, name) for name in made}


def _text(storage: Any, path: str) -> str:
    with storage.open(path) as file:
        return str(file.read().decode())
