import { assertEquals } from "@std/assert";
import { iptablesScript, parseIptables } from "../../../lib/firewall/mod.ts";
import { forwardingsWith, mapping } from "./_testing.ts";
import { missingRules } from "./iptables_check.ts";
import { iptablesOwner, ownerIn } from "./iptables_owner.ts";
import { mappedContainers, mappedPorts, rivalsOf } from "./iptables_read.ts";
import { entryRules } from "./iptables_rules.ts";
import {
  additionScripts,
  blindRemovalScript,
  removalScript,
} from "./iptables_scripts.ts";

const OWNER = { network: "net1", containerId: "c1" };
const CHAIN = "CNI-DN-c2d892b58e87e28a12fe6";
const COMMENT = '-m comment --comment "dnat name: \\"net1\\" id: \\"c1\\""';

/** What `iptables -t nat -S` prints where nobody has mapped a port. */
const EMPTY = parseIptables("-P PREROUTING ACCEPT\n-P OUTPUT ACCEPT\n");

/** What it prints after an ADD of the mappings below, by the Go plugin. */
const TEXT = `-P PREROUTING ACCEPT
-N ${CHAIN}
-N CNI-HOSTPORT-DNAT
-N CNI-HOSTPORT-MASQ
-N CNI-HOSTPORT-SETMARK
-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
-A OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
-A POSTROUTING -m comment --comment "CNI portfwd requiring masquerade" -j CNI-HOSTPORT-MASQ
-A ${CHAIN} -s 10.77.0.0/24 -p tcp -m tcp --dport 8080 -j CNI-HOSTPORT-SETMARK
-A ${CHAIN} -s 127.0.0.1/32 -p tcp -m tcp --dport 8080 -j CNI-HOSTPORT-SETMARK
-A ${CHAIN} -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.77.0.2:80
-A ${CHAIN} -s 10.77.0.0/24 -d 127.0.0.1/32 -p udp -m udp --dport 53 -j CNI-HOSTPORT-SETMARK
-A ${CHAIN} -s 127.0.0.1/32 -d 127.0.0.1/32 -p udp -m udp --dport 53 -j CNI-HOSTPORT-SETMARK
-A ${CHAIN} -d 127.0.0.1/32 -p udp -m udp --dport 53 -j DNAT --to-destination 10.77.0.2:5353
-A CNI-HOSTPORT-DNAT -p tcp ${COMMENT} -m multiport --dports 8080 -j ${CHAIN}
-A CNI-HOSTPORT-DNAT -p udp ${COMMENT} -m multiport --dports 53 -j ${CHAIN}
-A CNI-HOSTPORT-MASQ -m mark --mark 0x2000/0x2000 -j MASQUERADE
-A CNI-HOSTPORT-SETMARK -m comment --comment "CNI portfwd masquerade mark" -j MARK --set-xmark 0x2000/0x2000
`;
const LISTING = parseIptables(TEXT);

const MAPPINGS = [
  mapping(8080, 80),
  mapping(53, 5353, { protocol: "udp", hostIP: "127.0.0.1" }),
];

/** The rules of chains of a kind, as `TEXT` has them. */
function rulesOf(...chains: readonly string[]): readonly string[] {
  return TEXT.split("\n").filter((line) =>
    chains.some((chain) => line.startsWith(`-A ${chain} `))
  );
}

Deno.test("iptablesOwner() names chains and comment as the reference does", async () => {
  assertEquals(await iptablesOwner(OWNER), {
    chain: CHAIN,
    oldChain: CHAIN.replace("DN", "SN"),
    comment: 'dnat name: "net1" id: "c1"',
  });
  const example = {
    network: "neta",
    containerId: "cnitool-98ec8606e689a3d603ef",
  };
  const { chain } = await iptablesOwner(example);
  assertEquals(chain, "CNI-DN-4a6c1256d3c40e320102a");
});

