#!/bin/bash
# prepare.sh: installs pibuild into the caller's repository, and finds the image that is meant. Its inputs
# are PIBUILD_ACTION_IMAGE or PIBUILD_ACTION_STAGES, and PIBUILD_ACTION_VERSION.
set -euo pipefail
image="${PIBUILD_ACTION_IMAGE:-}"
stages="${PIBUILD_ACTION_STAGES:-}"
version="${PIBUILD_ACTION_VERSION:-latest}"

# fail MESSAGE HINT
fail() {
	printf 'error: %s\n\nhint: %s\n' "$1" "$2" >&2
	exit 2
}

if [ -n "${image}" ] && [ -n "${stages}" ]; then
	fail "\`image\` and \`stages\` are both given" "name the image, or give the stages of one that has no image.yaml"
elif [ -n "${stages}" ]; then
	image=action
	mkdir -p "apps/${image}"
	{
		echo "stages:"
		for stage in ${stages}; do printf "  - '%s'\n" "${stage//\'/\'\'}"; done
	} >"apps/${image}/image.yaml"
elif [ -z "${image}" ]; then
	fail "neither \`image\` nor \`stages\` is given" "name a directory below apps/ that has an image.yaml"
fi

# What the repository has locked goes before the version that the action names.
if [ -f package-lock.json ]; then
	npm ci --no-audit --no-fund
elif [ -f package.json ] && grep -q '"pibuild"' package.json; then
	npm install --no-audit --no-fund
fi
if [ ! -x node_modules/.bin/pibuild ]; then
	npm install --no-audit --no-fund --no-save "pibuild@${version}"
fi
if grep -q '^ *- *.\{0,1\}pi-gen/' "apps/${image}/image.yaml" 2>/dev/null; then
	npx pibuild sync
fi
{
	echo "image=${image}"
	echo "directory=dist/${image}"
} >>"${GITHUB_OUTPUT:-/dev/stdout}"
