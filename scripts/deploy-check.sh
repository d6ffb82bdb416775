#!/usr/bin/env bash
# Holds deploy/ to the schemas of Kubernetes, Kubeflow's training operator and
# Compose. The checkers are Go programs and the schemas lie in their projects' Go
# modules: all comes, and is held to its sums, by Go's module proxy on first use.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$(command -v python3)
kubernetes=v1.31.0 operator=v1.9.0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The tools are not of this module, and need no libtorch.
tool() { env -u GOFLAGS CGO_ENABLED=0 go run "$@"; }
module() { env -u GOFLAGS go mod download -json "$1" | "$python" -c 'import json, sys; print(json.load(sys.stdin)["Dir"])'; }

# The schemas as kubeconform wants them: a file for each kind, closed to keys that it does
# not name. Kubernetes' own are parts of one document, a custom resource's stands in its
# definition.
"$python" - "$(module "k8s.io/kubernetes@$kubernetes")/api/openapi-spec/v3" \
	"$(module "github.com/kubeflow/training-operator@$operator")/manifests/base/crds/kubeflow.org_pytorchjobs.yaml" "$work" <<-'PY'
	import json, sys, yaml
	kubernetes, definition, work = sys.argv[1:]

	def close(s):
	    if isinstance(s, dict):
	        if s.get("type") == "object" and "properties" in s:
	            s.setdefault("additionalProperties", False)
	        if s.pop("x-kubernetes-int-or-string", False):
	            s.pop("type", None)
	            s["anyOf"] = [{"type": "integer"}, {"type": "string"}]
	        for v in s.values():
	            close(v)
	    elif isinstance(s, list):
	        for v in s:
	            close(v)

	def keep(name, schema):
	    json.dump(schema, open(f"{work}/{name}.json", "w"))

	for document in "api__v1", "apis__batch__v1":
	    components = json.load(open(f"{kubernetes}/{document}_openapi.json"))["components"]
	    close(components)
	    for name, schema in components["schemas"].items():
	        for kind in schema.get("x-kubernetes-group-version-kind", []):
	            parts = [kind["kind"], kind["group"].split(".")[0], kind["version"]]
	            keep("-".join(filter(None, parts)).lower(), {"$ref": f"#/components/schemas/{name}", "components": components})

	definition = yaml.safe_load(open(definition))
	schema = next(v["schema"]["openAPIV3Schema"] for v in definition["spec"]["versions"] if v["name"] == "v1")
	close(schema)
	schema["properties"]["metadata"] = {"type": "object"}
	keep("pytorchjob-kubeflow-v1", schema)
PY

tool github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0 -strict -summary \
	-schema-location "$work/{{.ResourceKind}}{{.KindSuffix}}.json" deploy/kubernetes/*.yaml

# The library that docker compose reads its files with, and its own where it is.
if docker compose version >/dev/null 2>&1; then
	docker compose -f deploy/compose/compose.yaml config --quiet
fi
(cd deploy/compose && tool github.com/compose-spec/compose-go/v2/cmd@v2.16.2 compose.yaml >/dev/null)
echo "compose.yaml: valid"

# scripts/slurm-check.sh runs them.
for script in deploy/slurm/*.sbatch; do
	bash -n "$script"
	grep -q '^#SBATCH ' "$script"
done
shellcheck --severity=warning deploy/slurm/*.sbatch
echo "deploy/slurm: read by bash and shellcheck"