Deno.test("iptablesOwner() cuts a comment where the reference does", async () => {
  const long = { network: "n", containerId: "c".repeat(300) };
  const { comment } = await iptablesOwner(long);
  assertEquals([comment.length, comment.slice(-5)], [255, "ccc.."]);
  assertEquals(ownerIn(comment), undefined);
  assertEquals(ownerIn('dnat name: "net1" id: "c1"'), OWNER);
});

Deno.test("additionScripts() makes all that lacks, in one transaction", async () => {
  const [forwarding] = forwardingsWith({}, MAPPINGS);
  const owner = await iptablesOwner(OWNER);
  const { apply, undo } = additionScripts(forwarding, owner, EMPTY);
  const entries = rulesOf("CNI-HOSTPORT-DNAT");
  assertEquals(
    apply,
    iptablesScript("nat", [
      ...["SETMARK", "MASQ", "DNAT"].map((name) => `-N CNI-HOSTPORT-${name}`),
      ...rulesOf("CNI-HOSTPORT-SETMARK", "CNI-HOSTPORT-MASQ").toReversed(),
      ...rulesOf("POSTROUTING").map((line) =>
        line.replace("-A POSTROUTING", "-I POSTROUTING 1")
      ),
      ...rulesOf("PREROUTING", "OUTPUT"),
      `-N ${CHAIN}`,
      ...rulesOf(CHAIN),
      ...entries,
    ]),
  );
  assertEquals(
    undo,
    iptablesScript("nat", [
      ...entries.map((line) => line.replace("-A", "-D")),
      `-F ${CHAIN}`,
      `-X ${CHAIN}`,
    ]),
  );
});

Deno.test("additionScripts() replaces what an ADD before has left", async () => {
  const [forwarding] = forwardingsWith({}, [mapping(9, 9)]);
  const owner = await iptablesOwner(OWNER);
  const { apply, undo } = additionScripts(forwarding, owner, LISTING);
  const lines = apply.split("\n");
  assertEquals(lines.slice(1, 4), [
    ...rulesOf("CNI-HOSTPORT-DNAT").map((line) => line.replace("-A", "-D")),
    `-F ${CHAIN}`,
  ]);
  assertEquals(lines.filter((line) => line.includes("-N ")), []);
  // Taken back, it is as it was.
  assertEquals(undo.split("\n").slice(2, -2), [
    `-F ${CHAIN}`,
    ...rulesOf(CHAIN),
    ...rulesOf("CNI-HOSTPORT-DNAT"),
  ]);
});

Deno.test("additionScripts() marks as it is configured", async (t) => {
  const owner = await iptablesOwner(OWNER);
  const add = (keys: Parameters<typeof forwardingsWith>[0]) => {
    const [forwarding] = forwardingsWith(keys, [mapping(80, 80)]);
    const { apply } = additionScripts(forwarding, owner, LISTING);
    return apply.split("\n").filter((line) => line.startsWith("-A"));
  };
  const match = `-A ${CHAIN} -p tcp -m tcp --dport 80`;
  const dnat = `${match} -j DNAT --to-destination 10.77.0.2:80`;
  const entry = `-A CNI-HOSTPORT-DNAT -p tcp ${COMMENT} -m multiport ` +
    `--dports 80 -j ${CHAIN}`;
  await t.step("not", () => {
    assertEquals(add({ snat: false }), [dnat, entry]);
  });
  await t.step("everything", () => {
    const mark = `${match} -j CNI-HOSTPORT-SETMARK`;
    assertEquals(add({ masqAll: true }), [mark, dnat, entry]);
  });
  await t.step("by another chain", () => {
    const sources = ["10.77.0.0/24", "127.0.0.1/32"];
    const marks = sources.map((source) =>
      `-A ${CHAIN} -s ${source} -p tcp -m tcp --dport 80 -j KUBE`
    );
    assertEquals(add({ externalSetMarkChain: "KUBE" }), [
      ...marks,
      dnat,
      entry,
    ]);
  });
  await t.step("another bit", () => {
    const lines = add({ markMasqBit: 31 });
    assertEquals(
      lines.filter((line) => line.includes("0x80000000/0x80000000")).length,
      2,
    );
  });
});

