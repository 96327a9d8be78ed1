#!/usr/bin/env python3
"""Prints the licences of all crates that the program contains, with their texts.

    scripts/third_party_licenses.py [TARGET]

Reads `cargo metadata` and the sources of the crates, which must have been downloaded. Crates with the same text share it.
Exits with 1 if a crate of another party names no licence.
"""

import json
import pathlib
import subprocess
import sys

NAMES = ("license", "licence", "copying", "notice", "unlicense")


def metadata(target):
    command = ["cargo", "metadata", "--format-version", "1", "--locked"]
    if target:
        command += ["--filter-platform", target]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def contained(data):
    """Returns the packages that are compiled into the program: no build scripts, no procedural macros, no tests."""
    packages = {package["id"]: package for package in data["packages"]}
    nodes = {node["id"]: node for node in data["resolve"]["nodes"]}
    waiting = [id for id, package in packages.items() if package["name"] == "glosser" and package["source"] is None]
    found = set()
    while waiting:
        id = waiting.pop()
        is_macro = any("proc-macro" in target["kind"] for target in packages[id]["targets"])
        if id in found or is_macro:
            continue
        found.add(id)
        for dependency in nodes[id]["deps"]:
            if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
                waiting.append(dependency["pkg"])
    return sorted((packages[id] for id in found), key=lambda package: (package["name"], package["version"]))


def texts(package):
    """Returns the texts of the licence files of a package, by their names."""
    folder = pathlib.Path(package["manifest_path"]).parent
    files = [path for path in folder.iterdir() if path.is_file() and path.name.lower().startswith(NAMES)]
    if package["license_file"]:
        files.append(folder / package["license_file"])
    return [path.read_text(encoding="utf-8", errors="replace").strip() for path in sorted(set(files))]


def main():
    target = sys.argv[1] if len(sys.argv) > 1 else None
    others = [package for package in contained(metadata(target)) if package["source"] is not None]
    unknown = [package["name"] for package in others if not package["license"] and not package["license_file"]]
    if unknown:
        sys.exit(f"no licence is named by: {', '.join(unknown)}")
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    print(f"The program contains {len(others)} crates of other authors, under these licences:\n")
    for package in others:
        print(f"  {package['name']} {package['version']}: {package['license'] or 'see below'}")
    # Texts that differ in white space only are one text.
    users = {}
    for package in others:
        for text in texts(package):
            users.setdefault(" ".join(text.split()), (text, []))[1].append(f"{package['name']} {package['version']}")
    for text, names in users.values():
        print(f"\n{'=' * 100}\n{', '.join(names)}\n{'=' * 100}\n\n{text}")


if __name__ == "__main__":
    main()
