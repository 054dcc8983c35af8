#!/bin/bash
# build.sh: builds PIBUILD_ACTION_IMAGE of the caller's repository, and writes the job's summary. The cache
# is that of PIBUILD_ACTION_CACHE; an input that is empty counts as not given.
set -euo pipefail
here="$(cd "$(dirname "$0")/.." && pwd)"
image="${PIBUILD_ACTION_IMAGE:?}"
if [ -n "${PIBUILD_ACTION_CACHE:-}" ]; then
	# Registries know no capitals, which owners and repositories of GitHub may have.
	export PIBUILD_CACHE_REGISTRY="${PIBUILD_ACTION_CACHE,,}"
	# A branch's name may hold what a scope's may not. Without one it is the protected scope.
	scope="$(sed -E 's/[^a-z0-9]+/-/g; s/^-//; s/^(.{0,64}).*/\1/; s/-$//' <<<"${PIBUILD_ACTION_SCOPE,,}")"
	[ -z "${scope}" ] || export PIBUILD_CACHE_SCOPE="${scope}"
	export PIBUILD_CACHE_WRITE="${PIBUILD_CACHE_WRITE:-true}"
fi
[ -n "${PIBUILD_CACHE_SIGN_KEY:-}" ] || unset PIBUILD_CACHE_SIGN_KEY

npx pibuild doctor --fix --quiet --only root,programs,binfmt
summary="$(mktemp)"
trap 'rm -f "${summary}"' EXIT
status=0
npx pibuild build "${image}" --json >"${summary}" || status="$?"
node "${here}/job-summary.mjs" "${summary}"
exit "${status}"
