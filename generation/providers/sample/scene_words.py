"""The words the sample scene writer writes with: spots of places, actions, light and camera moves."""

SPOTS: dict[str, tuple[tuple[str, str], ...]] = {
    "sea": (
        ("the end of a wooden pier", "wet boards and a coil of rope underfoot"),
        ("a shingle beach", "foam running back between the stones"),
        ("the rocks under a lighthouse", "spray standing in the air"),
        ("a small fishing boat", "nets and a dented lamp on the bench"),
        ("the harbour wall", "gulls on every post behind"),
        ("a dune above the sea", "long grass lying flat in the wind"),
        ("the edge of the tide", "the sky doubled in a film of water"),
        ("a cliff path over the sea", "white water far below"),
    ),
    "city": (
        ("a rooftop over the city", "water tanks and aerials along the edge"),
        ("an empty city crossing", "paint and tram rails shining on the street"),
        ("a narrow city street", "washing lines and warm windows above"),
        ("a footbridge over the avenue", "cars drawing lines of light below"),
        ("the last tram of the city", "rain beads on the glass"),
        ("a market street after closing", "stacked crates and a striped awning"),
        ("the steps of a city station", "a big clock over the doors"),
        ("a riverside street in the city", "lamps doubled in the water"),
    ),
    "forest": (
        ("a clearing in the forest", "ferns up to the knees"),
        ("a fallen trunk in the forest", "moss and small white mushrooms on the bark"),
        ("a forest path", "roots crossing like ropes"),
        ("the edge of the forest", "a field of pale grass beyond"),
        ("a stream in the forest", "leaves turning in a slow pool"),
        ("a stand of birches", "white bark peeling like paper"),
        ("an old stone bridge in the forest", "ivy over the parapet"),
        ("a hollow under tall pines", "needles and cones on the ground"),
    ),
    "desert": (
        ("the crest of a desert dune", "sand smoking off the edge"),
        ("a desert road", "a line of leaning poles to the horizon"),
        ("a dry lake in the desert", "cracks drawn like a map"),
        ("a red canyon", "stripes of rock on both sides"),
        ("an abandoned petrol station in the desert", "a rusted sign creaking"),
        ("a field of tall cactus", "long thin shadows"),
        ("a desert camp", "a striped blanket and a small fire"),
        ("a plain of desert stones", "heat bending the far hills"),
    ),
    "mountains": (
        ("a ridge in the mountains", "cloud lying in the valley below"),
        ("a mountain meadow", "blue flowers and a wooden fence"),
        ("a frozen lake in the mountains", "white cracks under the ice"),
        ("a hut below the mountains", "smoke straight up from the chimney"),
        ("a pass in the mountains", "a cairn with faded ribbons"),
        ("a hanging bridge in the mountains", "ropes humming over the gorge"),
        ("a snow field under the summit", "one line of footprints"),
        ("a terrace over the valley and the mountains", "a bench and a tin cup"),
    ),
    "room": (
        ("a small room with one window", "a curtain moving by itself"),
        ("a long table in a room", "cups, letters and a burnt-down candle"),
        ("an old theatre room", "rows of red seats folded up"),
        ("the corner of a room by the piano", "sheets of music on the floor"),
        ("a workshop room", "tools hung by size on the wall"),
        ("a kitchen room at the window", "steam over a pot"),
        ("an attic room", "dust and a covered mirror"),
        ("a hall with a stone floor", "a single chair in the middle"),
    ),
    "space": (
        ("the window of a space station", "a blue planet turning below"),
        ("a plain on a moon in space", "boot prints in grey dust"),
        ("a landing deck in space", "amber lamps along the floor"),
        ("a corridor of a space ship", "cables and small green lights"),
        ("a glass dome in space", "tomato plants under it"),
        ("the edge of a crater in space", "a parked rover with open door"),
        ("a field of ice on a far moon in space", "rings of a planet over the horizon"),
        ("the bridge of a space ship", "star charts on the glass"),
    ),
    "stage": (
        ("the front of the stage", "cables taped to the black floor"),
        ("the catwalk of the stage", "floor lamps along both edges"),
        ("the drum riser on the stage", "cymbals catching the light"),
        ("stage left beside the guitar amplifiers", "red dots of the standby lamps"),
        ("stage right at the keyboards", "a set list taped to the wood"),
        ("the middle of the stage under the lighting rig", "haze hanging in the beams"),
        ("the edge of the stage at the monitors", "a towel and a water bottle"),
        ("the steps at the back of the stage", "the band seen from behind"),
    ),
}
SPOTS["stadium"] = tuple((f"{name} in an outdoor stadium", detail) for name, detail in SPOTS["stage"])

