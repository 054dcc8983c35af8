export * from "./boot.ts";
export * from "./needs.ts";
export * from "./rig.ts";
