#!/bin/bash
# publish-packages.sh [ARGUMENT...]: publishes each package whose version npm's registry does not have,
# with its provenance. Changesets has raised the versions in a commit before. `--dry-run` publishes nothing.
set -euo pipefail
cd "$(dirname "$0")/../.."
directory="$(mktemp --directory)"
trap 'rm -rf "${directory}"' EXIT
# It brings the tools and builds all packages.
npm run --silent pibuild -- --version
node --conditions=@pibuild/source tools/release/publish.ts "${directory}" "$@"
