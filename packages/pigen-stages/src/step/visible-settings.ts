/** A script that does one of these may read any variable. */
const enumerates =
  /(?:(?<![\w-])(?<!\/[\w.-]*\.)env(?![\w.-])|\b(?:environ|ENVIRON(?!\["\w+"\])|eval|printenv|envsubst|export\s+-p|(?:declare|typeset)\s+-[xp]+|compgen|declare\s+-n)\b)|%ENV\b|^\s*(?:declare|export|typeset)\s*(?:$|[|;>])|\$\{!|(?:^|[;&|({]|\$\()\s*set\s*(?:$|[|;>)])/m;

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
  if (texts.some((text) => enumerates.test(withoutComments(text)))) return { ...all };
  const around = Object.entries(all).filter(([name]) => isAmbient(name));
  return { ...namedSettings(texts, all, functions), ...Object.fromEntries(around) };
}

/** The settings that texts name, and the functions that they call. */
export function namedSettings(
  texts: readonly string[],
  all: Readonly<Record<string, string>>,
  functions: ReadonlyMap<string, string>,
): Record<string, string> {
  const seen = [...texts, ...calledFunctions(texts, functions)];
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => seen.some((text) => names(text, name))),
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

/** Bodies of the functions that the texts call, and of those that these call. */
function calledFunctions(
  texts: readonly string[],
  functions: ReadonlyMap<string, string>,
): string[] {
  const called = new Map<string, string>();
  const queue = [...texts];
  for (let text = queue.pop(); text !== undefined; text = queue.pop()) {
    for (const [name, body] of functions) {
      if (called.has(name) || !names(text, name)) continue;
      called.set(name, body);
      queue.push(body);
    }
  }
  return [...called.values()];
}

function names(text: string, name: string): boolean {
  return new RegExp(`(?<![A-Za-z0-9_])${name}(?![A-Za-z0-9_])`).test(text);
}

/** A shebang such as `#!/usr/bin/env bash` and prose enumerate nothing. */
function withoutComments(text: string): string {
  return text.replaceAll(/(^|\s)#.*$/gm, "$1");
}
