"""Who makes the pictures: keys, the sample provider's knobs, and money."""

from decimal import Decimal

from mvsite import env


def seconds_from_to(words: str) -> tuple[float, float]:
    """Read `5-10`, or `3` for always the same: seconds from least to most. Raises SettingError."""
    least, dash, most = words.partition("-")
    try:
        found = float(least), float(most if dash else least)
    except ValueError:
        found = -1.0, -1.0
    if not 0 <= found[0] <= found[1] < 3600:
        raise env.SettingError(f"MOCK_DELAY_SECONDS: {words!r} is not like 5-10 (seconds, below an hour)")
    return found


REPLICATE_API_TOKEN = env.first_of("REPLICATE_API_TOKEN", "REPLICATE_API_KEY")
GEMINI_API_KEY = env.first_of("GEMINI_API_KEY", "GOOGLE_API_KEY")
GOOGLE_GEMINI_BASE_URL = env.web_address("GOOGLE_GEMINI_BASE_URL")
GOOGLE_GENAI_API_VERSION = env.text("GOOGLE_GENAI_API_VERSION", "v1beta")
# Names of our own: a project that other tools left in the environment must not start to be billed.
MV_GOOGLE_CLOUD_PROJECT = env.text("MV_GOOGLE_CLOUD_PROJECT")
MV_GOOGLE_CLOUD_LOCATION = env.text("MV_GOOGLE_CLOUD_LOCATION", "us-central1")
GOOGLE_VERTEX_BASE_URL = env.web_address("GOOGLE_VERTEX_BASE_URL")
REPLICATE_BASE_URL = env.web_address("REPLICATE_BASE_URL") or "https://api.replicate.com"
# Where providers can reach this studio, for webhooks.
MV_PUBLIC_URL = env.text("MV_PUBLIC_URL").rstrip("/")
# Hosts whose results are fetched besides the catalogue's; they may be this machine, plain http, any port.
MV_PROVIDER_ALLOW_HOSTS = env.hosts("MV_PROVIDER_ALLOW_HOSTS")
MV_CONFIRM_ABOVE_USD = env.money("MV_CONFIRM_ABOVE_USD", Decimal(5))
# A writing whose answer was lost in a crash is sent again once when it costs no more than this.
MV_RESEND_BELOW_USD = env.money("MV_RESEND_BELOW_USD", Decimal("0.05"))

# Budgets: none until a limit is set here or in the admin.
MV_BUDGET_USER_USD = env.limit("MV_BUDGET_USER_USD")
MV_BUDGET_PROJECT_USD = env.limit("MV_BUDGET_PROJECT_USD")
MV_BUDGET_DAY_USD = env.limit("MV_BUDGET_DAY_USD")
MV_BUDGET_MODE = env.one_of("MV_BUDGET_MODE", "stop", "observe", "warn", "stop")
# How much one account may do at once and a minute; None: what the catalogue says.
MV_LANES = {
    "replicate": env.pair("MV_LANE_REPLICATE"),
    "gemini": env.pair("MV_LANE_GEMINI"),
    "veo": env.pair("MV_LANE_VEO"),
}

# The sample provider: demonstrations and tests can slow it, break it and make it refuse.
MV_SAMPLE_LATENCY_SECONDS = env.number("MV_SAMPLE_LATENCY_SECONDS", 0.0)
MV_SAMPLE_FAIL = env.listing("MV_SAMPLE_FAIL")
MV_SAMPLE_REFUSE = env.listing("MV_SAMPLE_REFUSE")
MV_SAMPLE_COUNTER = env.flag("MV_SAMPLE_COUNTER", default=True)

# Mock mode: clips are films that lie in a folder, whoever is named; nothing is bought.
MOCK_VID_GENS = env.flag("MOCK_VID_GENS", default=False)
MOCK_VIDEOS_DIR = env.folder("MOCK_VIDEOS_DIR", "") if env.text("MOCK_VIDEOS_DIR") else None
MOCK_DELAY_SECONDS = seconds_from_to(env.text("MOCK_DELAY_SECONDS", "5-10"))
