#!/usr/bin/env bash
# Holds deploy/ to the schemas of Kubernetes, Kubeflow's training operator and
# Compose. The checkers are Go programs, built on first use; the schemas are
# read from the network, or from a folder:
#
#	SCHEMAS=FOLDER scripts/deploy-check.sh
#
# with job-batch-v1.json and the like of github.com/yannh/kubernetes-json-schema,
# and kubeflow.org_pytorchjobs.yaml of github.com/kubeflow/training-operator.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$(command -v python3)
kubernetes=1.31.0 operator=v1.9.0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The tools are not of this module, and need no libtorch.
tool() { env -u GOFLAGS CGO_ENABLED=0 go run "$@"; }

crd=$work/pytorchjobs.yaml
if [ -n "${SCHEMAS:-}" ]; then
	cp "$SCHEMAS/kubeflow.org_pytorchjobs.yaml" "$crd"
	places=(-schema-location "$SCHEMAS/{{.ResourceKind}}{{.KindSuffix}}.json")
else
	curl --fail --silent --show-error --location --output "$crd" \
		"https://raw.githubusercontent.com/kubeflow/training-operator/$operator/manifests/base/crds/kubeflow.org_pytorchjobs.yaml" ||
		{ echo "deploy-check: nothing was checked: the schemas could not be had; name a folder that has them: SCHEMAS=FOLDER $0" >&2; exit 1; }
	places=(-schema-location default)
fi

# A custom resource's schema stands in its definition; kubeconform wants it alone,
# and closed to keys that it does not name.
"$python" - "$crd" "$work/pytorchjob-kubeflow-v1.json" <<-'PY'
	import json, sys, yaml
	definition = yaml.safe_load(open(sys.argv[1]))
	schema = next(v["schema"]["openAPIV3Schema"] for v in definition["spec"]["versions"] if v["name"] == "v1")

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

	close(schema)
	schema["properties"]["metadata"] = {"type": "object"}
	json.dump(schema, open(sys.argv[2], "w"))
PY

tool github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0 -strict -summary -kubernetes-version "$kubernetes" \
	"${places[@]}" -schema-location "$work/{{.ResourceKind}}{{.KindSuffix}}.json" deploy/kubernetes/*.yaml

# The library that docker compose reads its files with, and its own where it is.
if docker compose version >/dev/null 2>&1; then
	docker compose -f deploy/compose/compose.yaml config --quiet
fi
(cd deploy/compose && tool github.com/compose-spec/compose-go/v2/cmd@v2.16.2 compose.yaml >/dev/null)
echo "compose.yaml: valid"

# Slurm's own check, sbatch --test-only, needs a cluster.
for script in deploy/slurm/*.sbatch; do
	bash -n "$script"
	grep -q '^#SBATCH ' "$script"
done
shellcheck --severity=warning deploy/slurm/*.sbatch
if command -v sbatch >/dev/null; then
	for script in deploy/slurm/*.sbatch; do sbatch --test-only "$script"; done
fi
echo "deploy/slurm: read by bash and shellcheck"
