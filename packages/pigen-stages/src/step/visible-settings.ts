import { enumerates } from "./enumerates.ts";
import { mayName, type Names, namesIn } from "./names.ts";

/** What programs read by themselves: no script has to name it. */
const ambient =
  /^(?:APT_CONFIG|BASH_ENV|DEBCONF_\w+|DEBIAN_\w+|DEB_\w+|DPKG_\w+|ENV|LANG|LANGUAGE|LC_\w+|LD_\w+|MAKEFLAGS|C(?:XX|PP)?FLAGS|LDFLAGS|NODE_\w+|PIP_\w+|SSL_CERT_\w+|UCF_\w+|PERL5\w+|PYTHON\w+|TAR_OPTIONS|TMPDIR|TZ|XZ_\w+|ZSTD_\w+|(?:HTTPS?|FTP|ALL|NO)_PROXY)$/;

/** Whether programs read a variable that no script names. */
export function isAmbient(name: string): boolean {
  return ambient.test(name);
}

/**
 * The settings that a step can see: those its files name, those that the functions it calls name, and
 * what programs read by themselves. A step that enumerates its environment sees all of them.
 */
export function visibleSettings(
  texts: readonly string[],
  all: Readonly<Record<string, string>>,
  functions: ReadonlyMap<string, string>,
): Record<string, string> {
  if (texts.some(enumerates)) return { ...all };
  const around = Object.entries(all).filter(([name]) => isAmbient(name));
  return { ...namedSettings(texts, all, functions), ...Object.fromEntries(around) };
}

/** The settings that texts name, or a piece of, and the functions that they call. */
export function namedSettings(
  texts: readonly string[],
  all: Readonly<Record<string, string>>,
  functions: ReadonlyMap<string, string>,
): Record<string, string> {
  const seen = withFunctions(texts.map(namesIn), functions);
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => seen.some((names) => mayName(names, name))),
  );
}

/** The functions that a shell file defines, by name, with their bodies. */
export function parseFunctions(script: string): Map<string, string> {
  const functions = new Map<string, string>();
  const definition = /^([A-Za-z_]\w*)\s*\(\)\s*\{\n([\s\S]*?)^\}/gm;
  for (const [, name, body] of script.matchAll(definition)) {
    if (name !== undefined && body !== undefined) functions.set(name, body);
  }
  return functions;
}

/** What the texts name, with the bodies of the functions that they call, and of those that these call. */
function withFunctions(
  texts: readonly Names[],
  functions: ReadonlyMap<string, string>,
): readonly Names[] {
  const called = new Map<string, Names>();
  const queue = [...texts];
  for (let names = queue.pop(); names !== undefined; names = queue.pop()) {
    for (const [name, body] of functions) {
      if (called.has(name) || !names.words.has(name)) continue;
      const inBody = namesIn(body);
      called.set(name, inBody);
      queue.push(inBody);
    }
  }
  return [...texts, ...called.values()];
}
