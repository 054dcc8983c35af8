#!/bin/bash
# release-image.sh IMAGE PLATFORM TAG: builds what a release hands out, in a container of Debian, into
# build/<architecture>: `<image>-<tag>.img.xz`, `.bmap`, `.kn86fw`, and `.SHA256SUMS` of all, the raw image among them.
set -euo pipefail
cd "$(dirname "$0")/../.."
usage="usage: release-image.sh IMAGE PLATFORM TAG"
image="${1:?${usage}}" platform="${2:?${usage}}" tag="${3:?${usage}}"
directory="build/${platform#linux/}"
name="${image}-${tag}.img"
pinned="$(sed -n 's/^PI_GEN_TAG=//p' tools/sd-provision/pi-gen-pin.env)"

mkdir -p "${directory}"
docker run --rm --privileged --platform="${platform}" --volume /dev:/dev --volume "${PWD}:/work" --workdir /work \
	--volume kn86-cache:/root/.cache/pibuild debian:bookworm \
	tools/sd-provision/build-image.sh --image "${image}" --pi-gen-tag "${pinned}" --output "${directory}/${name}"
[ "$(id -u)" = 0 ] || sudo chown --recursive "$(id -u):$(id -g)" "${directory}"
(
	cd "${directory}"
	cat "${name}.sha256"
	find . -maxdepth 1 -type f -name "${image}-${tag}.*" ! -name '*.img' ! -name '*.sha256' -printf '%P\0' |
		sort --zero-terminated | xargs -0 sha256sum
) >"${directory}/SHA256SUMS.part"
mv "${directory}/SHA256SUMS.part" "${directory}/${image}-${tag}.SHA256SUMS"
# It is in the `.img.xz`, and larger than an asset may be.
rm "${directory}/${name}" "${directory}/${name}.sha256"