CALM: tuple[str, ...] = (
    "stands still, then slowly lifts the chin and looks into the distance",
    "walks three steps into the picture, stops and lowers the shoulders",
    "sings one long line with closed eyes, then opens them",
    "turns from the view to the lens and breathes out",
    "kneels, lays one open hand on the ground and looks up",
    "lifts one hand into the light and watches the fingers turn",
    "leans back against the wind and lets the arms hang",
    "brushes the hair from the forehead and begins to sing",
    "sits with the knees drawn up, then raises the head to sing",
    "touches the collar, hesitates, and steps out of the shadow",
    "holds an old photograph, folds it once and puts it away",
    "listens with the head tilted, then smiles at something near",
    "presses one palm to the chest and sings quietly",
    "traces a slow circle with one foot, then stands upright",
)  # fmt: skip
STRONG: tuple[str, ...] = (
    "throws the head back and sings at full voice, both arms wide",
    "runs towards the lens, stops hard and sings the line",
    "spins once with open arms, clothes flying, and lands facing the lens",
    "raises one fist on the beat and holds it there, singing",
    "dances with quick turns of the shoulders, feet stamping",
    "jumps from a step, lands low and rises singing",
    "strikes a guitar chord with a wide swing of the arm and sings over it",
    "leans far forward, grips the microphone with both hands and shouts the line",
    "claps over the head in time and laughs between two lines",
    "whips the hair around, then points straight into the lens",
    "strides ahead without stopping, singing, chin high",
    "kicks up dust with one heel, turns and sings over the shoulder",
)  # fmt: skip
LIGHT: dict[str, tuple[str, ...]] = {
    "dawn": (
        "first sun from the left lays a pink edge on the cheek", "thin mist glows behind the shoulders",
        "cool blue shadow, one warm stripe across the face", "pale gold light comes level with the eyes",
    ),
    "day": (
        "clear side light, small hard shadow under the chin", "cloud shadow passes and the sun comes back",
        "bright sky behind, soft light on the face", "sun flickers through something moving overhead",
    ),
    "dusk": (
        "low sun draws an orange edge along hair and sleeve", "violet sky, one warm lamp on the face",
        "last light burns in the eyes", "long shadows run towards the lens, copper light on the hands",
    ),
    "night": (
        "blue night, a single warm lamp from the side", "moonlight on the shoulders, the face half in shadow",
        "coloured light slides slowly over the face", "small lights blur into discs behind, a rim of white on the hair",
    ),
    "stage": (
        "hard white beams cut through the haze behind", "amber stage light from the left, blue from behind",
        "a spotlight narrows on the face while the rest falls dark", "stage light sweeps across and flares in the lens",
        "red stage light below, cold white edge on the shoulders",
    ),
}  # fmt: skip
MOVES: dict[str, tuple[str, ...]] = {
    "wide": ("slow crane up", "slow pan to the right", "slow push in", "steady pan to the left"),
    "medium": ("slow push in", "hand-held, breathing gently", "slow pan to the right", "camera pulls back slowly"),
    "close-up": ("very slow push in", "hand-held, close and calm", "static frame", "slow pan to the left"),
}
STRONG_MOVES: dict[str, tuple[str, ...]] = {
    "wide": ("fast crane up", "sweeping pan to the left", "fast push in"),
    "medium": ("hand-held, following", "fast push in", "quick pan to the right"),
    "close-up": ("hand-held, restless", "fast push in", "sweeping pan to the right"),
}
CROWD: tuple[str, ...] = (
    "the audience in front raises its hands as one", "a sea of phone lights moves in the audience",
    "the audience jumps in time, seen from behind", "front row of the audience sings back, faces lit",
)  # fmt: skip
ALONE: tuple[str, ...] = (
    "only the band and the light in the picture", "behind, the band plays out of focus: drums, bass, guitar, keyboards",
    "the drummer works behind, cymbals flashing", "guitarist and bass player lean together behind",
)  # fmt: skip
WATCHERS: tuple[str, ...] = (
    "a handful of people watches from a distance", "strangers stop and form a half circle",
    "faces look on from the side, half in shadow", "people gather behind, lit from the front",
)  # fmt: skip
NEGATIVE: tuple[str, ...] = (
    "text", "watermark", "logo", "subtitles", "extra fingers", "deformed hands", "second copy of the character",
    "blur", "flicker", "cartoon",
)  # fmt: skip
EXTRA_NEGATIVE: tuple[str, ...] = (
    "split screen", "frame border", "lens cap", "stock footage look", "plastic skin", "frozen pose", "crossed eyes",
    "jump cut", "oversaturated colours", "empty frame",
)  # fmt: skip
STYLE = "natural skin, shallow depth of field, fine film grain, 35 mm"
