"""What a bundle says of itself: `bundle.json` for its manifest and `card.json` for people."""
from . import export, features, nights, plan

DATASET = "sleep-accel"
DATA = ("Motion and heart rate from a wrist-worn wearable and labeled sleep from polysomnography (Walch et al. 2019, PhysioNet, "
        "ODC-By 1.0): one laboratory night each of 24 adults.")
INPUTS = {"both": ["activity-counts", "heart-rate"], "coarse": ["heart-rate", "steps"], "sparse": ["heart-rate", "steps"],
          "motion": ["activity-counts"], "heart": ["heart-rate"]}


def manifest(subjects):
    """The part of the manifest that is not made by signing. Every variant runs the same files."""
    files = {export.file_name(name).removesuffix(".onnx"): export.file_name(name) for name in plan.MODELS}
    return {
        "model": "sleep", "version": export.MODEL_VERSION, "sequence": 1, "expires": None, "minimumEngine": 1,
        "epochSeconds": int(features.EPOCH_SECONDS), "labels": nights.STAGES,
        "features": {"schema": f"sleep-epoch/{features.SCHEMA_VERSION}", "names": list(features.NIGHT_NAMES)},
        "training": {"data": DATA, "dataset": DATASET, "subjects": list(subjects)},
        "variants": [{"name": v, "inputs": i, "files": files} for v, i in INPUTS.items()], "extensions": {},
    }


def card(accuracy, variants):
    """The card's texts; `accuracy[variant][use]` as in `parameters.json`."""
    errors = []
    for variant, label in variants.items():
        for use, words in (("atNightEnd", "at night's end"), ("online", "as it comes")):
            a = accuracy[variant][use]
            on = f"24 people, each left out once; {label}, {words}"
            kappa, spec, tst = a["subjects"]["kappa4"], a["subjects"]["wakeSpecificityAt93"], a["tst"]
            errors += [
                {"measure": "kappa of four stages, mean over people (SD)", "value": f"{kappa['mean']:.2f} ({kappa['sd']:.2f})", "on": on},
                {"measure": "wake found where 93 % of sleep is kept, mean over people (SD)",
                 "value": f"{spec['mean']:.2f} ({spec['sd']:.2f})", "on": on},
                {"measure": "total sleep time, mean error in minutes (limits of agreement)",
                 "value": f"{tst['biasMinutes']:+.0f} ({tst['lowerLimit']:+.0f} to {tst['upperLimit']:+.0f})", "on": on},
            ]
    return {
        "title": "Hearth sleep stager",
        "intendedUse": ["Stages of a night in bed, worn on the wrist, for the wearer's own information.",
                        "Not for finding or judging any illness."],
        "data": [DATA, "Steps by the minute were imitated from activity counts; heart rate once a minute from a finer one."],
        "measuredError": errors,
        "limits": ["Measured on laboratory nights of 24 adults; not on children, ill people, shift workers or naps.",
                   "Two of the 24 people were staged hardly better than by chance.",
                   "From movement alone it tells sleep from wake; its stages are then little better than a guess.",
                   "Features, kinds of model and settings were chosen with the results on these 24 people in view: expect a little less."],
    }
