export const hooks = {
  beforePacking({ devDependencies, scripts, ...manifest }) {
    return { ...manifest, x: 1 };
  },
};
