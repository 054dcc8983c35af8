import { startPodman } from "@pibuild/test-kit";
import { registerEngineTests } from "./engine-tests.ts";

registerEngineTests("podman", startPodman, /venue {3}container \(podman .*, debian:bookworm, /);
