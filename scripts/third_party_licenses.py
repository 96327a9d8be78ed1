#!/usr/bin/env python3
"""Prints the licences of all crates that the program contains, or the engine of its pages, with their texts.

    scripts/third_party_licenses.py [TARGET]    the program, and the engine of a page that it carries
    scripts/third_party_licenses.py --engine    the engine alone, short: a copy of it is in every page

Reads `cargo metadata` and the sources of the crates, which must have been downloaded. Crates with the same text share it.
The short form takes one licence where a crate offers several, and prints a text that differs only in its copyright
notices once. Exits with 1 if a crate of another party names no licence.
"""

import json
import pathlib
import re
import subprocess
import sys

NAMES = ("license", "licence", "copying", "notice", "unlicense")
WASM = "wasm32-unknown-unknown"
LINE = "=" * 100


def metadata(target):
    command = ["cargo", "metadata", "--format-version", "1", "--locked"]
    if target:
        command += ["--filter-platform", target]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def contained(root, target):
    """Returns the packages of other authors that are compiled into a package of ours: no build scripts, no procedural
    macros, no tests."""
    data = metadata(target)
    packages = {package["id"]: package for package in data["packages"]}
    nodes = {node["id"]: node for node in data["resolve"]["nodes"]}
    waiting = [id for id, package in packages.items() if package["name"] == root and package["source"] is None]
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
    return {name(packages[id]): packages[id] for id in found if packages[id]["source"] is not None}


def name(package):
    return f"{package['name']} {package['version']}"


def texts(package):
    """Returns the texts of the licence files of a package, by their names."""
    folder = pathlib.Path(package["manifest_path"]).parent
    files = [path for path in folder.iterdir() if path.is_file() and path.name.lower().startswith(NAMES)]
    if package["license_file"]:
        files.append(folder / package["license_file"])
    return {path.name: path.read_text(encoding="utf-8", errors="replace").strip() for path in sorted(set(files))}


def one_licence(package):
    """Returns the texts of the MIT licence alone where a package offers it beside others, else all texts."""
    found = texts(package)
    is_choice = " AND " not in package["license"] and re.search(r" OR |/", package["license"])
    short = [text for file, text in found.items() if "mit" in file.lower()]
    return short if is_choice and short else list(found.values())


def notices(text):
    """Splits a text into its copyright notices and the rest, without titles. The Apache licence has an example of one."""
    lines = text.splitlines()
    is_notice = re.compile(r"\s*(SPDX-FileCopyrightText: |Copyright (?!\[|\{|and |notice|license|owner|holder))", re.I)
    is_title = re.compile(r"\s*(the )?mit license( \(mit\))?\s*$|\s*all rights reserved\.?\s*$", re.I)
    rest = [line for line in lines if not is_notice.match(line) and not is_title.match(line)]
    return [line.strip() for line in lines if is_notice.match(line)], "\n".join(rest).strip()


def print_list(packages, title):
    print(f"{title} {len(packages)} crates of other authors, under these licences:\n")
    for package in packages:
        print(f"  {name(package)}: {package['license'] or 'see below'}")


def print_full(packages):
    print_list(packages, "The program contains")
    # Texts that differ in white space only are one text.
    users = {}
    for package in packages:
        for text in texts(package).values():
            users.setdefault(" ".join(text.split()), (text, []))[1].append(name(package))
    for text, names in users.values():
        print(f"\n{LINE}\n{', '.join(names)}\n{LINE}\n\n{text}")


def print_short(packages):
    print("The translator in this page is glosser (MIT OR Apache-2.0), compiled with Rust's standard library (MIT OR")
    print_list(packages, "Apache-2.0). It contains")
    users = {}
    for package in packages:
        for text in one_licence(package):
            owners, rest = notices(text)
            key = re.sub(r"\W+", " ", rest).strip().lower()
            users.setdefault(key, (rest, []))[1].append(f"{name(package)}: {'; '.join(owners)}".rstrip(": "))
    for text, owners in users.values():
        print("\n" + LINE + "\n" + "\n".join(owners) + "\n\n" + text)


def main():
    arguments = sys.argv[1:]
    is_short = arguments == ["--engine"]
    found = contained("glosser-page-engine", WASM)
    if not is_short:
        found |= contained("glosser", arguments[0] if arguments else None)
    packages = [found[key] for key in sorted(found)]
    unknown = [package["name"] for package in packages if not package["license"] and not package["license_file"]]
    if unknown:
        sys.exit(f"no licence is named by: {', '.join(unknown)}")
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    if is_short:
        print_short(packages)
    else:
        print_full(packages)


if __name__ == "__main__":
    main()
