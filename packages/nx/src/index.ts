export * from "./image-project.ts";
export * from "./run-nx.ts";
