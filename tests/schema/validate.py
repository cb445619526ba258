"""The schemas of docs/schema and an independent validator: every shipped file passes, and of tests/invalid every file is
refused whose mistake a schema can tell. Exit code 77 where python3 has no yaml or jsonschema (4.0 or newer)."""
import json
import re
import sys
from pathlib import Path

try:
    import yaml
    from jsonschema import Draft202012Validator
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

# What a schema cannot say, and why.
BEYOND = {
    "names": ["misspelt_arm", "unknown_column", "unknown_effect", "unknown_endpoint", "same_analysis_twice",
        "dropout_after_an_unknown_event", "visits_of_an_unknown_arm", "multiplicity_without_primary",
        "analysis_without_a_name", "scenario_without_a_name"],
    "numbers that must fit one another": [
        "block_not_a_multiple", "events_above_patients", "no_blocks", "rates_out_of_order", "simon_patients",
        "spending_over_alpha", "correlation_out_of_reach", "os_below_pfs", "enrollment_ends_in_a_pause",
        "ratios_out_of_order", "weights_above_one", "too_many_scenarios", "follow_up_before_the_response",
        "look_before_any_event", "look_before_the_first_visit", "look_before_the_response", "look_after_the_latest_month",
        "efficacy_beside_a_wrong_look", "month_twice", "futility_of_other_events", "stages_of_other_events"],
    "what belongs together": ["analysis_without_numbers", "fixed_with_two_looks", "look_twice", "weeks",
        "truth_without_crossover",
        "composite_of_causes", "medians_alone", "minimize_beside_blocks", "toxicity_boundary", "shape_of_a_constant_hazard",
        "effect_said_twice", "looks_without_information", "size_set_by_a_scenario", "size_width_of_a_test", "hochberg_at_two_looks",
        "log_rank_of_three_arms", "distribution_of_a_test"],
    "how YAML is read: the last of repeated keys, octal numbers, .nan, 1e400": [
        "duplicate_key", "octal", "not_a_number", "too_large"],
    "other files": ["missing_file"],
}


class Loader(yaml.SafeLoader):
    """YAML 1.2's numbers and words."""


Loader.yaml_implicit_resolvers = {}
NUMBER = r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$|^[-+]?\.inf$|^\.nan$"
for tag, pattern, first in [
    ("null", r"^(~|null|)$", ["~", "n", ""]),
    ("bool", r"^(true|false)$", ["t", "f"]),
    ("int", r"^[-+]?[0-9]+$", list("-+0123456789")),
    ("float", NUMBER, list("-+.0123456789")),
]:
    Loader.add_implicit_resolver("tag:yaml.org,2002:" + tag, re.compile(pattern), first)
Loader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value, 10))
Loader.add_constructor("tag:yaml.org,2002:float", lambda loader, node: float(node.value.lstrip(".") if node.value in (".nan",) else node.value.replace(".inf", "inf")))


def with_text_keys(value):
    if isinstance(value, dict):
        return {"null" if k is None else str(k): with_text_keys(v) for k, v in value.items()}
    return [with_text_keys(v) for v in value] if isinstance(value, list) else value


def mistakes(validator, file):
    try:
        document = with_text_keys(yaml.load(file.read_text(encoding="utf-8"), Loader))
    except yaml.YAMLError as error:
        return [str(error)]
    return [f"{'.'.join(map(str, e.absolute_path))}: {e.message[:300]}" for e in validator.iter_errors(document)]


def main(root):
    failed = 0
    validators = {}
    for kind in ["study", "plan", "monitoring", "targets", "findings", "disease"]:
        schema = json.loads((root / f"docs/schema/{kind}.schema.json").read_text(encoding="utf-8"))
        Draft202012Validator.check_schema(schema)
        validators[kind] = Draft202012Validator(schema)
    folders = {"studies": "study", "plans": "plan", "monitoring": "monitoring", "targets": "targets", "findings": "findings", "disease": "disease"}
    shipped = sorted(f for folder in folders for f in root.glob(f"configs/{folder}/**/*.yaml"))
    for file in shipped:
        found = mistakes(validators[folders[file.relative_to(root / "configs").parts[0]]], file)
        failed += len(found)
        print(f"{file.relative_to(root)}: {'; '.join(found) or 'passes'}")
    beyond = {name: why for why, names in BEYOND.items() for name in names}
    invalid = sorted(root.glob("tests/invalid/*.yaml"))
    for file in invalid:
        found = mistakes(validators["study"], file)
        why = beyond.pop(file.stem, None)
        if bool(found) == bool(why):
            failed += 1
            print(f"{file.relative_to(root)}: {'passes' if not found else 'is refused after all: ' + found[0]}")
    if beyond or not shipped or not invalid:
        failed += 1
        print(f"no such files: {sorted(beyond)}; {len(shipped)} shipped, {len(invalid)} invalid")
    print(f"{len(shipped)} shipped files, {len(invalid)} invalid ones, {failed} failures")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
