import { PibuildError } from "@pibuild/core";
import { drop, readBody } from "../http/read-body.ts";
import { detailOf, type Session } from "../session/session.ts";

const mostBytes = 16 * 1024 * 1024;

/** All tags of a repository, in the registry's order; none where there is no such repository. */
export async function listTags(session: Session, repository: string): Promise<string[]> {
  const tags: string[] = [];
  const seen = new Set<string>();
  let path: string | URL = `${repository}/tags/list?n=1000`;
  for (;;) {
    const page: string | URL = path;
    const { text, link } = await session.trying(repository, async () => {
      const reply = await session.once({ method: "GET", path: page, repository, action: "read" });
      if (reply.status === 404) {
        await drop(reply);
        return { text: "{}", link: undefined };
      }
      if (reply.status !== 200) throw failed(session.nameOf(repository), await detailOf(reply));
      return { text: (await readBody(reply, mostBytes)).toString(), link: reply.headers.link };
    });
    tags.push(...tagsIn(text));
    const next = /<([^>]+)>\s*;\s*rel="?next"?/i.exec(String(link ?? ""))?.[1];
    if (next === undefined || seen.has(next)) return tags;
    seen.add(next);
    path = session.resolve(next);
  }
}

function tagsIn(text: string): string[] {
  try {
    const { tags } = JSON.parse(text) as { tags?: unknown };
    return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
  } catch {
    return [];
  }
}

function failed(registry: string, detail: string): PibuildError {
  return new PibuildError("REGISTRY_REFUSED", { registry, what: "a request for tags", detail });
}
