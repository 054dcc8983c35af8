import type { DocumentOptions, ParseOptions, SchemaOptions, Tags } from "yaml";

/**
 * What PyYAML, and so cloud-init, takes for no text: less than YAML 1.1 says, and much more than 1.2.
 * `yes` is true and `22:22` is 1342, but `y`, `00:11:22:33:44:55` and `1e3` are texts.
 * https://github.com/yaml/pyyaml/blob/main/lib/yaml/resolver.py
 */
const plain: Readonly<Record<string, RegExp>> = {
  bool: /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
  int: /^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/,
  float:
    /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
  timestamp: /^\d{4}-(?:\d\d-\d\d$|\d\d?-\d\d?[Tt \t])/,
};

/** How the `yaml` package reads as PyYAML does. */
export const pyyaml: ParseOptions & DocumentOptions & SchemaOptions = {
  version: "1.1",
  customTags: (tags) => tags.map(asPyYaml),
};

function asPyYaml(tag: Tags[number]): Tags[number] {
  if (typeof tag === "string" || !("resolve" in tag)) return tag;
  const name = tag.tag.replace("tag:yaml.org,2002:", "");
  // cloud-init takes bytes wherever it takes a text.
  if (name === "binary") return { tag: tag.tag, resolve: (text: string) => text };
  const pattern = plain[name];
  if (pattern === undefined || !("test" in tag) || tag.test === undefined) return tag;
  return { ...tag, test: new RegExp(`(?=${pattern.source})${tag.test.source}`) };
}
