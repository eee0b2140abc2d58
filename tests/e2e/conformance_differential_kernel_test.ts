import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import {
  BIN,
  conformanceWay,
  IS_RESIDENT,
  kernelTest,
  mustConform,
  REFERENCE_BIN,
  run,
} from "./_harness.ts";

/** A profile for a plugin that is a script. */
const PROFILE = {
  plugin: "scripted",
  kind: "interface",
  config: { key: 1 },
  promises: [],
  refused: { "a wrong key": { key: 2 } },
};

/** A plugin that makes a link and refuses `key` 2; it does some more at ADD. */
const script = (more: string, code: number) =>
  `#!/bin/sh
config=$(cat)
case $CNI_COMMAND in
VERSION) echo '{"cniVersion":"1.0.0","supportedVersions":["1.0.0"]}'; exit ;;
ADD) ;;
DEL) ip link del "v\${CNI_CONTAINERID##*-}" 2>/dev/null; exit 0 ;;
*) exit 0 ;;
esac
case $config in *'"key":2'*) echo '{"code":${code},"msg":"no"}'; exit 1 ;; esac
name=veth$(head -c 8 /proc/sys/kernel/random/uuid)
ip link add "$name" type veth peer name "v\${CNI_CONTAINERID##*-}" || exit 1
${more}
echo '{"cniVersion":"1.0.0","interfaces":[{"name":"'$name'"}]}'
`;

/** Everything that a host has to compare. */
const MORE = `
ip link set "$name" mtu 1400
ip addr add 10.9.0.1/24 dev "$name"
ip link set "$name" up
ip route add 10.10.0.0/24 via 10.9.0.2
ip rule add from 10.9.0.2 table 9
echo 1 >/proc/sys/net/ipv4/ip_forward
iptables -t nat -A POSTROUTING -s 10.9.0.2 -j MASQUERADE
nft add table inet own
tc qdisc add dev "$name" root tbf rate 8mbit burst 10kb latency 25ms
mkdir -p /var/lib/cni/own
echo text >/var/lib/cni/own/file
`;

kernelTest(
  "a comparison finds all that differs, and nothing else",
  async (host, t) => {
    const write = async (folder: string, text: string) => {
      const path = `${host.scratchDir}/${folder}`;
      await Deno.mkdir(path, { recursive: true });
      await Deno.writeTextFile(`${path}/scripted`, text, { mode: 0o755 });
      return path;
    };
    const profile = `${host.scratchDir}/scripted.json`;
    await Deno.writeTextFile(profile, JSON.stringify(PROFILE));
    const plain = await write("plain", script("", 999));
    const same = await write("same", script("", 999));
    const other = await write("other", script(MORE, 7));
    const compare = (folder: string, ...words: readonly string[]) =>
      run([
        ...[`${BIN}/cni`, "conformance", "--plugin-dir", folder],
        ...["--against", plain, "--profile", profile, ...words],
      ]);
    await t.step("nothing between a plugin and its copy", async () => {
      const { status, stdout } = await compare(same, "--format", "json");
      const { counts, outcomes } = JSON.parse(stdout);
      assertEquals([status, counts.failed, counts.broken], [0, 0, 0]);
      for (const { differences } of outcomes) assertEquals(differences, []);
    });
    const chosen = [
      "--case",
      "differential/life",
      "--case",
      "differential/refused",
    ];
    await t.step("all between it and another", async () => {
      const { status, stdout } = await compare(
        other,
        ...chosen,
        "--format",
        "json",
      );
      assertEquals(status, 1);
      const { outcomes } = JSON.parse(stdout);
      const [life, refused] = outcomes.map(
        (one: { differences: { what: string; lines: string[] }[] }) =>
          Object.fromEntries(
            one.differences.map(({ what, lines }) => [what, lines]),
          ),
      );
      const lines = Object.values(life).flat().join("\n");
      for (const expected of EXPECTED) assertMatch(lines, expected);
      assertEquals(refused["ADD with a wrong key: answer"], [
        "- code 999",
        "+ code 7",
      ]);
    });
    await t.step("what is explained is no failure", async () => {
      const list = `${host.scratchDir}/explained.json`;
      const explained = [{
        name: "codes",
        reason: "Better codes",
        line: "code",
      }];
      await Deno.writeTextFile(list, JSON.stringify(explained));
      const words = ["--case", "differential/refused", "--explained", list];
      const { status, stdout } = await compare(other, ...words);
      assertEquals(status, 0);
      assertStringIncludes(
        stdout,
        "explained\n  scripted: codes: Better codes (differential/refused)\n",
      );
    });
    await t.step("a list that is none is wrong usage", async () => {
      const { status, stderr } = await compare(same, "--explained", profile);
      assertEquals(status, 2);
      assertStringIncludes(stderr, "it is no array of objects");
    });
  },
  { needs: ["iptables", "nft", "tc"] },
);

/** What the other plugin does besides. */
const EXPECTED: readonly RegExp[] = [
  /^- link veth#1: mtu 1500$/m,
  /^\+ link veth#1: mtu 1400$/m,
  /^\+ veth#1: 10\.9\.0\.1\/24 scope global$/m,
  /^\+ 10\.10\.0\.0\/24 via 10\.9\.0\.2 dev veth#1$/m,
  /^\+ \d+:\tfrom 10\.9\.0\.2 lookup 9$/m,
  /^\+ ipv4\/ip_forward = 1$/m,
  /^\+ nat -A POSTROUTING -s 10\.9\.0\.2\/32 -j MASQUERADE$/m,
  /^\+ table inet own$/m,
  /^\+ qdisc tbf N: dev veth#1 root /m,
  /^\+ file \/var\/lib\/cni\/own\/file$/m,
];

kernelTest(
  "our plugins differ from the reference's as documented only",
  async (host) => {
    const way = await conformanceWay(host);
    const { counts, outcomes } = await mustConform([
      ...[...way.words, "--against", REFERENCE_BIN, "--explained", "toolkit"],
      ...["--plugin", "bridge", "--plugin", "loopback", "--plugin", "tuning"],
      ...["--case", "differential/life", "--case", "differential/refused"],
      ...["--spec", "1.0.0"],
    ]);
    assertEquals(counts.passed, 5);
    const names = outcomes.flatMap(({ differences }) =>
      differences.map(({ explained }) => explained.name)
    );
    assertEquals(names.includes("gateway-at-once"), true);
    if (!IS_RESIDENT) return;
    const calls = await way.countCalls();
    for (const name of ["bridge", "loopback", "tuning"]) {
      assert((calls[name] ?? 0) > 1, name);
    }
  },
  {
    needs: ["iptables", "nft", "tc", `${REFERENCE_BIN}/bridge`],
  },
);
