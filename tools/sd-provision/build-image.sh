#!/bin/bash
# build-image.sh: the system image of the KN-86 as one file, for release jobs. All the work is
# `pibuild build`'s; here is what a job that knows nothing of pibuild wants to be sure of.

set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "${here}/../.." && pwd)"
pin="${here}/pi-gen-pin.env"

usage() {
	cat <<-EOF
		usage: build-image.sh [--pi-gen-tag TAG] [--output FILE] [--image NAME]

		Builds the image, and writes it to FILE; beside it, FILE.sha256, and what else the build makes
		(.img.xz, .bmap, .kn86fw) under the same name.

		--pi-gen-tag TAG  the release of pi-gen that is meant: it has to be the one that
		                  tools/sd-provision/pi-gen-pin.env pins. Default: that one
		--output FILE     default: build/kn86-<git describe>.img
		--image NAME      kn86-rpios (on pi-gen's own stages, the default) or kn86 (on Debian)

		In a container of debian:bookworm this brings Node.js and all else by itself. The container has to
		be allowed to mount, through loop devices: docker run --privileged, or what the error names that
		says so. A volume at /root/.cache/pibuild keeps the layers.
	EOF
}

# fail CODE MESSAGE HINT: exit codes are pibuild's
fail() {
	printf 'error: %s\n\nhint: %s\n' "$2" "$3" >&2
	exit "$1"
}

tag=""
output=""
image=kn86-rpios
while [ "$#" -gt 0 ]; do
	case "$1" in
		--pi-gen-tag | --output | --image)
			[ -n "${2:-}" ] || fail 2 "\`$1\` needs a value" "see \`build-image.sh --help\`"
			case "$1" in
				--pi-gen-tag) tag="$2" ;;
				--output) output="$2" ;;
				--image) image="$2" ;;
			esac
			shift 2
			;;
		-h | --help)
			usage
			exit 0
			;;
		*) fail 2 "unknown argument \`$1\`" "see \`build-image.sh --help\`" ;;
	esac
done

# The pin is what a board has proved: without it nothing is released.
if [ ! -f "${pin}" ]; then
	fail 3 "the pin is missing: \`${pin}\` does not exist" "a release is built from a pin that a board has proved; commit one"
fi
pinned="$(sed -n 's/^PI_GEN_TAG=//p' "${pin}")"
if [ -z "${pinned}" ]; then
	fail 3 "\`${pin}\` has no PI_GEN_TAG" "see docs/reference/pin.md"
fi
if ! cmp -s "${pin}" "${root}/pi-gen-pin.env"; then
	fail 3 "\`${pin}\` and \`${root}/pi-gen-pin.env\` differ" "keep one pin: the first is meant to be a link to the second"
fi
if [ -n "${tag}" ] && [ "${tag}" != "${pinned}" ]; then
	fail 3 "pi-gen \`${tag}\` is asked for, and \`${pinned}\` is pinned" "move the pin first, and prove it on a board"
fi

as_root() {
	[ "$(id -u)" = 0 ]
}

# A layer is mounted through one.
loop_device() {
	local file device
	file="$(mktemp)"
	truncate --size=1M "${file}"
	device="$(losetup --find --show "${file}" 2>/dev/null)" && losetup --detach "${device}"
	rm "${file}"
	[ -n "${device}" ]
}

# A container is told from a machine by what it may not do: the build would find out after minutes.
# shellcheck disable=SC2016 # a person reads the backquotes
rights='`docker run --privileged --volume /dev:/dev`, or with `--cap-add SYS_ADMIN --cap-add MKNOD --volume /dev:/dev --device-cgroup-rule "b 7:* rmw" --device-cgroup-rule "c 10:237 rmw" --security-opt seccomp=unconfined --security-opt apparmor=unconfined`'
if as_root && ! unshare --mount --propagation private true 2>/dev/null; then
	fail 4 "this container may not mount anything: it lacks CAP_SYS_ADMIN, or seccomp or AppArmor forbids it" \
		"start it with ${rights}"
fi
if as_root && ! loop_device; then
	fail 4 "this container has no loop devices, and layers are mounted through them" "start it with ${rights}"
fi

# Node.js 20 brings the right one; Debian bookworm's own is older, but its npm brings one that is not.
run=("${root}/pibuild")
if ! command -v node >/dev/null || [ "$(node --print 'parseInt(process.versions.node)')" -lt 20 ]; then
	if ! command -v npx >/dev/null || ! command -v git >/dev/null; then
		if ! as_root || ! command -v apt-get >/dev/null; then
			fail 4 "Node.js was not found on PATH" "install Node.js 20 or newer; pibuild brings the rest"
		fi
		export DEBIAN_FRONTEND=noninteractive
		{
			apt-get -o Acquire::Retries=3 update
			apt-get -o Acquire::Retries=3 install --yes --no-install-recommends ca-certificates git npm
		} >&2
	fi
	run=(npx --yes --package node@24 --package pnpm@12 "${run[@]}")
fi

if [ -z "${output}" ]; then
	describe="$(git -c safe.directory="${root}" -C "${root}" describe --tags --always --dirty)"
	output="${root}/build/kn86-${describe}.img"
fi
mkdir -p "$(dirname "${output}")"
output="$(cd "$(dirname "${output}")" && pwd)/$(basename "${output}")"

cd "${root}"
# A checkout that the caller names is used as it is.
if [ -z "${PIGEN_DIR:-}" ] && grep -q '^ *- *pi-gen/' "apps/${image}/image.yaml"; then
	"${run[@]}" sync
fi
"${run[@]}" build "${image}"

base="${output%.img}"
for ending in .img.xz .bmap .kn86fw; do
	if [ -f "dist/${image}/${image}${ending}" ]; then
		cp "dist/${image}/${image}${ending}" "${base}${ending}.part"
		mv "${base}${ending}.part" "${base}${ending}"
	fi
done
cp --sparse=always "dist/${image}/${image}.img" "${output}.part"
(cd "$(dirname "${output}")" && sha256sum "$(basename "${output}").part" | sed 's/\.part$//' >"${output}.sha256")
mv "${output}.part" "${output}"
echo "${output}"
