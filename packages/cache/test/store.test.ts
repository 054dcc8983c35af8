import { needs, startRegistry, type TestRegistry } from "@pibuild/test-kit";
import { afterAll, beforeAll, describe, test } from "vitest";
import { storeContract } from "../../layers/test/store-contract.ts";
import { openCachedRig } from "./cached-rig.ts";
import { openDirectoryRig, openRegistryRig } from "./depot-rig.ts";

const mounting = needs("root", "own mount namespace", "mount", "umount");
storeContract("with a directory behind it", () => openCachedRig(openDirectoryRig), mounting);

if (needs("docker-registry") === test) {
  describe("over docker-registry", () => {
    let registry: TestRegistry;
    beforeAll(async () => {
      registry = await startRegistry();
    });
    afterAll(() => registry[Symbol.asyncDispose]());
    const open = () => openCachedRig(async () => openRegistryRig(registry));
    storeContract("with a registry behind it", open, mounting);
  });
} else needs("docker-registry")("a store with a registry behind it", () => undefined);
