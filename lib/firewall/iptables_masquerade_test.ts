import { assertEquals } from "@std/assert";
import {
  type Cidr,
  cidrContains,
  parseAddress,
  parseCidr,
} from "../net/mod.ts";
import {
  byFamily,
  hasChain,
  iptablesOwner,
  masqueradedContainers,
  newChainScripts,
  removalScript,
  sharedChainScripts,
} from "./iptables_masquerade.ts";
import type { IsKept } from "./masquerade.ts";

const CHAIN = "CNI-2bbe0c48b91a7d1b8a6753a8";
const OWNER = { network: "test", containerId: "1234", ifname: "eth0" };
const COMMENT = '-m comment --comment "name: \\"test\\" id: \\"1234\\""';
const cidrs = (...texts: readonly string[]): Cidr[] => texts.map(parseCidr);
const NONE_KEPT: IsKept = () => false;

/** Keeps the rules of these addresses, and of subnets that hold one of them. */
function keep(...texts: readonly string[]): IsKept {
  const kept = texts.map(parseAddress);
  return (source) => kept.some((address) => cidrContains(source, address));
}

/** What `iptables -t nat -S` prints, with these rules besides the policies. */
function listing(...rules: readonly string[]): string {
  const policies = ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"]
    .map((chain) => `-P ${chain} ACCEPT`);
  return [...policies, ...rules, ""].join("\n");
}

Deno.test("iptablesOwner() names chain and comment as the reference does", async () => {
  assertEquals(await iptablesOwner(OWNER), {
    chain: CHAIN,
    comment: 'name: "test" id: "1234"',
  });
  const other = { network: "n1", containerId: "c1", ifname: "eth0" };
  assertEquals(await iptablesOwner(other), {
    chain: "CNI-7be53730afe4dc6eb2178d03",
    comment: 'name: "n1" id: "c1"',
  });
});

Deno.test("iptablesOwner() does not look at the interface", async () => {
  const other = await iptablesOwner({ ...OWNER, ifname: "net1" });
  assertEquals(other, await iptablesOwner(OWNER));
});

Deno.test("iptablesOwner() keeps the comment within the kernel's limit", async () => {
  const long = { network: "n".repeat(200), containerId: "c".repeat(200) };
  const { comment } = await iptablesOwner({ ...long, ifname: "eth0" });
  assertEquals(comment.length, 255);
  assertEquals(comment.startsWith('name: "nnn'), true);
});

Deno.test("newChainScripts() makes the reference's rules, byte for byte", async () => {
  const owner = await iptablesOwner(OWNER);
  assertEquals(newChainScripts(owner, cidrs("10.0.0.2/24")), {
    apply: `*nat
-N ${CHAIN}
-A ${CHAIN} -d 10.0.0.0/24 ${COMMENT} -j ACCEPT
-A ${CHAIN} ! -d 224.0.0.0/4 ${COMMENT} -j MASQUERADE
-A POSTROUTING -s 10.0.0.2/32 ${COMMENT} -j ${CHAIN}
COMMIT
`,
    undo: `*nat
-D POSTROUTING -s 10.0.0.2/32 ${COMMENT} -j ${CHAIN}
-F ${CHAIN}
-X ${CHAIN}
COMMIT
`,
  });
});

Deno.test("newChainScripts() writes IPv6 for its own tables", async () => {
  const owner = await iptablesOwner(OWNER);
  assertEquals(
    newChainScripts(owner, cidrs("fd00::2/64")).apply,
    `*nat
-N ${CHAIN}
-A ${CHAIN} -d fd00::/64 ${COMMENT} -j ACCEPT
-A ${CHAIN} ! -d ff00::/8 ${COMMENT} -j MASQUERADE
-A POSTROUTING -s fd00::2/128 ${COMMENT} -j ${CHAIN}
COMMIT
`,
  );
});

Deno.test("newChainScripts() accepts all subnets before it masquerades", async () => {
  const owner = await iptablesOwner(OWNER);
  const ips = cidrs("10.0.0.2/24", "10.1.0.2/16", "10.0.0.3/24");
  assertEquals(
    newChainScripts(owner, ips).apply,
    `*nat
-N ${CHAIN}
-A ${CHAIN} -d 10.0.0.0/24 ${COMMENT} -j ACCEPT
-A ${CHAIN} -d 10.1.0.0/16 ${COMMENT} -j ACCEPT
-A ${CHAIN} ! -d 224.0.0.0/4 ${COMMENT} -j MASQUERADE
-A POSTROUTING -s 10.0.0.2/32 ${COMMENT} -j ${CHAIN}
-A POSTROUTING -s 10.1.0.2/32 ${COMMENT} -j ${CHAIN}
-A POSTROUTING -s 10.0.0.3/32 ${COMMENT} -j ${CHAIN}
COMMIT
`,
  );
});

