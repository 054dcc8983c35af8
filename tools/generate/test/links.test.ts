import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";
import { anchorsOf, pages, proseOf, root } from "./pages.ts";

const link = /\]\(([^)\s]+)\)/g;

/** What a link within the workspace leads to that is not there; undefined where all is. */
function missing(page: string, target: string): string | undefined {
  const [path = "", anchor] = target.split("#");
  const to = path === "" ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(root, to))) return `${page}: ${target}: there is no ${to}`;
  if (anchor === undefined || !to.endsWith(".md") || anchorsOf(proseOf(to)).has(anchor))
    return undefined;
  return `${page}: ${target}: ${to} has no heading of that name`;
}

test("every link between pages leads to a file, and to a heading in it", () => {
  const links = pages.flatMap((page) =>
    // What stands in backticks is no link.
    [
      ...proseOf(page)
        .replace(/`[^`\n]*`/g, "code")
        .matchAll(link),
    ].map(([, to = ""]) => [page, to] as const),
  );
  const inside = links.filter(([, to]) => !/^[a-z]+:/.test(to));
  expect(inside.length).toBeGreaterThan(100);
  expect(inside.flatMap(([page, to]) => missing(page, to) ?? [])).toEqual([]);
});

test("a page in docs is reached from the README, in two steps at most", () => {
  const linked = (page: string) =>
    [...proseOf(page).matchAll(link)].map(([, to = ""]) =>
      normalize(join(dirname(page), to.split("#")[0] ?? "")),
    );
  const near = linked("README.md").filter((page) => page.endsWith(".md"));
  const reached = new Set([...near, ...near.flatMap(linked)]);
  const docs = pages.filter((page) => page.startsWith("docs/") && !page.startsWith("docs/adr/"));
  expect(docs.filter((page) => !reached.has(page))).toEqual([]);
});

test("headings become anchors as on GitHub", () => {
  const text = "# A `b` & c's\n## [Link](x.md): two\n## A/B images\n# Same\n# Same\n";
  expect([...anchorsOf(text)]).toEqual(["a-b--cs", "link-two", "ab-images", "same", "same-1"]);
});
