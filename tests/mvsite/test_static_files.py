"""What the browser is sent of our modules: joined, found by hashed names, without comments, otherwise as written."""

import re
import shutil
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from pytest_django.fixtures import Settings

from mvsite.common.joined_files import JoinError, Modules, variable
from mvsite.common.static_files import StudioStaticFilesStorage, lean
from tests.support.tree import ROOT, browser_modules

IMPORTED = re.compile(r'(?:from |import |import\()"(\.[^"]+)"')


def test_comments_and_indentation_are_left_out_and_nothing_else() -> None:
    module = '// What it is.\n\n/** Says\n * more. */\nexport function f() {\n  return "// kept"; // kept too\n}\n'
    assert lean(module) == '\nexport function f() {\nreturn "// kept"; // kept too\n}\n'


@pytest.mark.parametrize("module", browser_modules(), ids=lambda path: path.name)
def test_no_module_has_a_text_of_several_lines(module: Path) -> None:
    """Such a text would lose its indentation on the way."""
    for number, line in enumerate(module.read_text(encoding="utf-8").splitlines(), 1):
        assert line.count("`") % 2 == 0, f"line {number}"


@pytest.fixture
def collected(settings: Settings) -> tuple[Path, StudioStaticFilesStorage]:
    """Collect the static files of the studio; give their folder and the storage that knows their names."""
    target = Path(settings.STATIC_ROOT)
    shutil.copytree(ROOT / "static", target, dirs_exist_ok=True)
    storage = StudioStaticFilesStorage(location=str(target), base_url="/static/")
    paths = {str(path.relative_to(target)): (storage, str(path.relative_to(target))) for path in target.rglob("*.*")}
    problems = [done for _, _, done in storage.post_process(paths) if isinstance(done, Exception)]
    assert problems == []
    return target, storage


def test_every_import_names_a_joined_file_that_is_there(collected: tuple[Path, StudioStaticFilesStorage]) -> None:
    target, storage = collected
    seen: set[Path] = set()
    waiting = [target / storage.stored_name(f"js/elements/mv-{page}.js") for page in ("studio-page", "create-form")]
    while waiting:
        file = waiting.pop()
        seen.add(file)
        named = [(file.parent / name).resolve() for name in IMPORTED.findall(file.read_text())]
        assert all(name.exists() for name in named), named
        waiting += [name for name in named if name not in seen]
    assert target / storage.stored_name("js/shell.js") in seen, "what pages share is the very file they load"
    assert all(re.search(r"\.[0-9a-f]{12}\.js$", file.name) for file in seen)
    whole = "".join(file.read_text() for file in seen)
    for module in browser_modules():  # kept once, whoever needs it
        name = variable(str(module.relative_to(ROOT / "static")))
        assert whole.count(f"{name} = (() =>") <= 1, module


def test_style_sheets_stand_where_they_were_imported(collected: tuple[Path, StudioStaticFilesStorage]) -> None:
    target, storage = collected
    page = (target / storage.stored_name("css/every-page.css")).read_text()
    assert "@import" not in page
    places = [page.index((ROOT / f"static/css/{name}.css").read_text()[:40]) for name in ("tokens", "base", "shell")]
    assert places == sorted(places)


def test_modules_go_where_they_are_needed_and_take_each_other_by_name() -> None:
    modules = Modules(
        {
            "js/shell.js": 'import { a } from "./lib/a.js";\na();\n',
            "js/lib/a.js": "export const a = () => 1;\n",
            "js/lib/two.js": "export async function two() {}\nexport class Two {}\n",
            "js/lib/many.js": "export const many = 3;\n",
            "js/lib/late.js": 'import { many } from "./many.js";\nexport const late = many;\n',
            "js/one.js": 'import { two } from "./lib/two.js";\nimport "./lib/many.js";\n'
            'import("./lib/late.js").then(two);\n',
            "js/other.js": 'import { Two } from "./lib/two.js";\nimport { many } from "./lib/many.js";\n',
        }
    )

    assert modules.joined == {
        "js/lib/late.js": ["js/lib/late.js"],
        "js/lib/two.js": ["js/lib/two.js"],
        "js/one.js": ["js/one.js"],
        "js/other.js": ["js/other.js"],
        "js/shell.js": ["js/lib/many.js", "js/lib/a.js", "js/shell.js"],
    }
    assert modules.text("js/one.js") == (
        'import { $lib_two } from "./lib/two.js";\n'
        'import { $lib_many } from "./shell.js";\n'
        "const $one = (() => {\nconst { two } = $lib_two;\n"
        'import("./lib/late.js").then(({ $lib_late }) => $lib_late).then(two);\n'
        "return {  };\n})();\nexport { $one };\n"
    )
    assert "async function two() {}\nclass Two {}\nreturn { two, Two };" in modules.text("js/lib/two.js")


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("export default 1;\n", "export default 1;"),
        ('import * as all from "./shell.js";\n', "import \\* as all"),
        ('import { ready as done } from "./shell.js";\n', "import { ready as done"),
        ("await ready();\n", "await ready"),
        ('import "./shell.js";\n', "needs itself"),
        ('import "./gone.js";\n', "there is no js/gone.js"),
    ],
)
def test_what_cannot_be_joined_is_said(source: str, told: str) -> None:
    with pytest.raises(JoinError, match=told):
        Modules({"js/shell.js": source}).text("js/shell.js")


def test_other_files_are_stored_as_they_are(settings: Settings) -> None:
    storage = StudioStaticFilesStorage(location=str(settings.STATIC_ROOT), base_url="/static/")
    name = storage.save("css/a.css", ContentFile(b"// a\n  b {}\n"))
    assert (Path(settings.STATIC_ROOT) / name).read_bytes() == b"// a\n  b {}\n"
