#!/usr/bin/env bash
# The whole main job over the REST API: idea, character and song in; one finished music video out.
#
#   docs/api-walkthrough.sh [STUDIO] [SONG] [OUT]
#
# STUDIO is the address of a running studio (http://127.0.0.1:8000), SONG a song of yours (a short one is made up
# when none is named), OUT where the film goes (walkthrough.mp4). Needs bash, curl and python3 (to read JSON).
set -euo pipefail

STUDIO=${1:-http://127.0.0.1:8000}
SONG=${2:-}
OUT=${3:-walkthrough.mp4}
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

IDEA="A lighthouse keeper dances with the storm until the sun comes up."
CHARACTER="A woman of sixty with a silver braid and a yellow oilskin coat."
SCENES=${SCENES:-3}

say() { printf '\n\033[1m%s\033[0m\n' "$*" >&2; }

# pick PATH: print one member of the JSON on standard input; PATH as in images.0.id. A list is printed a line each.
pick() {
  python3 -c '
import json, sys
value = json.load(sys.stdin)
for step in sys.argv[1].split("."):
    value = value[int(step)] if isinstance(value, list) else value[step]
print("\n".join(map(str, value)) if isinstance(value, list) else value)' "$1"
}

# ask METHOD PATH [BODY]: one request; an error shows its problem and stops everything.
# Every POST has a key of its own: sent again after a lost answer, it would not happen twice.
# Prefer: wait lets the answer come when the work is done; without it the answer is a job (202) at once.
ask() {
  local method=$1 path=$2 body=${3:-}
  curl -sS --fail-with-body --retry 3 -X "$method" "$STUDIO$path" \
    -H "Idempotency-Key: $(date +%s%N)-$RANDOM" -H "Prefer: wait=600" \
    ${body:+-H "Content-Type: application/json" -d "$body"}
}

# done_job: read an answer; when it is still a job (202), follow that job to its end and print its result.
done_job() {
  local answer state
  answer=$(cat)
  state=$(pick state <<<"$answer" 2>/dev/null || true)
  while [[ $state == queued || $state == running || $state == waiting ]]; do
    sleep 1
    answer=$(ask GET "$(pick urls.self <<<"$answer")")
    state=$(pick state <<<"$answer")
  done
  case $state in
    "") printf '%s' "$answer" ;;
    succeeded) python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin)["result"]))' <<<"$answer" ;;
    *) echo "$answer" >&2; return 1 ;;
  esac
}

say "The flavors to choose from"
ask GET /api/mv/get_config_flavors | pick flavors >&2

say "A project"
PROJECT=$(ask POST /api/mv/projects/ \
  "{\"title\": \"Walkthrough\", \"idea\": \"$IDEA\", \"character_description\": \"$CHARACTER\", \"seed\": 7}" | pick id)
echo "project $PROJECT" >&2

say "Its scenes are written"
ask POST /api/mv/create_scenes "{\"project_id\": \"$PROJECT\", \"number_of_scenes\": $SCENES}" \
  | done_job >"$WORK/scenes.json"
pick output_files.markdown <"$WORK/scenes.json" >&2
ask GET "$(pick output_files.markdown <"$WORK/scenes.json")" >&2

say "Four portraits, of which we take the first"
ask POST /api/mv/generate_character_reference \
  "{\"character_description\": \"$CHARACTER\", \"num_images\": 4, \"project_id\": \"$PROJECT\"}" \
  | done_job >"$WORK/portraits.json"
PORTRAIT=$(pick images.0.id <"$WORK/portraits.json")
curl -sS --fail -o "$WORK/portrait" "$STUDIO/api/mv/get_character_reference/$PORTRAIT"
echo "portrait $PORTRAIT, $(wc -c <"$WORK/portrait") bytes" >&2
ask PATCH "/api/mv/projects/$PROJECT" "{\"character_reference_id\": \"$PORTRAIT\"}" >/dev/null

say "A song is uploaded, and a cut of it made"
if [[ -z $SONG ]]; then
  SONG=$WORK/song.wav
  python3 - "$SONG" <<'PYTHON'
import math, struct, sys, wave

rate, seconds = 22050, 30
with wave.open(sys.argv[1], "wb") as song:
    song.setnchannels(1)
    song.setsampwidth(2)
    song.setframerate(rate)
    for beat in range(seconds * 2):
        pitch = 220 * 2 ** ((0, 3, 7, 10, 7, 3)[beat % 6] / 12)
        song.writeframes(b"".join(
            struct.pack("<h", int(9000 * math.exp(-3 * n / rate) * math.sin(2 * math.pi * pitch * n / rate)))
            for n in range(rate // 2)
        ))
PYTHON
fi
AUDIO=$(curl -sS --fail-with-body "$STUDIO/api/audio/upload" -F "file=@$SONG" -F "title=Walkthrough" | pick audio_id)
CUT=$(ask POST /api/audio/trim "{\"audio_id\": \"$AUDIO\", \"start_at\": 2}" | done_job | pick audio_id)
echo "song $AUDIO, cut $CUT" >&2
ask PATCH "/api/mv/projects/$PROJECT" "{\"audio_id\": \"$CUT\"}" >/dev/null

say "A clip for every scene, all at once"
PIDS=()
for ((index = 0; index < SCENES; index++)); do
  SCENE=$(pick "scenes.$index.id" <"$WORK/scenes.json")
  (ask POST /api/mv/generate_video "{\"scene_id\": \"$SCENE\", \"character_reference_id\": \"$PORTRAIT\"}" \
    | done_job >"$WORK/clip.$index.json") &
  PIDS+=($!)
done
for pid in "${PIDS[@]}"; do wait "$pid"; done
CLIPS=()
for ((index = 0; index < SCENES; index++)); do
  CLIPS+=("\"$(pick video_id <"$WORK/clip.$index.json")\"")
  echo "scene $((index + 1)): $(pick video_url <"$WORK/clip.$index.json")" >&2
done

say "One film under the song"
# The studio puts a first film together by itself once every scene has its clip; ours comes after that one.
for _ in $(seq 300); do
  [[ $(ask GET "/api/mv/projects/$PROJECT" | pick final_video_id) == None ]] || break
  sleep 1
done
VIDEO_IDS=$(IFS=,; echo "${CLIPS[*]}")
ask POST /api/mv/stitch-videos \
  "{\"project_id\": \"$PROJECT\", \"video_ids\": [$VIDEO_IDS], \"audio_overlay_id\": \"$CUT\"}" \
  | done_job >"$WORK/film.json"
FILM=$(pick video_url <"$WORK/film.json")
echo "$FILM, $(pick metadata.video_duration_seconds <"$WORK/film.json") s" >&2

say "Fetched whole, and in part as a player does"
curl -sS --fail -o "$OUT" "$STUDIO$FILM"
curl -sS --fail -o /dev/null -w '%{http_code} %{size_download} bytes\n' -r 0-1023 "$STUDIO$FILM" >&2
[[ $(ask GET "/api/mv/projects/$PROJECT" | pick final_stale) == False ]]

say "$OUT: $(wc -c <"$OUT") bytes. See it at $STUDIO/studio/$PROJECT/"
