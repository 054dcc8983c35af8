import { sha256 } from "@pibuild/core";
import { openRegistry } from "@pibuild/registry";
import { directoryDepot, openRemote, registryDepot, scopesOf } from "../../src/index.ts";
import { parcelOf } from "../parcels.ts";

/** Sends results to a cache until it is killed; prints its process id, and a line for each. */
const [kind = "", place = "", parent = "", from = "0"] = process.argv.slice(2);
const depot = kind === "directory" ? directoryDepot(place) : registryDepot(openRegistry(place));
const scopes = scopesOf("main", "main");
const remote = openRemote({ depot, scopes, read: true, write: true, trusted: [] });
process.stdout.write(`${process.pid}\n`);
for (let number = Number(from); ; number++) {
  const name = `result ${number}`;
  await remote.push(await parcelOf(parent, name, `${sha256(name)} `.repeat(20_000)));
  process.stdout.write(`${number}\n`);
}
