/** By path: the test kit depends on core, and a dependency back would be a circle. */
export { needs } from "../../test-kit/src/needs.ts";
