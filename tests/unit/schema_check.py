#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Hold the JSON Schema against the documents that the reader is tested with.

What the reader takes the schema must take; what the reader refuses the schema
must refuse, but for what is listed in manifests/beyond-schema: mistakes that
only a reader can see. The manifests that are shipped must be right too.
Run from the top of the source tree.
"""

import json
import pathlib
import sys

import jsonschema

ROOT = pathlib.Path("tests/unit/manifests")


def reject_repeated(pairs):
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError("a key stands twice")
    return dict(pairs)


def judge(validator, path):
    """Return what is wrong with a document, or None."""
    try:
        text = path.read_bytes().decode("utf-8")
        document = json.loads(text, object_pairs_hook=reject_repeated)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        return f"not JSON: {error}"
    error = jsonschema.exceptions.best_match(validator.iter_errors(document))
    return f"{error.json_path}: {error.message}" if error else None


def main():
    schema = json.loads(pathlib.Path("docs/manifest.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    beyond = {
        line.split("#")[0].strip()
        for line in (ROOT / "beyond-schema").read_text().splitlines()
    } - {""}
    good = [*ROOT.glob("good/**/*.json"), *ROOT.glob("warned/**/*.json"),
            *ROOT.glob("cases/good/*.json"),
            *pathlib.Path("manifests").glob("**/*.json")]
    bad = [*ROOT.glob("bad/*.json"), *ROOT.glob("cases/bad/*.json")]
    problems = []

    for path in sorted(good):
        if (why := judge(validator, path)):
            problems.append(f"{path}: the schema refuses it: {why}")
    for path in sorted(bad):
        name = str(path.relative_to(ROOT))
        listed = name in beyond
        beyond.discard(name)
        why = judge(validator, path)
        if not why and not listed:
            problems.append(f"{path}: the schema takes it, the reader does not")
        if why and listed:
            problems.append(f"{path}: is not beyond the schema: {why}")
    problems += [f"{ROOT}/beyond-schema: {name}: no such document"
                 for name in sorted(beyond)]

    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"schema: {len(good) + len(bad)} documents, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
