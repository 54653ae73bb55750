"""What the four files may hold, and that every mistake is named with file, line and field."""

import pytest

from flavors.completion import complete
from flavors.schema import IMAGE_PARAMS, IMAGE_PROMPTS, PARAMETERS, SCENE_PROMPTS, read_files
from flavors.yaml_text import LARGEST_BYTES, FlavorInvalidError
from tests.support.flavor_folders import shipped_documents

RULE = "rules:\n  - id: a\n    say: A.\n    field: shot\n    quantity: some\n    wanted: [wide]\n"
MISTAKES = {
    "typo in a name": (IMAGE_PARAMS, "model: m\napsect_ratio: '1:1'\n", 2, "apsect_ratio", "did you mean aspect_r"),
    "unknown ratio": (IMAGE_PARAMS, "\naspect_ratio: 2:1\n", 2, "aspect_ratio", "'2:1' is none of 1:1"),
    "unknown format": (IMAGE_PARAMS, "output_format: gif", 1, "output_format", "'gif' is none of"),
    "no value": (IMAGE_PARAMS, "model:\n", 1, "model", "has no value"),
    "empty text": (IMAGE_PARAMS, "model: ''\n", 1, "model", "is empty"),
    "a list for a text": (IMAGE_PARAMS, "model: [a]\n", 1, "model", "expected one value"),
    "video is no group": (IMAGE_PARAMS, "model: m\nvideo: 8\n", 2, "video", "expected names with values"),
    "wrong seconds": (IMAGE_PARAMS, "video:\n  model: m\n  duration: 7\n", 3, "video.duration", "'7' is none of 4"),
    "neither true nor false": (IMAGE_PARAMS, "video:\n  generate_audio: maybe\n", 2, "video.generate_audio", "'maybe'"),
    "typo below video": (IMAGE_PARAMS, "video:\n  durations: 8\n", 2, "video.durations", "did you mean duration?"),
    "too many scenes": (PARAMETERS, "title: T\nnumber_of_scenes: 61\n", 2, "number_of_scenes", "from 1 to 60"),
    "scenes in words": (PARAMETERS, "number_of_scenes: six\n", 1, "number_of_scenes", "'six' is not a whole number"),
    "not a number": (PARAMETERS, "temperature: .nan\n", 1, "temperature", "'.nan' is not a number from 0 to 2"),
    "a word of the call": (PARAMETERS, "a: 1\nidea: mine\n", 2, "idea", "cannot be a parameter's name"),
    "a name with a space": (PARAMETERS, "my style: x\n", 1, "my style", "cannot be a parameter's name"),
    "a group as parameter": (PARAMETERS, "style: {a: b}\n", 1, "style", "expected one value"),
    "half a rule": (SCENE_PROMPTS, "rules:\n  - id: a\n    say: A.\n    field: shot\n", 2, "rules.0.a", "quantity"),
    "a rule twice": (SCENE_PROMPTS, RULE + RULE.removeprefix("rules:\n"), 7, "rules.1.a", "another rule has this id"),
    "a rule of nothing": (SCENE_PROMPTS, RULE.replace("[wide]", "[]"), 2, "rules.0.a", "some needs wanted"),
    "varied with words": (SCENE_PROMPTS, RULE.replace("some", "varied"), 2, "rules.0.a", "varied takes no wanted"),
    "an odd audience": (SCENE_PROMPTS, RULE.replace("shot", "audience"), 2, "rules.0.a", "audience is yes or no"),
    "an unknown quantity": (SCENE_PROMPTS, RULE.replace("some", "most"), 5, "rules.0.quantity", "'most' is none of"),
    "rules that are no list": (SCENE_PROMPTS, "rules: none\n", 1, "rules", "expected a list"),
    "an unknown file": ("params.yaml", "a: 1\n", 1, "", "a flavor has the files"),
    "a list at the top": (PARAMETERS, "- a\n- b\n", 1, "", "expected names with values"),
    "a name twice": (PARAMETERS, "style: a\nmood: b\nstyle: c\n", 3, "style", "for the second time"),
    "no YAML": (PARAMETERS, "style: a\nmood: [b\nnext: c\n", 3, "", "this is not YAML"),
    "a tab": (PARAMETERS, "style: a\n\tmood: b\n", 2, "", "this is not YAML"),
    "an escaped NUL": (PARAMETERS, 'style: "a\\0b"\n', 1, "style", "holds a character that cannot be kept"),
    "half a character": (PARAMETERS, 'a: 1\nmood: ["x", "\\uD83D"]\n', 2, "mood", "a character that cannot be kept"),
    "an odd name": (PARAMETERS, '"a\\0": 1\n', 1, "", "a name must be plain text"),
    "a control character": (PARAMETERS, "style: a\nmood: \x07\n", 2, "", "YAML does not allow"),
    "two documents": (PARAMETERS, "style: a\n---\nstyle: b\n", 2, "", "second document"),
    "an object": (PARAMETERS, "style: a\nmood: !!python/object/apply:os.system [ls]\n", 2, "", "tags (!)"),
    "an alias": (PARAMETERS, "a: &x [1, 2]\nb: *x\n", 1, "", "anchors and aliases"),
    "deep": (PARAMETERS, "a: " + "[" * 5000, 1, "", "too deep"),
    "many": (PARAMETERS, "a: [" + "1, " * 5000 + "]", 1, "", "too deep or too many"),
    "large": (PARAMETERS, "a: " + "x" * LARGEST_BYTES, 1, "", "larger than 64 KB"),
}  # fmt: skip


