#!/bin/bash
# verify-release.sh DIRECTORY...: checks what a release hands out: every checksum, every chunk of a field
# update, and that all directories, of builders of several architectures, hold the same bytes.
set -euo pipefail
here="$(cd "$(dirname "$0")/../.." && pwd)"
[ "$#" -gt 0 ] || { echo "usage: verify-release.sh DIRECTORY..." >&2; exit 2; }

# fail MESSAGE HINT
fail() {
	printf 'error: %s\n\nhint: %s\n' "$1" "$2" >&2
	exit 7
}

for directory in "$@"; do
	shopt -s nullglob
	sums=("${directory}"/*.SHA256SUMS)
	[ "${#sums[@]}" -gt 0 ] || fail "\`${directory}\` has no checksums" "build it with tools/ci/release-image.sh"
	for file in "${sums[@]}"; do
		# The raw image is not handed out; what is unpacked has to be it.
		raw="$(awk '$2 ~ /\.img$/ { print $1 }' "${file}")"
		unpacked="$(xz --decompress --stdout "${file%.SHA256SUMS}.img.xz" | sha256sum | cut -d ' ' -f 1)"
		[ "${raw}" = "${unpacked}" ] || fail "\`${file%.SHA256SUMS}.img.xz\` does not hold the image that was built" "build it again"
		(cd "${directory}" && grep -v '\.img$' "$(basename "${file}")" | sha256sum --check --strict) ||
			fail "a file differs from \`${file}\`" "build it again"
		cmp --silent "${file}" "$1/$(basename "${file}")" ||
			fail "\`$1\` and \`${directory}\` hold different bytes under \`$(basename "${file}" .SHA256SUMS)\`" "a release comes out alike on every builder: \`pibuild why\` names what differs"
	done
	for payload in "${directory}"/*.kn86fw; do
		"${here}/pibuild" payload verify "${payload}" --unsigned
	done
done