Deno.test("additionScripts() maps IPv6 as the reference does", async () => {
  const [, forwarding] = forwardingsWith({}, [
    ...MAPPINGS,
    mapping(9, 9, { protocol: "sctp", hostIP: "::1" }),
  ]);
  const owner = await iptablesOwner(OWNER);
  const { apply } = additionScripts(forwarding, owner, LISTING);
  const lines = apply.split("\n");
  const rules = lines.filter((line) => line.startsWith("-A"));
  // Ours alone: nothing leads from there to a container.
  const inserted = "-I CNI-HOSTPORT-DNAT 1 -d ::1/128 -j RETURN";
  assertEquals(lines[1], inserted);
  const text = `${TEXT}-A CNI-HOSTPORT-DNAT -d ::1/128 -j RETURN\n`;
  const again = additionScripts(forwarding, owner, parseIptables(text));
  assertEquals(again.apply, apply.replace(`${inserted}\n`, ""));
  const first = additionScripts(forwarding, owner, EMPTY).apply.split("\n");
  assertEquals(
    first.filter((line) => line === "-N CNI-HOSTPORT-DNAT").length,
    1,
  );
  const mark = "CNI-HOSTPORT-SETMARK";
  assertEquals(rules, [
    `-A ${CHAIN} -s fd77::/64 -p tcp -m tcp --dport 8080 -j ${mark}`,
    `-A ${CHAIN} -p tcp -m tcp --dport 8080 -j DNAT ` +
    "--to-destination [fd77::2]:80",
    `-A ${CHAIN} -s fd77::/64 -d ::1/128 -p sctp -m sctp --dport 9 -j ${mark}`,
    `-A ${CHAIN} -d ::1/128 -p sctp -m sctp --dport 9 -j DNAT ` +
    "--to-destination [fd77::2]:9",
    // Those of IPv4 too, since the Go plugin looks for them.
    ...["sctp 9", "tcp 8080", "udp 53"].map((words) => {
      const [protocol, port] = words.split(" ");
      return `-A CNI-HOSTPORT-DNAT -p ${protocol} ${COMMENT} -m multiport ` +
        `--dports ${port} -j ${CHAIN}`;
    }),
  ]);
});

Deno.test("entryRules() leads 15 ports at a time, under the conditions", async () => {
  const keys = { conditionsV4: ["!", "-s", "10.0.0.1", "--x", 'a "b"'] };
  const mappings = Array.from({ length: 17 }, (_, n) => mapping(n + 1, 80));
  const [forwarding] = forwardingsWith(keys, mappings);
  const rules = entryRules(forwarding, await iptablesOwner(OWNER));
  const conditions = '"!" -s "10.0.0.1" --x "a \\"b\\""';
  const match = `-p tcp ${COMMENT} -m multiport --dports`;
  assertEquals(rules, [
    `${match} 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15 ${conditions} -j ${CHAIN}`,
    `${match} 16,17 ${conditions} -j ${CHAIN}`,
  ]);
});

Deno.test("removalScript() removes a container's rules and no others", async () => {
  const owner = await iptablesOwner(OWNER);
  assertEquals(removalScript([owner], EMPTY), undefined);
  assertEquals(
    removalScript([owner], LISTING),
    iptablesScript("nat", [
      ...rulesOf("CNI-HOSTPORT-DNAT").map((line) => line.replace("-A", "-D")),
      `-F ${CHAIN}`,
      `-X ${CHAIN}`,
    ]),
  );
});

Deno.test("blindRemovalScript() removes what an ADD has made", async () => {
  const [forwarding] = forwardingsWith({}, MAPPINGS);
  const owner = await iptablesOwner(OWNER);
  const { undo } = additionScripts(forwarding, owner, EMPTY);
  assertEquals(blindRemovalScript(forwarding, owner), undo);
});

