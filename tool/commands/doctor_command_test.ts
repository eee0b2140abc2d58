import { assertEquals, assertStringIncludes } from "@std/assert";
import { type Command, ProgramMissingError } from "../../lib/linux/mod.ts";
import { registryFor } from "../../plugins/mod.ts";
import { type TestTool, testWith } from "../_testing.ts";

/** Programs that say what the test wants them to, and else nothing. */
function programs(outputs: Readonly<Record<string, string>>) {
  return ({ program, args }: Command) => {
    const line = [program, ...args].join(" ");
    const found = Object.keys(outputs).toSorted((a, b) => b.length - a.length)
      .find((start) => line.startsWith(start));
    const stdout = found === undefined ? "" : outputs[found]!;
    if (stdout === "missing") throw new ProgramMissingError(program, undefined);
    const status = stdout.startsWith("fails: ") ? 1 : 0;
    return Promise.resolve(
      status === 0
        ? { status, stdout, stderr: "" }
        : { status, stdout: "", stderr: stdout.slice(7) },
    );
  };
}

const WELL = {
  "id -u": "0\n",
  "ip -V": "ip utility\n",
  "ip -j link": "[]",
};

testWith("doctor says that all is well", async (test) => {
  test.runProgram = programs(WELL);
  const { status, stdout } = await test.run("doctor");
  assertStringIncludes(stdout, "  ok    run by root\n  ok    ip utility\n");
  assertStringIncludes(
    stdout,
    "Networks\n  ok    chain\n  ok    single\n  ok    old\n",
  );
  assertEquals(status, 0);
});

testWith("doctor says what is missing, and what to do", async (test) => {
  test.runProgram = programs({
    ...WELL,
    "id -u": "1000\n",
    "nft": "missing",
    "unshare": "fails: Operation not supported",
  });
  test.write("60-gone.conf", { name: "gone", type: "gone" });
  const { status, stdout } = await test.run("doctor");
  assertEquals(status, 1);
  for (
    const text of [
      "  FAIL  not run by root: plugins may not change the network\n" +
      "        run it with sudo\n",
      "  warn  nft is missing: there is no masquerade by nftables and " +
      "macspoofchk\n        install the package nftables\n",
      "  FAIL  bridges and veth pairs: unavailable: Operation not supported\n",
      "  warn  NAT by nftables: unavailable\n",
      '  FAIL  gone: failed to find plugin "gone" in path',
      `        cni tool validate ${test.configFolder}/60-gone.conf\n`,
    ]
  ) assertStringIncludes(stdout, text);
});

testWith("doctor finds what attachments have left", async (test) => {
  const chain = (network: string, id: string, name: string) =>
    `-A POSTROUTING -s 10.0.0.2/32 -m comment --comment ` +
    `"name: \\"${network}\\" id: \\"${id}\\"" -j ${name}\n`;
  await test.run(`add chain ${test.folder}/bin/first`);
  await test.run("add single /gone");
  const living = test.requests[0]!.containerId;
  test.runProgram = programs({
    ...WELL,
    "iptables -t nat -S": chain("chain", living, "CNI-aa") +
      chain("chain", "c9", "CNI-bb"),
    "nft list table":
      '  masquerade comment "12ab-34cd, net: single, if: eth0, id: c8"\n',
    "ip -j link show type bridge": '[{"ifname":"cni0"},{"ifname":"br0"}]',
    "ip -j link show": '[{"ifname":"cni0"},{"ifname":"v","master":"cni0"}]',
  });
  const { sections } = JSON.parse((await test.run("doctor --json")).stdout);
  const { diagnoses } = sections.find(({ title }: { title: string }) =>
    title === "Leftovers"
  );
  const own = diagnoses.filter(({ text }: { text: string }) =>
    !text.startsWith("address ")
  );
  assertEquals(own.map(({ remedy }: { remedy: string }) => remedy), [
    "cni tool gc single",
    "cni tool gc chain",
    "if it is not used: ip link del br0",
  ]);
  assertStringIncludes(own[0].text, "its namespace /gone is gone; ");
  assertStringIncludes(own[0].text, "an nft masquerade rule is for");
  assertStringIncludes(
    own[1].text,
    "iptables chain CNI-bb is for container c9",
  );
});

