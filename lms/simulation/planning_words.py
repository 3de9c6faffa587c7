"""Words for the fixed parts of plans, judgements and advice."""

from flask_babel import lazy_gettext as _l

SLOT_WORDS = {
    "goal": _l("For which goal"),
    "partner": _l("With which partner"),
    "menu": _l("With which support menu"),
    "who": _l("Who does it"),
    "when": _l("By when"),
    "agreed": _l("Agreed with the client"),
}
SCALE_WORDS = [
    _l("Speaks strongly against it"),
    _l("Speaks rather against it"),
    _l("Changes nothing"),
    _l("Speaks rather for it"),
    _l("Speaks strongly for it"),
]
APPROACH_WORDS = {
    "teaching": (_l("Teaching"), _l("You tell what the other does not know yet.")),
    "coaching": (_l("Coaching"), _l("You ask, so that the other finds the way.")),
    "supervision": (
        _l("Supervision"),
        _l("You look together at the work and at what it does to the one who does it."),
    ),
}
