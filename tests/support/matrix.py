"""Who may do what at which address: the declaration that the access matrix is generated from."""

from dataclasses import dataclass

# staff has the right to look at everything in the admin, manager also those to change people and flavors
PEOPLE = ("anonymous", "share", "other", "staff", "manager", "viewer", "editor", "reader", "owner")
LOOKS = ("get",)
CHANGES = ("post", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Rule:
    """What an address is: `kind` as explained in RULES, and which row of the owner's it is about."""

    kind: str
    row: str = ""
    owner_only: tuple[str, ...] = ()


# kind: what each person gets. "in" is anything but 401, 403 and 404; 405 (nobody does that here) is always fine.
# looks and changes are told apart; `reader` has a token of the owner's that may only look.
RULES: dict[str, dict[str, tuple[str, str]]] = {
    # for everybody, without an account
    "open": dict.fromkeys(PEOPLE, ("in", "in")),
    # for whoever has a valid seal, secret or signature, which nobody has here
    "sealed": dict.fromkeys(PEOPLE, ("shut", "shut")),
    # for everybody with an account, about their own things
    "signed": {
        **dict.fromkeys(PEOPLE, ("in", "in")),
        **dict.fromkeys(("anonymous", "share"), ("401", "401")),
        "reader": ("in", "403"),
    },
    # the same, but a token needs the scope `admin`
    "account": {
        **dict.fromkeys(PEOPLE, ("in", "in")),
        **dict.fromkeys(("anonymous", "share"), ("401", "401")),
        "reader": ("403", "403"),
    },
    # everybody with an account looks, staff with the right to it change
    "manager writes": {
        **dict.fromkeys(PEOPLE, ("in", "403")),
        **dict.fromkeys(("anonymous", "share"), ("401", "401")),
        "manager": ("in", "in"),
    },
    # only staff with the right to it
    "manager": {
        **dict.fromkeys(PEOPLE, ("403", "403")),
        **dict.fromkeys(("anonymous", "share"), ("401", "401")),
        "manager": ("in", "in"),
    },
    # a row of a project: members reach it too
    "project": {
        **dict.fromkeys(("anonymous", "share"), ("401", "401")),
        **dict.fromkeys(("other", "staff", "manager"), ("404", "404")),
        "viewer": ("in", "403"),
        "editor": ("in", "in"),
        "reader": ("in", "403"),
        "owner": ("in", "in"),
    },
    # a file of a project: members look at it, only its owner changes it
    "file": {
        **dict.fromkeys(("anonymous", "share"), ("401", "401")),
        **dict.fromkeys(("other", "staff", "manager"), ("404", "404")),
        **dict.fromkeys(("viewer", "editor"), ("in", "403")),
        "reader": ("in", "403"),
        "owner": ("in", "in"),
    },
    # the owner's alone
    "own": {
        **dict.fromkeys(("anonymous", "share"), ("401", "401")),
        **dict.fromkeys(("other", "staff", "manager", "viewer", "editor"), ("404", "404")),
        "reader": ("in", "403"),
        "owner": ("in", "in"),
    },
    # the same, and a token needs the scope `admin`
    "own account": {
        **dict.fromkeys(("anonymous", "share"), ("401", "401")),
        **dict.fromkeys(("other", "staff", "manager", "viewer", "editor"), ("404", "404")),
        "reader": ("403", "403"),
        "owner": ("in", "in"),
    },
    # pages: strangers are led to sign in
    "page": {
        **dict.fromkeys(PEOPLE, ("in", "in")),
        **dict.fromkeys(("anonymous", "share", "reader"), ("door", "door")),
    },
    "project page": {
        **dict.fromkeys(("anonymous", "share", "reader"), ("door", "door")),
        **dict.fromkeys(("other", "staff", "manager"), ("404", "404")),
        **dict.fromkeys(("viewer", "editor", "owner"), ("in", "in")),
    },
    "own page": {
        **dict.fromkeys(("anonymous", "share", "reader"), ("door", "door")),
        **dict.fromkeys(("other", "staff", "manager", "viewer", "editor"), ("404", "404")),
        "owner": ("in", "in"),
    },
    "manager page": {
        **dict.fromkeys(PEOPLE, ("404", "404")),
        **dict.fromkeys(("anonymous", "share", "reader"), ("door", "door")),
        "manager": ("in", "in"),
    },
}

ID = "ID"
ADDRESSES: dict[str, Rule] = {
    "/health/live": Rule("open"),
    "/health/ready": Rule("open"),
    "/metrics": Rule("open"),
    f"/texts/{ID}.js": Rule("sealed"),
    "/api/schema": Rule("open"),
    "/api/docs": Rule("open"),
    "/sign-in": Rule("open"),
    "/password/forgot": Rule("open"),
    f"/password/new/{ID}": Rule("sealed"),
    f"/join/{ID}": Rule("sealed"),
    f"/media/{ID}/{ID}": Rule("sealed"),
    f"/api/mv/webhooks/replicate/{ID}/{ID}": Rule("sealed"),
    f"/share/{ID}": Rule("open", "share"),
    f"/share/{ID}/video/{ID}": Rule("open", "share file"),
    "/sign-out": Rule("open"),
    "/account": Rule("page"),
    "/account/password": Rule("page"),
    "/account/tokens": Rule("page"),
    f"/account/tokens/{ID}/revoke": Rule("own page", "token"),
    "/account/invitations": Rule("manager page"),
    f"/account/people/{ID}/password": Rule("manager page", "person"),
    "/": Rule("page"),
    "/create": Rule("page"),
    "/library": Rule("page"),
    "/quick-gen-page": Rule("page"),
    f"/studio/{ID}": Rule("project page", "project"),
    f"/result/job_{ID}": Rule("project page", "job"),
    "/api/account": Rule("signed"),
    "/api/account/tokens": Rule("account"),
    f"/api/account/tokens/{ID}": Rule("own account", "token"),
    "/api/account/invitations": Rule("manager"),
    "/api/account/password_links": Rule("manager"),
    "/api/mv/get_config_flavors": Rule("signed"),
    "/api/mv/flavors": Rule("manager writes"),
    f"/api/mv/flavors/{ID}": Rule("manager writes", "flavor"),
    f"/api/mv/flavors/{ID}/reset": Rule("manager writes", "flavor"),
    f"/api/mv/flavors/{ID}/revisions": Rule("manager writes", "flavor"),
    f"/api/mv/flavors/{ID}/preview": Rule("signed", "flavor"),
    **{
        f"/api/{call}": Rule("signed")
        for call in (
            *("mv/create_scenes", "mv/generate_character_reference", "mv/generate_video", "mv/lipsync"),
            *("mv/stitch-videos", "mv/stitch_videos", "mv/stitch_video", "mv/merge_videos"),
            *("mv/estimate", "mv/providers", "mv/trash", "mv/usage", "audio/trim"),
            *("mv/trash/projects", "audio/download"),
        )
    },
    **{
        f"/api/{place}{more}": Rule("file", row)
        for place, row in ((f"mv/get_character_reference/{ID}", "portrait"), (f"mv/get_video/{ID}", "video"))
        for more in ("", "/info")
    },
    f"/api/audio/get/{ID}": Rule("file", "song"),
    f"/api/audio/get/{ID}/info": Rule("file", "song"),
    f"/api/audio/{ID}/waveform": Rule("file", "song"),
    f"/api/audio/{ID}/analysis": Rule("file", "song"),
    **{f"/api/mv/videos/{ID}/sprite{more}": Rule("file", "video") for more in ("", ".jpg", ".vtt")},
    **{
        f"/api/{place}{more}": Rule(kind, row if kind == "own" else "")
        for place, row in (("mv/characters", "portrait"), ("mv/videos", "video"), ("audio", "song"))
        for more, kind in (
            *(("", "signed"), ("/bulk", "signed"), ("/upload", "signed")),
            *((f"/{ID}", "own"), (f"/{ID}/restore", "own")),
        )
    },
    "/api/mv/projects": Rule("signed"),
    f"/api/mv/projects/{ID}": Rule("project", "project", owner_only=("delete",)),
    f"/api/mv/projects/{ID}/events": Rule("project", "project"),
    f"/api/mv/projects/{ID}/export": Rule("project", "project"),
    f"/api/mv/projects/{ID}/restore": Rule("project", "project", owner_only=("post",)),
    f"/api/mv/projects/{ID}/run": Rule("project", "project"),
    f"/api/mv/projects/{ID}/stitch": Rule("project", "project"),
    f"/api/mv/projects/{ID}/members": Rule("project", "project", owner_only=("post",)),
    f"/api/mv/projects/{ID}/members/{ID}": Rule("project", "member", owner_only=("delete",)),
    "/api/mv/scenes": Rule("signed"),
    "/api/mv/scenes/reorder": Rule("signed"),
    **{
        f"/api/mv/scenes/{ID}{more}": Rule("project", "scene")
        for more in ("", "/regenerate", "/reorder", "/restore", "/select_take", "/split", "/versions")
    },
    "/api/mv/jobs": Rule("signed"),
    **{f"/api/mv/jobs/{ID}{more}": Rule("project", "job") for more in ("", "/cancel", "/events", "/resolve", "/retry")},
    "/api/mv/scene_generations": Rule("signed"),
    **{
        f"/api/mv/scene_generations/{ID}{more}": Rule("project", "writing")
        for more in ("", "/scenes.json", "/scenes.md")
    },
    "/api/mv/shares": Rule("signed"),
    f"/api/mv/shares/{ID}": Rule("own", "share row"),
}