testWith(
  "doctor tells what one attachment has left, and its DEL",
  async (test) => {
    await test.run("add single /gone");
    test.runProgram = programs(WELL);
    const [line = "", ...others] = await told(test, "Leftovers");
    assertEquals(others, []);
    assertStringIncludes(line, "on single: its namespace /gone is gone | ");
    assertStringIncludes(line, "| cni tool del single /gone --ifname eth0");
  },
);

testWith("doctor misses conntrack where ports are published", async (test) => {
  const missing = async () =>
    (await told(test, "Tools")).filter((line) => line.startsWith("conntrack"));
  test.runProgram = programs({ ...WELL, "conntrack": "missing" });
  assertEquals(await missing(), []);
  test.write("70-ports.conflist", {
    cniVersion: "1.0.0",
    name: "ports",
    plugins: [{ type: "first" }, { type: "portmap" }],
  });
  const [line = ""] = await missing();
  assertStringIncludes(line, "conntrack is missing: there is no end to stale");
  assertStringIncludes(line, "| install the package conntrack");
  test.runProgram = programs({ ...WELL, "conntrack": "conntrack v1.4.7\n" });
  assertEquals((await missing()).map((one) => one.split(" | ")[0]), [
    "conntrack v1.4.7",
  ]);
});

/** What is said under a title, each with its remedy. */
async function told(test: TestTool, title: string): Promise<string[]> {
  const { sections } = JSON.parse((await test.run("doctor --json")).stdout);
  const section = sections.find((one: { title: string }) =>
    one.title === title
  );
  return (section?.diagnoses ?? []).map(
    ({ text, remedy = "" }: { text: string; remedy?: string }) =>
      `${text} | ${remedy}`,
  ).filter((line: string) => !line.startsWith("address "));
}

const LEGACY = {
  "iptables --version": "iptables v1.8.9 (nf_tables)\n",
  "cat /proc/net/ip_tables_names": "nat\nfilter\n",
};

testWith(
  "doctor finds leftovers of every plugin that makes rules or links",
  async (test) => {
    const dnat = (id: string, chain: string) =>
      `-A CNI-HOSTPORT-DNAT -p tcp -m comment --comment ` +
      `"dnat name: \\"chain\\" id: \\"${id}\\"" -m multiport --dports 80 ` +
      `-j ${chain}\n`;
    await test.run(`add chain ${test.folder}/bin/first`);
    const living = test.requests[0]!.containerId;
    const [aa, bb, cc] = ["a", "b", "c"].map((one) =>
      `CNI-DN-${one.repeat(21)}`
    );
    const rule = (comment: string, handle: number) => ({
      rule: {
        family: "ip",
        table: "cni_hostport",
        chain: "hostports",
        handle,
        comment,
      },
    });
    test.runProgram = programs({
      ...WELL,
      ...LEGACY,
      "iptables -t nat -S": `-N ${aa}\n-N ${bb}\n-N ${cc}\n` +
        dnat(living, aa!) + dnat("c9", bb!),
      "iptables-legacy -t nat -S": dnat("c7", aa!),
      "iptables -S CNI-FORWARD-OWNERS":
        '-A CNI-FORWARD-OWNERS -s 10.0.0.9/32 -m comment --comment "cni/chain/c9/eth0"\n' +
        `-A CNI-FORWARD-OWNERS -s 10.0.0.2/32 -m comment --comment "cni/chain/${living}/eth0"\n`,
      "nft -j list table ip cni_hostport": JSON.stringify({
        nftables: [rule("c6", 3), rule("c6", 4), rule(living, 5)],
      }),
      "ip -j link show type ifb": JSON.stringify([
        { ifname: "bwp0123456789ab", ifalias: "cni/chain/c5/eth0" },
        { ifname: "bwpba9876543210" },
        { ifname: "ifb0" },
      ]),
    });
    assertEquals(await told(test, "Leftovers"), [
      `chain has leftovers: iptables chain ${bb} is for container c9 on chain, which is not attached; ` +
      "iptables entry of 10.0.0.9/32 in CNI-FORWARD-OWNERS is for container c9 on chain, which is not attached; " +
      `iptables-legacy chain ${aa} is for container c7 on chain, which is not attached; ` +
      "link bwp0123456789ab is for container c5 on chain, which is not attached | cni tool gc chain",
      `iptables chain ${cc}, to which nothing leads, is of no attachment that is known | iptables -t nat -F ${cc}; iptables -t nat -X ${cc}`,
      "the mapping in nft table ip cni_hostport (2 rules) is for container c6, which is not attached | " +
      "nft delete rule ip cni_hostport hostports handle 3; nft delete rule ip cni_hostport hostports handle 4",
      "link bwpba9876543210, a limit of bandwidth, is of no attachment that is known | ip link del bwpba9876543210",
    ]);
  },
);

