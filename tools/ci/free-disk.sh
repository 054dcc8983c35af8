#!/bin/bash
# free-disk.sh [ROOT]: removes from GitHub's own machine what no image needs, 30 GB of its 75. It does
# nothing on any other machine. ROOT is for tests.
set -euo pipefail
root="${1:-}"

if [ "${RUNNER_ENVIRONMENT:-}" != github-hosted ]; then
	echo "this is not a machine of GitHub's: nothing is removed"
	exit 0
fi
as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)
for path in /usr/share/dotnet /usr/local/lib/android /opt/ghc /opt/hostedtoolcache/CodeQL /usr/share/swift /usr/local/.ghcup; do
	[ ! -e "${root}${path}" ] || "${as_root[@]}" rm -rf "${root}${path}"
done
df -h "${root:-/}"
