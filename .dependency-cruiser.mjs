// The shape of the workspace, as far as imports make it: `npm run check` holds it.

/**
 * What the sources of each package may import, from the highest to the lowest. What is not here is
 * refused, so that a new arrow is a line of a change that somebody reads.
 */
const mayImport = {
  // Rigs of tests: no sources import it.
  "packages/test-kit": "core",
  "apps/cli":
    "nx turbo graph cache task-cache pigen-runner project venue stage-lint twin pigen-source artifacts partitioner kn86fw outages mirrors binfmt config layers host core",
  "packages/nx": "graph config core",
  "packages/turbo": "graph core",
  // The only one that knows both what an image is and what runs it.
  "packages/graph":
    "cache pigen-runner twin pigen-source pigen-stages artifacts partitioner kn86fw mirrors binfmt config layers host pi-boot registry core",
  "packages/cache": "layers registry task-cache core",
  "packages/pigen-runner": "twin pigen-stages mirrors layers host core",
  "packages/venue": "pigen-source mirrors config host core",
  "packages/stage-lint": "pigen-source pigen-stages config core",
  "packages/project": "pigen-source pigen-stages config core",
  "packages/twin": "mirrors binfmt layers core",
  "packages/pigen-source": "pigen-stages config core",
  "packages/pigen-stages": "layers core",
  // These seven are useful alone: none imports another.
  "packages/artifacts": "core",
  "packages/partitioner": "pi-boot core",
  "packages/kn86fw": "pi-boot core",
  "packages/outages": "core",
  "packages/mirrors": "core",
  "packages/registry": "core",
  "packages/binfmt": "host core",
  "packages/task-cache": "core",
  "packages/config": "pi-boot core",
  "packages/layers": "core",
  "packages/host": "core",
  "packages/pi-boot": "core",
  "packages/core": "",
};

const packages = Object.keys(mayImport);
const arrows = packages.map((from, place) => {
  const allowed = mayImport[from].split(" ").filter((name) => name !== "");
  const upwards = allowed.find((name) => packages.indexOf(`packages/${name}`) <= place);
  if (upwards !== undefined) throw new Error(`${from}: ${upwards} does not stand below it`);
  return {
    name: `arrows-of-${from.replace(/^.*\//, "")}`,
    comment: `${from} may import ${allowed.join(", ") || "nothing of the workspace"}`,
    severity: "error",
    from: { path: `^${from}/` },
    to: {
      // What package.json does not list is not found, and keeps its name.
      path: "^(apps|packages|@pibuild)/",
      pathNot: [from, ...allowed.map((name) => `packages/${name}`)].map((own) => `^${own}/`),
    },
  };
});

export default {
  forbidden: [
    ...arrows,
    {
      name: "not-in-the-table",
      comment: "a package has a row in the table of .dependency-cruiser.mjs",
      severity: "error",
      from: { path: "^(apps|packages)/", pathNot: packages.map((name) => `^${name}/`) },
      to: {},
    },
    {
      name: "runs-any-image",
      comment: "the runner gets a run's specification, and knows neither image.yaml nor disks",
      severity: "error",
      // Also not by way of another package, which the table alone would let through.
      from: { path: "^packages/pigen-runner/src/index\\.ts$" },
      to: {
        path: "^packages/(partitioner|artifacts|kn86fw|config)/src/index\\.ts$",
        reachable: true,
      },
    },
    {
      name: "by-its-name",
      comment: "a package is imported by its name, which leads to its index",
      severity: "error",
      from: { path: "^((?:apps|packages)/[^/]+)/" },
      to: { path: "^(apps|packages)/", pathNot: ["^$1/", "/src/index\\.ts$"] },
    },
    {
      name: "is-found",
      comment: "there is no such file, or package.json does not list the package",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "no-circles-of-files",
      comment: "move what both need to where it belongs",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-circles-of-folders",
      comment: "move what both need to where it belongs",
      severity: "error",
      // A folder and those below it count as one.
      scope: "folder",
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // Types are imports as well.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      // Packages lead to each other's sources, so that nothing has to be built before.
      conditionNames: ["@pibuild/source", "import", "types", "node"],
      exportsFields: ["exports"],
    },
  },
};
