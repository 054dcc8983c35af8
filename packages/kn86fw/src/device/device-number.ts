/** Linux' numbering of devices (makedev(3)), as /sys and mountinfo write it. */
export function deviceNumber(rdev: number): string {
  const major = (rdev >> 8) & 0xfff;
  const minor = (rdev & 0xff) | ((rdev >> 12) & 0xfff00);
  return `${major}:${minor}`;
}