/** The rules of one attachment, as `iptables -S` prints them. */
const PRESENT = listing(
  `-N ${CHAIN}`,
  `-A POSTROUTING -s 192.168.0.0/16 -j MASQUERADE`,
  `-A POSTROUTING -s 10.0.0.2/32 ${COMMENT} -j ${CHAIN}`,
  `-A ${CHAIN} -d 10.0.0.0/24 ${COMMENT} -j ACCEPT`,
  `-A ${CHAIN} ! -d 224.0.0.0/4 ${COMMENT} -j MASQUERADE`,
);

Deno.test("sharedChainScripts() adds what another attachment lacks", async () => {
  const owner = await iptablesOwner(OWNER);
  const ips = cidrs("10.9.0.2/24");
  assertEquals(sharedChainScripts(owner, ips, PRESENT), {
    apply: `*nat
-I ${CHAIN} 1 -d 10.9.0.0/24 ${COMMENT} -j ACCEPT
-A POSTROUTING -s 10.9.0.2/32 ${COMMENT} -j ${CHAIN}
COMMIT
`,
    undo: `*nat
-D POSTROUTING -s 10.9.0.2/32 ${COMMENT} -j ${CHAIN}
-D ${CHAIN} -d 10.9.0.0/24 ${COMMENT} -j ACCEPT
COMMIT
`,
  });
});

Deno.test("sharedChainScripts() adds no second accept for one subnet", async () => {
  const owner = await iptablesOwner(OWNER);
  const ips = cidrs("10.0.0.3/24");
  assertEquals(sharedChainScripts(owner, ips, PRESENT), {
    apply: `*nat
-A POSTROUTING -s 10.0.0.3/32 ${COMMENT} -j ${CHAIN}
COMMIT
`,
    undo: `*nat
-D POSTROUTING -s 10.0.0.3/32 ${COMMENT} -j ${CHAIN}
COMMIT
`,
  });
});

Deno.test("sharedChainScripts() adds and undoes nothing where all is there", async () => {
  const owner = await iptablesOwner(OWNER);
  const nothing = "*nat\nCOMMIT\n";
  assertEquals(sharedChainScripts(owner, cidrs("10.0.0.2/24"), PRESENT), {
    apply: nothing,
    undo: nothing,
  });
});

Deno.test("sharedChainScripts() fills a chain that was left empty", async () => {
  const owner = await iptablesOwner(OWNER);
  const ips = cidrs("10.0.0.2/24");
  assertEquals(
    sharedChainScripts(owner, ips, listing(`-N ${CHAIN}`)).apply,
    `*nat
-I ${CHAIN} 1 -d 10.0.0.0/24 ${COMMENT} -j ACCEPT
-A ${CHAIN} ! -d 224.0.0.0/4 ${COMMENT} -j MASQUERADE
-A POSTROUTING -s 10.0.0.2/32 ${COMMENT} -j ${CHAIN}
COMMIT
`,
  );
});

Deno.test("hasChain() finds the owner's chain by its whole name", async () => {
  const owner = await iptablesOwner(OWNER);
  const chains = [CHAIN, `${CHAIN}0`, `X${CHAIN}`, "CNI-0"];
  assertEquals(
    chains.map((chain) => hasChain(owner, listing(`-N ${chain}`))),
    [true, false, false, false],
  );
  assertEquals(hasChain(owner, ""), false);
});

Deno.test("removalScript() removes jumps and chain, and no rule of others", async () => {
  const owner = await iptablesOwner(OWNER);
  assertEquals(
    removalScript(owner, PRESENT, NONE_KEPT),
    `*nat
-D POSTROUTING -s 10.0.0.2/32 ${COMMENT} -j ${CHAIN}
-F ${CHAIN}
-X ${CHAIN}
COMMIT
`,
  );
});

Deno.test("removalScript() removes what the reference left behind", async (t) => {
  const owner = await iptablesOwner(OWNER);
  await t.step("a jump for the subnet, of older releases", () => {
    const rule = `POSTROUTING -s 10.0.0.0/24 ${COMMENT} -j ${CHAIN}`;
    assertEquals(
      removalScript(owner, listing(`-N ${CHAIN}`, `-A ${rule}`), NONE_KEPT),
      `*nat\n-D ${rule}\n-F ${CHAIN}\n-X ${CHAIN}\nCOMMIT\n`,
    );
  });
  await t.step("a chain without a jump", () => {
    assertEquals(
      removalScript(owner, listing(`-N ${CHAIN}`), NONE_KEPT),
      `*nat\n-F ${CHAIN}\n-X ${CHAIN}\nCOMMIT\n`,
    );
  });
});

