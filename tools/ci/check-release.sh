#!/bin/bash
# check-release.sh TAG [ROOT]: whether a tag may become a release: it is a version, and pi-gen is pinned.
set -euo pipefail
tag="${1:?usage: check-release.sh TAG}"
root="${2:-$(cd "$(dirname "$0")/../.." && pwd)}"
pin=tools/sd-provision/pi-gen-pin.env

# fail CODE MESSAGE HINT: exit codes are pibuild's
fail() {
	printf 'error: %s\n\nhint: %s\n' "$2" "$3" >&2
	exit "$1"
}

number='(0|[1-9][0-9]*)'
word="(${number}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
# Of semver.org 2.0.0; metadata behind a plus would not be part of the version.
if ! [[ "${tag}" =~ ^v${number}\.${number}\.${number}(-${word}(\.${word})*)?$ ]]; then
	fail 2 "the tag \`${tag}\` is no version" "tag the commit as \`v0.2.0\`, or \`v0.2.0-rc1\` for a candidate, and delete this tag: \`git push --delete origin '${tag}'\`"
fi
if [ ! -f "${root}/${pin}" ]; then
	fail 3 "the pin is missing: \`${pin}\` does not exist" "a release is built from a pin that a board has proved: commit one, and tag that commit"
fi
if ! grep -q '^PI_GEN_TAG=.' "${root}/${pin}"; then
	fail 3 "\`${pin}\` has no PI_GEN_TAG" "see docs/reference/pin.md"
fi
echo "${tag} may be released, with pi-gen $(sed -n 's/^PI_GEN_TAG=//p' "${root}/${pin}")"
