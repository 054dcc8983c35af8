#!/bin/bash
# proofs.sh I/N [ARGUMENT...]: the proofs of one shard, with pi-gen at its pin. Their records are in
# .pibuild/proof.
set -euo pipefail
cd "$(dirname "$0")/../.."
shard="${1:?usage: proofs.sh I/N}"
shift
# It prints where the checkout lies, and needs no root.
PIGEN_DIR="$(npm run --silent pibuild -- sync --json | node -e 'process.stdout.write(JSON.parse(require("fs").readFileSync(0, "utf8")).path)')"
export PIGEN_DIR
tools/ci/as-root.sh npm run proof -- --shard "${shard}" "$@"