Deno.test("removalScript() has nothing to do where nothing is", async () => {
  const owner = await iptablesOwner(OWNER);
  const other = "CNI-7be53730afe4dc6eb2178d03";
  const listings = [
    "",
    listing(),
    listing(`-N ${other}`, `-A POSTROUTING -s 10.0.0.2/32 -j ${other}`),
  ];
  for (const text of listings) {
    assertEquals(removalScript(owner, text, NONE_KEPT), undefined);
  }
});

Deno.test("removalScript() leaves what another attachment still uses", async (t) => {
  const owner = await iptablesOwner(OWNER);
  const jump = (ip: string) => `POSTROUTING -s ${ip}/32 ${COMMENT} -j ${CHAIN}`;
  const accept = (subnet: string) =>
    `${CHAIN} -d ${subnet} ${COMMENT} -j ACCEPT`;
  const text = listing(
    `-N ${CHAIN}`,
    `-A ${jump("10.0.0.2")}`,
    `-A ${jump("10.9.0.2")}`,
    `-A ${jump("10.0.0.3")}`,
    `-A ${accept("10.9.0.0/24")}`,
    `-A ${accept("10.0.0.0/24")}`,
    `-A ${CHAIN} ! -d 224.0.0.0/4 ${COMMENT} -j MASQUERADE`,
  );
  const cases: Record<string, readonly [IsKept, string[] | undefined]> = {
    "an address of another subnet": [keep("10.9.0.2"), [
      jump("10.0.0.2"),
      jump("10.0.0.3"),
      accept("10.0.0.0/24"),
    ]],
    "an address of the same subnet": [keep("10.0.0.3"), [
      jump("10.0.0.2"),
      jump("10.9.0.2"),
      accept("10.9.0.0/24"),
    ]],
    "all addresses": [keep("10.0.0.2", "10.0.0.3", "10.9.0.2"), undefined],
    "an address without rules": [keep("10.7.7.7"), [
      jump("10.0.0.2"),
      jump("10.9.0.2"),
      jump("10.0.0.3"),
    ]],
  };
  for (const [why, [isKept, removed]] of Object.entries(cases)) {
    await t.step(why, () => {
      const end = why === "an address without rules"
        ? [`-F ${CHAIN}`, `-X ${CHAIN}`]
        : [];
      const script = removed && [
        "*nat",
        ...removed.map((rule) => `-D ${rule}`),
        ...end,
        "COMMIT",
        "",
      ].join("\n");
      assertEquals(removalScript(owner, text, isKept), script);
    });
  }
});

Deno.test("masqueradedContainers() reads the comments of jumps", () => {
  const jump = (comment: string, target = CHAIN) =>
    `-A POSTROUTING -s 10.0.0.2/32 -m comment --comment ${comment} -j ${target}`;
  const text = listing(
    `-N ${CHAIN}`,
    jump('"name: \\"test\\" id: \\"1234\\""'),
    jump('"name: \\"n1\\" id: \\"c1\\""', "CNI-7be53730afe4dc6eb2178d03"),
    // None of these is a jump of an attachment.
    jump('"name: \\"n2\\" id: \\"c2\\""', "MASQUERADE"),
    jump('"portfwd name: \\"n3\\" id: \\"c3\\""', "CNI-HOSTPORT-MASQ"),
    jump("something"),
    `-A ${CHAIN} -d 10.0.0.0/24 ${COMMENT} -j ACCEPT`,
    "-A POSTROUTING -j MASQUERADE",
  );
  assertEquals(masqueradedContainers(text), [
    { network: "test", containerId: "1234" },
    { network: "n1", containerId: "c1" },
  ]);
});

Deno.test("byFamily() parts addresses, IPv4 first, without empty parts", () => {
  const [v6, v4] = [cidrs("fd00::2/64"), cidrs("10.0.0.2/24", "10.1.0.2/24")];
  assertEquals(byFamily({ ...OWNER, ips: [...v6, ...v4] }), [
    { family: 4, ips: v4 },
    { family: 6, ips: v6 },
  ]);
  assertEquals(byFamily({ ...OWNER, ips: v6 }), [{ family: 6, ips: v6 }]);
  assertEquals(byFamily({ ...OWNER, ips: [] }), []);
});