Deno.test("removalScript() removes what old releases have left", async () => {
  const owner = await iptablesOwner(OWNER);
  const old = owner.oldChain;
  const text = `-N ${old}\n-N CNI-HOSTPORT-SNAT\n` +
    `-A CNI-HOSTPORT-SNAT -s 127.0.0.1/32 -j ${old}\n`;
  assertEquals(
    removalScript([owner], parseIptables(text)),
    iptablesScript("nat", [
      `-D CNI-HOSTPORT-SNAT -s 127.0.0.1/32 -j ${old}`,
      `-F ${old}`,
      `-X ${old}`,
    ]),
  );
});

Deno.test("mappedPorts() and mappedContainers() read a listing", () => {
  const [first, second, ...more] = mappedPorts(CHAIN, LISTING);
  assertEquals(
    [first?.hostPort, first?.containerPort, first?.address, first?.hostIp],
    [8080, 80, "10.77.0.2", undefined],
  );
  assertEquals([second?.protocol, second?.hostPort], ["udp", 53]);
  assertEquals(more, []);
  assertEquals(mappedContainers(LISTING), [{ chain: CHAIN, owner: OWNER }]);
});

Deno.test("rivalsOf() tells who has a port already", async (t) => {
  const rivals = (
    portMappings: Parameters<typeof forwardingsWith>[1],
    chain = "CNI-DN-another",
  ) => rivalsOf(forwardingsWith({}, portMappings)[0], chain, LISTING);
  await t.step("a port", () => {
    assertEquals(rivals([mapping(8080, 1), mapping(1, 1)]), [
      "port 0.0.0.0:8080/tcp of the host leads to 10.77.0.2 of container " +
      '"c1" of network "net1" already, and does so until that is deleted',
    ]);
  });
  await t.step("a port of an address", () => {
    const udp = { protocol: "udp" };
    assertEquals(rivals([mapping(53, 1, udp)]).length, 1);
    const other = { ...udp, hostIP: "127.0.0.2" };
    assertEquals(rivals([mapping(53, 1, other)]), []);
  });
  await t.step("not another protocol's", () => {
    assertEquals(rivals([mapping(53, 1)]), []);
  });
  await t.step("not its own", () => {
    assertEquals(rivals([mapping(8080, 80)], CHAIN), []);
  });
});

Deno.test("missingRules() finds what lacks, in whatever words", async (t) => {
  const [forwarding] = forwardingsWith({}, MAPPINGS);
  const owner = await iptablesOwner(OWNER);
  const missing = (text: string) =>
    missingRules(forwarding, owner, parseIptables(text));
  assertEquals(missing(TEXT), []);
  assertEquals(missing(TEXT.replaceAll("-p tcp -m tcp", "-p tcp")), []);
  assertEquals(missing(""), [`the chain ${CHAIN}`]);
  const rules = TEXT.split("\n").filter((line) => line.startsWith("-A"));
  for (const rule of rules) {
    await t.step(rule, () => {
      const found = missing(TEXT.replace(`${rule}\n`, ""));
      assertEquals(found, [`the rule ${rule}`]);
    });
  }
});

Deno.test("missingRules() takes no negated rule for a shared one", async (t) => {
  const [forwarding] = forwardingsWith({}, MAPPINGS);
  const owner = await iptablesOwner(OWNER);
  const cases = {
    "all but local addresses": [
      "-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT",
      "--dst-type",
    ],
    "all but the mark": [
      "-A CNI-HOSTPORT-MASQ -m mark --mark 0x2000/0x2000 -j MASQUERADE",
      "--mark",
    ],
  } as const;
  for (const [why, [rule, option]] of Object.entries(cases)) {
    await t.step(why, () => {
      const negated = rule.replace(option, `! ${option}`);
      const listing = parseIptables(TEXT.replace(rule, negated));
      const found = missingRules(forwarding, owner, listing);
      assertEquals(found, [`the rule ${rule}`]);
    });
  }
});
