import type { Login } from "@pibuild/core";

/** The logins in a text of apt_auth.conf(5): `machine`, `login` and `password`, each with its word. */
export function parseAuthConf(text: string): Login[] {
  const logins: Login[] = [];
  const words = text.split(/\s+/);
  let machine: string | undefined;
  let [user, password] = ["", ""];
  const end = () => {
    if (machine !== undefined) logins.push({ machine, user, password });
    [user, password] = ["", ""];
  };
  for (let index = 0; index < words.length; index++) {
    const next = words[index + 1] ?? "";
    if (words[index] === "machine") {
      end();
      machine = next;
    } else if (words[index] === "login") user = next;
    else if (words[index] === "password") password = next;
    // Of another word nothing is known, also not whether one belongs to it.
    else continue;
    index += 1;
  }
  end();
  return logins;
}

/** The same logins for apt. A word with a blank has no form there: such a login is left out. */
export function formatAuthConf(logins: readonly Login[]): string {
  return logins
    .filter(({ machine, user, password }) => !/\s/.test(machine + user + password))
    .map(({ machine, user, password }) => {
      const words = [machine, user === "" ? "" : `login ${user}`];
      if (password !== "") words.push(`password ${password}`);
      return `machine ${words.filter((word) => word !== "").join(" ")}\n`;
    })
    .join("");
}
