import { assertEquals } from "@std/assert";
import { testWith } from "../_testing.ts";

testWith("add --plan numbers what would be done", async (test) => {
  const { status, stdout, stderr } = await test.run(
    "add --plan -n chain -n single /x",
  );
  assertEquals([status, stderr], [0, ""]);
  const kept = `${test.cacheDir}/results`;
  assertEquals(
    stdout.replaceAll(/cnitool-[0-9a-f]{20}/g, "ID"),
    `chain: eth0 in /x
  1. ADD by first (first)
       nsenter --net=/x ip link set eth0 up
  2. think (first)
  3. ADD by second (second)
       nsenter --net=/x ip link set eth0 up
  4. think (second)
  5. keep the result in ${kept}/chain-ID-eth0

single: eth1 in /x
  6. ADD by first (first)
       nsenter --net=/x ip link set eth1 up
  7. think (first)
  8. keep the result in ${kept}/single-ID-eth1

Nothing was changed.
`,
  );
  assertEquals(test.log, []);
});

testWith("--plan --json is for programs", async (test) => {
  const { stdout } = await test.run("del chain /x --plan --json");
  const { command, networks: [network] } = JSON.parse(stdout);
  assertEquals(command, "del");
  assertEquals(network.network, "chain");
  assertEquals(network.acts[0], {
    plugin: "second",
    purpose: "DEL by second",
    command: "nsenter --net=/x ip link set eth0 up",
  });
  assertEquals(network.acts.length, 5);
  const add = JSON.parse(
    (await test.run("add single /x --plan --json")).stdout,
  );
  assertEquals(add.networks[0].result.ips[0].address, "10.0.0.2/24");
});

testWith("check --plan tells what would be compared", async (test) => {
  const { status, stdout } = await test.run("check single /x --plan");
  assertEquals(status, 0);
  assertEquals(stdout.split("\n")[1], "  1. CHECK by first (first)");
});
