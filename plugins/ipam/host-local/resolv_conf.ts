import type { Dns } from "../../../lib/spec/mod.ts";

/**
 * Reads the resolver configuration of the host, as the reference plugin does:
 * of several `domain` lines the last counts, `search` and `options` add up over
 * all lines, servers are not checked, and `#` or `;` begin a comment only at
 * the start of a line.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const text = "# made by hand\nnameserver 10.0.0.1\nsearch a.test b.test\n";
 * assertEquals(parseResolvConf(text), {
 *   nameservers: ["10.0.0.1"],
 *   search: ["a.test", "b.test"],
 * });
 * ```
 */
export function parseResolvConf(text: string): Dns {
  const nameservers: string[] = [];
  const search: string[] = [];
  const options: string[] = [];
  let domain: string | undefined;
  for (const line of text.split("\n")) {
    const [keyword, ...values] = line.trim().split(/\s+/);
    const first = values[0];
    // Comments need no rule of their own: they begin with no keyword.
    if (first === undefined) continue;
    if (keyword === "nameserver") nameservers.push(first);
    else if (keyword === "domain") domain = first;
    else if (keyword === "search") search.push(...values);
    else if (keyword === "options") options.push(...values);
  }
  return {
    ...(nameservers.length > 0 ? { nameservers } : {}),
    ...(domain === undefined ? {} : { domain }),
    ...(search.length > 0 ? { search } : {}),
    ...(options.length > 0 ? { options } : {}),
  };
}
