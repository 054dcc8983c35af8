/**
 * Marks a file in a layer that has no holes although a part of it is zero: a layer keeps no zeros, and
 * so cannot tell it from a sparse file. It goes with the file where a later step copies, moves or links it.
 */
export const allocatedAttribute = "trusted.pibuild.allocated";
