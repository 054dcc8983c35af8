#!/bin/bash
# build-image.sh IMAGE [ARGUMENT...]: builds an image of this repository, and writes the job's summary. Where it
# fails for something outside of it, that has a record below outages/.
# PIBUILD_CACHE_* say which shared cache it uses.
set -euo pipefail
cd "$(dirname "$0")/../.."
image="${1:?usage: build-image.sh IMAGE}"
shift
if grep -q '^ *- *pi-gen/' "apps/${image}/image.yaml"; then
	npm run --silent pibuild -- sync
fi
# Registries know no capitals, which owners and repositories of GitHub may have.
[ -z "${PIBUILD_CACHE_REGISTRY:-}" ] || export PIBUILD_CACHE_REGISTRY="${PIBUILD_CACHE_REGISTRY,,}"
[ -n "${PIBUILD_CACHE_SIGN_KEY:-}" ] || unset PIBUILD_CACHE_SIGN_KEY
summary="$(mktemp)"
trap 'rm -f "${summary}"' EXIT
status=0
npm run --silent pibuild -- build "${image}" --json "$@" >"${summary}" || status="$?"
node tools/ci/job-summary.mjs "${summary}"
if [ "${status}" != 0 ]; then
	# What lay outside of the build has a record below outages/, which the workflow keeps.
	outages="$(npm run --silent pibuild -- outages list)"
	[ -z "${outages}" ] || printf '\n### Outages\n\n```\n%s\n```\n' "${outages}" >>"${GITHUB_STEP_SUMMARY:-/dev/stdout}"
fi
exit "${status}"
