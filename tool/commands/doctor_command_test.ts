import { assertEquals, assertStringIncludes } from "@std/assert";
import { type Command, ProgramMissingError } from "../../lib/linux/mod.ts";
import { testWith } from "../_testing.ts";

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
    "cni tool del single /gone --ifname eth0",
    "cni tool gc chain",
    "cni tool gc single",
    "if it is not used: ip link del br0",
  ]);
  assertStringIncludes(
    own[1].text,
    "iptables chain CNI-bb is for container c9",
  );
});
