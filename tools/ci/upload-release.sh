#!/bin/bash
# upload-release.sh TAG DIRECTORY: makes the files in a directory assets of the release of a tag, of this
# repository and of none else. GH_TOKEN is the job's own.
set -euo pipefail
usage="usage: upload-release.sh TAG DIRECTORY"
tag="${1:?${usage}}" directory="${2:?${usage}}"
repository="${GITHUB_REPOSITORY:?it is set in a job of GitHub Actions}"

candidate=()
case "${tag}" in *-*) candidate=(--prerelease) ;; esac
if ! gh release view "${tag}" --repo "${repository}" >/dev/null 2>&1; then
	gh release create "${tag}" --repo "${repository}" --verify-tag --generate-notes "${candidate[@]}"
fi
shopt -s nullglob
gh release upload "${tag}" "${directory}"/*.{img.xz,bmap,kn86fw,SHA256SUMS} --repo "${repository}" --clobber
