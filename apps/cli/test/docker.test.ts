import { startDocker } from "@pibuild/test-kit";
import { registerEngineTests } from "./engine-tests.ts";

registerEngineTests("docker", startDocker, /venue {3}container \(docker .*, debian:bookworm, /);