testWith(
  "doctor tells many leftovers of a network by their number",
  async (test) => {
    for (let i = 0; i < 9; i++) await test.run(`add chain /gone${i}`);
    test.runProgram = programs(WELL);
    assertEquals(await told(test, "Leftovers"), [
      "chain has leftovers: attachments whose namespace is gone: 9 | cni tool gc chain",
    ]);
  },
);

testWith("doctor tells what is in the way of published ports", async (test) => {
  const said = async (forward: string, more = {}) => {
    test.runProgram = programs({
      ...WELL,
      "iptables -S FORWARD": forward,
      ...more,
    });
    return await told(test, "Firewall");
  };
  const docker = "-P FORWARD DROP\n-A FORWARD -j DOCKER-USER\n";
  assertEquals(await said(docker), []);
  await test.run(`add chain ${test.folder}/bin/first -p 80:8080`);
  const [fault, ...others] = await said(docker);
  assertEquals(others, []);
  assertStringIncludes(
    fault!,
    "Docker's policy of chain FORWARD (iptables) is DROP",
  );
  assertStringIncludes(
    fault!,
    "| iptables -I DOCKER-USER -m conntrack --ctstate DNAT -j ACCEPT",
  );
  assertEquals(await said("-P FORWARD ACCEPT\n"), []);
  const open = "-A FORWARD -m conntrack --ctstate DNAT -j ACCEPT\n";
  assertEquals(await said("-P FORWARD DROP\n" + open), []);
  const chain = { family: "inet", table: "f", name: "fwd", hook: "forward" };
  const [nft] = await said("", {
    "nft -j list chains": JSON.stringify({
      nftables: [{ chain: { ...chain, policy: "drop" } }, {
        chain: { ...chain, name: "fwd2", policy: "accept" },
      }],
    }),
  });
  assertStringIncludes(nft!, "the policy of nft chain inet f fwd is drop");
});

testWith("doctor tells of rules in both variants of iptables", async (test) => {
  const said = async (more: Record<string, string>) => {
    test.runProgram = programs({ ...WELL, ...LEGACY, ...more });
    return await told(test, "Firewall");
  };
  const rule = "-A FORWARD -j ACCEPT\n";
  const both = {
    "iptables -t filter -S": rule,
    "iptables-legacy -t nat -S": rule,
  };
  const [fault] = await said(both);
  assertStringIncludes(fault!, "rules of both iptables and iptables-legacy");
  assertEquals(await said({ "iptables -t filter -S": rule }), []);
  // Asking would make the tables.
  assertEquals(
    await said({ ...both, "cat /proc/net/ip_tables_names": "" }),
    [],
  );
});

testWith("doctor tells of a range without a free address", async (test) => {
  test.allPlugins = registryFor("linux");
  test.runProgram = programs(WELL);
  const dataDir = `${test.folder}/data`;
  test.write("15-small.conf", {
    cniVersion: "1.0.0",
    name: "small",
    type: "first",
    ipam: { type: "host-local", dataDir, subnet: "10.0.0.0/29" },
  });
  const small = async () =>
    (await told(test, "Networks")).filter((line) =>
      line.startsWith("small has")
    );
  Deno.mkdirSync(`${dataDir}/small`, { recursive: true });
  for (let i = 2; i < 7; i++) {
    assertEquals(await small(), []);
    Deno.writeTextFileSync(`${dataDir}/small/10.0.0.${i}`, `c${i}\r\neth0`);
  }
  const [fault] = await small();
  assertStringIncludes(
    fault!,
    "small has no address left: all 5 addresses of ipam.",
  );
  assertStringIncludes(fault!, "| make the range larger");
});
