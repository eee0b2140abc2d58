import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { containerIdOf } from "../container_id.ts";
import { testWith } from "../_testing.ts";

testWith("ps tells attachments, and whether they live", async (test) => {
  assertStringIncludes((await test.run("ps")).stdout, "No attachments.\n");
  const netns = `${test.folder}/bin/first`;
  await test.run(`add chain ${netns}`);
  await test.run("add single /gone -i net1");
  const { status, stdout } = await test.run("ps --json");
  assertEquals(status, 0);
  assertEquals(JSON.parse(stdout).attachments, [
    {
      network: "chain",
      containerId: await containerIdOf(netns),
      ifname: "eth0",
      addresses: ["10.0.0.2/24"],
      netns,
      isThere: true,
    },
    {
      network: "single",
      containerId: await containerIdOf("/gone"),
      ifname: "net1",
      addresses: ["10.0.0.2/24"],
      netns: "/gone",
      isThere: false,
    },
  ]);
  const text = (await test.run("ps")).stdout;
  assertStringIncludes(text, "/gone (gone)\n");
});

testWith("ps tells addresses that nobody seems to use", async (test) => {
  const dataDir = `${test.folder}/data`;
  test.write("15-ours.conf", {
    cniVersion: "1.0.0",
    name: "ours",
    type: "first",
    ipam: { type: "host-local", dataDir },
  });
  const netns = `${test.folder}/bin/first`;
  await test.run(`add ours ${netns}`);
  Deno.mkdirSync(`${dataDir}/ours`, { recursive: true });
  const write = (name: string, text: string) =>
    Deno.writeTextFileSync(`${dataDir}/ours/${name}`, text);
  write("10.0.0.2", `${await containerIdOf(netns)}\r\neth0`);
  write("10.0.0.3", "c1\r\neth0");
  write("fd00::3", "c2");
  write("lock", "");
  write("last_reserved_ip.0", "10.0.0.3");
  const { leaked } = JSON.parse((await test.run("ps --json")).stdout);
  const ours = leaked.filter(({ network }: { network: string }) =>
    network === "ours"
  );
  assertEquals(ours, [
    {
      address: "10.0.0.3",
      network: "ours",
      file: `${dataDir}/ours/10.0.0.3`,
      containerId: "c1",
      ifname: "eth0",
    },
    {
      address: "fd00::3",
      network: "ours",
      file: `${dataDir}/ours/fd00::3`,
      containerId: "c2",
      ifname: "",
    },
  ]);
  assertStringIncludes((await test.run("ps")).stdout, "cni tool gc ours");
});

testWith("ps shows a single address that nobody seems to use", async (test) => {
  const dataDir = `${test.folder}/data`;
  test.write("15-ours.conf", {
    cniVersion: "1.0.0",
    name: "ours",
    type: "first",
    ipam: { type: "host-local", dataDir },
  });
  const file = `${dataDir}/ours/10.0.0.3`;
  Deno.mkdirSync(`${dataDir}/ours`, { recursive: true });
  Deno.writeTextFileSync(file, "c1\r\neth0");
  // A folder of host-local's own, and no network's.
  Deno.mkdirSync(`${dataDir}/.aside`);
  Deno.writeTextFileSync(`${dataDir}/.aside/10.0.0.4`, "c1\r\neth0");
  const { stdout } = await test.run("ps");
  assertEquals(stdout.includes("10.0.0.4"), false);
  assertMatch(stdout, new RegExp(`^10.0.0.3 +ours +c1 eth0 +${file}$`, "m"));
  Deno.removeSync(file);
  assertEquals((await test.run("ps")).stdout.includes("10.0.0.3"), false);
});
