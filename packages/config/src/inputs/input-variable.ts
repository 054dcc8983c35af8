/** The variable that tells scripts where an input is. */
export function inputVariable(name: string): string {
  return `INPUT_${name.toUpperCase()}`;
}
