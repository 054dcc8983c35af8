/** What would change the files of a checkout, or make git wait, ask or go on in the background. */
const settings = {
  "advice.detachedHead": "false",
  "core.attributesFile": "/dev/null",
  "core.autocrlf": "false",
  "core.eol": "lf",
  "core.fsmonitor": "false",
  "core.hooksPath": "/dev/null",
  "gc.auto": "0",
  "http.lowSpeedLimit": "1000",
  "http.lowSpeedTime": "60",
  "init.defaultBranch": "main",
  "maintenance.auto": "false",
};

/** Variables that say how this machine reaches the network, and with which key. */
const networkVariables = [
  ...["http_proxy", "https_proxy", "all_proxy", "no_proxy"],
  ...["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"],
  ...["GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "SSL_CERT_FILE", "SSL_CERT_DIR"],
  ...["GIT_SSH", "GIT_SSH_COMMAND", "SSH_AUTH_SOCK"],
  ...["GIT_CONFIG_GLOBAL", "XDG_CONFIG_HOME"],
];

/** The variables that git gets: this machine's way to the network, and nobody's habits. */
export function gitEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  return {
    ...passedOn(env),
    ...asVariables(Object.entries(settings)),
    GIT_ATTR_NOSYSTEM: "1",
    // A checkout may be another user's, and is only looked at.
    GIT_OPTIONAL_LOCKS: "0",
    GIT_TERMINAL_PROMPT: "0",
  };
}

function passedOn(env: NodeJS.ProcessEnv): Record<string, string> {
  const values: Record<string, string> = {};
  for (const name of networkVariables) {
    const value = env[name];
    if (value !== undefined) values[name] = value;
  }
  return values;
}

/** Settings as git takes them from its environment: errors then show the command and not these. */
function asVariables(entries: readonly (readonly [string, string])[]): Record<string, string> {
  const variables = entries.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { ...Object.fromEntries(variables), GIT_CONFIG_COUNT: String(entries.length) };
}