@pytest.mark.parametrize(("file", "text", "line", "field", "say"), MISTAKES.values(), ids=MISTAKES)
def test_mistake_is_named_with_file_line_and_field(file: str, text: str, line: int, field: str, say: str) -> None:
    with pytest.raises(FlavorInvalidError) as raised:
        read_files({file: text})

    [problem] = raised.value.problems
    assert (problem.file, problem.line, problem.field) == (file, line, field)
    assert say in problem.say
    assert str(problem).startswith(f"{file}, line {line}")


def test_every_mistake_of_every_file_is_named_at_once() -> None:
    with pytest.raises(FlavorInvalidError) as raised:
        read_files({PARAMETERS: "number_of_scenes: 0\ntitle: ''\n", IMAGE_PROMPTS: "a: b\n", IMAGE_PARAMS: "[\n"})

    assert {problem.file for problem in raised.value.problems} == {PARAMETERS, IMAGE_PROMPTS, IMAGE_PARAMS}
    assert len(raised.value.problems) == 4


def test_a_ratio_needs_no_quotes_although_yaml_reads_it_as_a_number() -> None:
    files = read_files({IMAGE_PARAMS: "aspect_ratio: 1:1\nvideo:\n  aspect_ratio: 16:9\n"})

    assert files.image_params.aspect_ratio == "1:1"
    assert files.video_params.aspect_ratio == "16:9"


def test_parameters_keep_their_kind() -> None:
    text = (
        "layers: 4\nscale: 0.5\nlit: true\nyear: '1984'\ntime: 12:30\nanswer: no\ncolours: [red, 3, false]\nnote: ''\n"
    )
    expected = {"layers": 4, "scale": 0.5, "lit": True, "year": "1984", "time": "12:30", "answer": "no"}

    values = read_files({PARAMETERS: text}).parameters.values

    assert values == {**expected, "colours": ["red", 3, False], "note": ""}


@pytest.mark.parametrize(
    ("text", "line", "say"),
    [
        ("image_generation_prompt: |\n  Portrait of\n  {charcter}\n", 3, "{charcter} is neither {idea}"),
        ("\nimage_generation_prompt: Portrait of {x}\n", 2, "{x} is neither"),
        ("image_generation_prompt: |\n  {style}\n  a { b\n", 3, "a single {; write {{"),
        ("image_generation_prompt: |\n  {style.__class__}\n", 2, "a single {"),
        ("image_generation_prompt: |\n  {0} {}\n", 2, "a single {"),
        ("image_generation_prompt: |\n  {{style}\n", 2, "a single }"),
    ],
)
def test_a_prompt_may_ask_only_for_what_there_is(text: str, line: int, say: str) -> None:
    default, _ = complete(read_files(shipped_documents()), None)

    with pytest.raises(FlavorInvalidError) as raised:
        complete(read_files({IMAGE_PROMPTS: text}), default)

    problem = raised.value.problems[0]
    assert (problem.file, problem.line, problem.field) == (IMAGE_PROMPTS, line, "image_generation_prompt")
    assert say in problem.say


def test_a_prompt_may_use_a_parameter_of_its_own_and_of_default() -> None:
    default, _ = complete(read_files(shipped_documents()), None)
    documents = {PARAMETERS: "mood: calm\n", IMAGE_PROMPTS: "image_generation_prompt: '{mood} {style} {{ }}'\n"}

    whole, _ = complete(read_files(documents), default)

    assert whole.image_prompt == "{mood} {style} {{ }}"
