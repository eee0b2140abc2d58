import { assertEquals } from "@std/assert";
import { parseResolvConf } from "./resolv_conf.ts";

Deno.test("parseResolvConf() reads as the reference does", async (t) => {
  const cases: Record<string, [string, ReturnType<typeof parseResolvConf>]> = {
    "nothing": ["", {}],
    "comments and blank lines": ["# nameserver a\n ; domain b\n\n", {}],
    "no value": ["nameserver\nsearch \n", {}],
    "all keywords": [
      "nameserver 10.0.0.1\nnameserver ::1 extra\ndomain a\ndomain b\n" +
      "search x y\nsearch z\noptions ndots:2\noptions rotate trust-ad",
      {
        nameservers: ["10.0.0.1", "::1"],
        domain: "b",
        search: ["x", "y", "z"],
        options: ["ndots:2", "rotate", "trust-ad"],
      },
    ],
    "CR LF, tabs and space around": [
      "\tnameserver\t10.0.0.1 \r\n",
      { nameservers: ["10.0.0.1"] },
    ],
    "keywords in their one letter case": ["Nameserver 10.0.0.1\n", {}],
    "no comments at the end of a line": [
      "search a # b\n",
      { search: ["a", "#", "b"] },
    ],
  };
  for (const [why, [text, dns]] of Object.entries(cases)) {
    await t.step(why, () => assertEquals(parseResolvConf(text), dns));
  }
});
