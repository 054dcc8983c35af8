import { expect, test } from "vitest";
import { findFetches } from "../src/fetch/find-fetches.ts";

/** As `command host line`. */
function fetches(text: string): string[] {
  return findFetches(text).map(({ command, host = "?", line }) => `${command} ${host} ${line}`);
}

test.for([
  ["curl -fsSLo x https://user@get.example:8/x | tar x", "curl get.example 1"],
  ['wget -qO- "https://${HOST}/x"', "wget ? 1"],
  ['URL=https://get.example/x\ncurl "${URL}" -o x', "curl get.example 2"],
  ['curl "$1"', "curl ? 1"],
  ["sudo -u pi git -C x clone git@code.example:me/x.git", "git clone code.example 1"],
  ['curl -o "${STAGE_WORK_DIR}/x" "${BASE_URL}/x"', "curl ? 1"],
  ['git -C "${STAGE_WORK_DIR}/x" pull', "git pull ? 1"],
  ['git clone "${REPOSITORY}" x', "git clone ? 1"],
  ["git submodule update --init", "git submodule ? 1"],
  ["if ! timeout 60 pip install x; then :; fi", "pip install ? 1"],
  ["python3 -m pip install -r files/list", "pip install ? 1"],
  ["npx thing", "npx ? 1"],
  ["git -c a=b -C x pull --rebase", "git pull ? 1"],
  ["npm ci", "npm ci ? 1"],
  ["rsync -a host.example:/srv/x x", "rsync host.example 1"],
  ["docker pull registry.example/x", "docker pull ? 1"],
  ["gpg --recv-keys 0123", "gpg ? 1"],
  ["on_chroot <<- 'EOF'\n\ttrue\n\tcurl https://get.example\n\tEOF", "curl get.example 3"],
  ['curl -H "Accept: text/plain" https://get.example', "curl get.example 1"],
  ["su pi -c 'npm install x'", "npm install ? 1"],
  ['true\nsudo -u pi bash -ec "\ncd /srv\npip3 install -r x"', "pip3 install ? 4"],
  ['su "${USER}" -c "bash <(curl -sL https://get.example/x)"', "curl get.example 1"],
  [
    "on_chroot << EOF\nsu pi --command 'git clone git@code.example:x'\nEOF",
    "git clone code.example 2",
  ],
  ["su pi << EOF\nwget https://get.example/x\nEOF", "wget get.example 2"],
  ['chroot "${ROOTFS_DIR}" bash << EOF\ncargo install x\nEOF', "cargo install ? 2"],
] as const)("%s", ([text, found]) => {
  expect(fetches(text)).toEqual([found]);
});

test.for([
  "curl --version",
  "curl http://localhost:80/x http://127.0.0.1/y",
  "curl -o x file:///srv/x",
  "cp curl wget",
  "command -v curl",
  "apt-get install -y curl git",
  "git init; git -C x commit -m 'clone'",
  'git clone "${STAGE_DIR}/files/x" y',
  "git clone ./x y",
  "pip install --no-index x",
  'rsync -a files/ "${ROOTFS_DIR}/"',
  "npm run build",
  "cat > install.sh << EOF\ncurl https://get.example/x\nEOF",
  "# curl https://get.example/x",
  "echo 'curl https://get.example/x'",
  "docker ps",
  "su pi -c 'npm test'",
  "grep -c curl x",
])("nothing in: %s", (text) => {
  expect(fetches(text)).toEqual([]);
});
