/**
 * The text of a `config` that pi-gen's build.sh sources. Every variable is exported: build.sh
 * exports those that it knows, and stages of one's own see the others, too.
 */
export function configText(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`)
    .join("");
}
