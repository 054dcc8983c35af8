export * from "./needs.ts";
export * from "./rig.ts";
