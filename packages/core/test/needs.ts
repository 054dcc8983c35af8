/** By path: the test kit depends on core, and a dependency back would be a circle. */
export { needs } from "@pibuild/test-kit";
