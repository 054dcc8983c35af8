/** The variable by which `pibuild build` tells the target the stage after which build.sh stops. */
export const untilVariable = "PIBUILD_UPSTREAM_UNTIL";
