"""The built-in provider: no key, no network; pictures, clips and scenes made on this machine, always the same.

Makers (the ports): `portraits.py`, `clips.py`, `lipsync.py`, `scenes.py`; what they share is in `desk.py`.
Words in: `vocabulary.py` (a description → traits of a person), `look.py` (a prompt → place, hour, weather, shot).
Chance: `dice.py` (stable throws; never `random`, never `hash()`). Colours: `palette.py`, `air.py`.
Shapes: `canvas.py`; the figure: `head.py` with `face.py`, `hair.py`, `robot.py`; `clothes.py`, `limbs.py`, `props.py`.
A portrait: `portrait.py`. A clip: `film.py`, which moves a `performer.py` (parts are `sprite.py`, strangers `photo.py`)
before `sets.py` (`sets_nature.py`, `sets_built.py`, `sets_show.py`, cut out by `view.py`) with `camera.py`,
`lights.py` and `weather.py`. The recipe of a clip lies in its file (`notes.py`); `mouths.py` opens the mouth by it.
Scenes: `scenes.py` with `scene_words.py` (what it writes with) and `scene_rules.py` (the flavor's rules).
"""
