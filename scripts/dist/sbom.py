"""Adds the native libraries to a CycloneDX SBOM: sbom.py GO_SBOM ROOT LIBRARIES PARTS VERSIONS OUT

GO_SBOM is cyclonedx-gomod's, of the program. LIBRARIES is libraries.tsv, and
VERSIONS has a line for each of its components: name, version, package URL.
torch's LICENSE lists projects that are compiled into libtorch, and PARTS, which is
parts.tsv, those that it leaves out; they become parts of it. Nothing of the result
depends on the time or the machine.
"""
import hashlib
import json
import pathlib
import re
import sys

go_sbom, root, libraries, inside, versions, out = map(pathlib.Path, sys.argv[1:])


def rows(path):
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def licence(text):
    """An SPDX expression where SPDX knows it, a name where it does not."""
    if text.startswith("LicenseRef-"):
        return [{"license": {"name": text.removeprefix("LicenseRef-").replace("-", " ")}}]
    if " WITH " in text:
        return [{"expression": text}]
    return [{"license": {"id": text}}]


def sha256(path):
    return {"alg": "SHA-256", "content": hashlib.sha256(path.read_bytes()).hexdigest()}


def compiled_in(text):
    """The projects that torch's LICENSE lists, and those that it does not, each once."""
    seen = {}
    for name, terms in re.findall(r"^Name: (.+)\nLicense: (.+)$", text, re.M):
        if terms not in seen.setdefault(name, []):
            seen[name].append(terms)
    listed = {name: [{"license": {"name": each}} for each in terms] for name, terms in seen.items()}
    listed |= {name: licence(terms) for _, name, terms, _ in rows(inside)}
    return [
        {"bom-ref": f"torch/{name}", "type": "library", "name": name, "licenses": terms}
        for name, terms in sorted(listed.items())
    ]


parts = {}
for file, component, _, terms in rows(libraries):
    part = parts.setdefault(component, {"type": "library", "name": component, "licenses": licence(terms), "components": []})
    part["components"].append({
        "bom-ref": f"lib/{file}", "type": "file", "name": f"lib/{file}", "hashes": [sha256(root / "lib" / file)],
    })
for name, version, purl in rows(versions):
    parts[name] |= {"bom-ref": purl, "version": version, "purl": purl}
parts["torch"]["components"] += compiled_in((root / "licences/torch/LICENSE").read_text())
missing = [name for name, part in parts.items() if "version" not in part]
if missing:
    sys.exit(f"sbom: no version of {', '.join(missing)} in {versions}")

bom = json.loads(go_sbom.read_text())
bom.pop("serialNumber", None)
bom["metadata"].pop("timestamp", None)
for tool in bom["metadata"]["tools"]:
    tool.pop("hashes", None)  # of the tool as it was built here
program = bom["metadata"]["component"]
program["licenses"] = [{"license": {"id": "MIT"}}]
# What cyclonedx-gomod makes of these licences is wrong: it takes Go's for that of
# sources alone, does not look for the compiler's, and reads half of yaml's.
go = (root / "licences/go/std/LICENSE").read_text()
for module in bom["components"]:
    known = [path.read_text() for path in (root / "licences/go" / module["name"]).glob("LICENSE")]
    if go in known:
        module["licenses"] = licence("BSD-3-Clause")
    elif module["name"] == "gopkg.in/yaml.v3":
        module["licenses"] = [{"expression": "MIT AND Apache-2.0"}]
    if "licenses" in module:
        module.pop("evidence", None)
program["components"] = [
    {"bom-ref": f"bin/{name}", "type": "file", "name": f"bin/{name}", "hashes": [sha256(root / "bin" / name)]}
    for name in ("toolkit", "toolkit-program")
]
bom["components"] = bom.get("components", []) + [parts[name] for name in sorted(parts)]
for needs in bom.get("dependencies", []):
    if needs["ref"] == program["bom-ref"]:
        needs["dependsOn"] = sorted(set(needs.get("dependsOn", [])) | {part["bom-ref"] for part in parts.values()})
out.write_text(json.dumps(bom, indent=1, ensure_ascii=False) + "\n")
