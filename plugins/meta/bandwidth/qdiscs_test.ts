import { assertEquals } from "@std/assert";
import {
  findForeignRoot,
  findIngress,
  findShaper,
  parseFilters,
  parseQdiscs,
  redirectsOnlyTo,
} from "./qdiscs.ts";

/** What `tc -j -d -r qdisc show` prints. */
const SHOWN = [
  {
    kind: "tbf",
    handle: "1:",
    root: true,
    refcnt: 2,
    options: {
      rate: 125000,
      burst: "12500b/1",
      mpu: 0,
      burst_raw: "17d784",
      lat: 25000,
      limit: 15625,
      linklayer: "ethernet",
    },
  },
  { kind: "ingress", handle: "ffff:", parent: "ffff:fff1", options: {} },
];

/** What `tc -j filter show` prints: each filter after the tables it is in. */
function filtersTo(...names: readonly string[]) {
  const head = { protocol: "all", pref: 1, kind: "u32", chain: 0 };
  return [
    head,
    { ...head, options: { fh: "800:", ht_divisor: 1 } },
    {
      ...head,
      options: {
        fh: "800::800",
        flowid: "1:1",
        actions: names.map((to_dev) => ({ kind: "mirred", to_dev })),
      },
    },
  ];
}

Deno.test("parseQdiscs() reads what tc prints", () => {
  const [shaper, ingress] = parseQdiscs(SHOWN);
  assertEquals(shaper, {
    kind: "tbf",
    handle: "1:",
    isRoot: true,
    bucket: { rateBytes: 125000, bufferTicks: 0x17d784, limitBytes: 15625 },
  });
  assertEquals([ingress?.kind, ingress?.isRoot], ["ingress", false]);
});

Deno.test("disciplines are told apart by their handles", async (t) => {
  const root = { kind: "fq_codel", handle: "0:", root: true };
  const cases = {
    "ours": [SHOWN, ["tbf", undefined, "ingress"]],
    "none": [[], [undefined, undefined, undefined]],
    "the kernel's own": [[root], [undefined, undefined, undefined]],
    "someone's": [[{ ...root, handle: "8001:" }], [
      ...[undefined, "fq_codel", undefined],
    ]],
    "someone's, by our handle": [[{ ...root, handle: "1:" }], [
      ...[undefined, "fq_codel", undefined],
    ]],
    "someone's, of our kind": [[{ ...SHOWN[0], handle: "8001:" }], [
      ...[undefined, "tbf", undefined],
    ]],
  } as const;
  for (const [why, [shown, expected]] of Object.entries(cases)) {
    await t.step(why, () => {
      const qdiscs = parseQdiscs(shown);
      const found = [findShaper, findForeignRoot, findIngress]
        .map((find) => find(qdiscs)?.kind);
      assertEquals<unknown>(found, expected);
    });
  }
});

Deno.test("redirectsOnlyTo() knows the filters of an ADD", async (t) => {
  const other = { ...filtersTo()[2]!, kind: "bpf" };
  const cases = {
    "no filter": [[], true],
    "ours": [filtersTo("bwp1"), true],
    "the Go plugin's, with its action twice": [filtersTo("bwp1", "bwp1"), true],
    "to a link that is gone": [filtersTo("*"), true],
    "one that lets pass": [[...filtersTo(), ...filtersTo("bwp1")], true],
    "to another link": [filtersTo("bwp2"), false],
    "of another kind": [[...filtersTo("bwp1"), other], false],
  } as const;
  for (const [why, [shown, expected]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals(redirectsOnlyTo(parseFilters(shown), "bwp1"), expected);
    });
  }
});

Deno.test("parseQdiscs() and parseFilters() leave nothing undefined", () => {
  assertEquals(parseQdiscs([{}]), [{
    ...{ kind: "", handle: "", isRoot: false },
    bucket: { rateBytes: 0, bufferTicks: NaN, limitBytes: NaN },
  }]);
  assertEquals(parseFilters([{}, { options: {} }]), [
    { kind: "", redirects: [] },
  ]);
});
