import { assertEquals } from "@std/assert";
import type { Plan } from "../../../lib/plugin/mod.ts";
import { requestWith } from "../../shared/testing/mod.ts";
import { formatSaved } from "./link_attributes.ts";
import { tuning } from "./mod.ts";

const KEYS = {
  mac: "02:00:00:00:00:02",
  txQLen: 5,
  sysctl: { "net.ipv4.conf.IFNAME.x": "1", "net.core.a": "2 3" },
  prevResult: { interfaces: [{ name: "eth0", sandbox: "/run/netns/c1" }] },
  dataDir: "/run/cni/tuning-none",
};

async function planOf(...given: Parameters<typeof requestWith>): Promise<Plan> {
  return await tuning.plan!(requestWith(...given), { plan });
}

function plan(): Promise<Plan> {
  return Promise.reject(new Error("tuning delegates nothing"));
}

Deno.test("tuning.plan() says what an ADD would do", async () => {
  const { acts, result } = await planOf(KEYS);
  const inside = "nsenter --net=/run/netns/c1";
  assertEquals(acts, [
    {
      purpose: "set the kernel parameter net/ipv4/conf/eth0/x to 1",
      command: `${inside} sysctl -w net/ipv4/conf/eth0/x=1`,
    },
    {
      purpose: "set the kernel parameter net/core/a to 2 3",
      command: `${inside} sysctl -w net/core/a='2 3'`,
    },
    {
      purpose:
        "save the values from before in /run/cni/tuning-none/c1_eth0.json",
    },
    ...["net/ipv4/conf/eth0/arp_notify", "net/ipv6/conf/eth0/ndisc_notify"]
      .map((path) => ({
        purpose: `set the kernel parameter ${path} to 1`,
        command: `${inside} sysctl -w ${path}=1`,
      })),
    {
      purpose: 'set mac of "eth0" to 02:00:00:00:00:02',
      command: `${inside} ip link set dev eth0 address 02:00:00:00:00:02`,
    },
    {
      purpose: 'set txQLen of "eth0" to 5',
      command: `${inside} ip link set dev eth0 txqueuelen 5`,
    },
  ]);
  assertEquals(result?.interfaces, [
    { name: "eth0", sandbox: "/run/netns/c1", mac: KEYS.mac },
  ]);
});

Deno.test("tuning.plan() says what a CHECK would compare", async () => {
  const { acts } = await planOf(KEYS, { command: "CHECK" });
  assertEquals(acts.map(({ purpose }) => purpose), [
    'compare the kernel parameter "net.ipv4.conf.IFNAME.x"',
    'compare the kernel parameter "net.core.a"',
    "compare mac, txQLen",
  ]);
});

Deno.test("tuning.plan() has nothing to do where nothing is asked for", async () => {
  const { prevResult } = KEYS;
  assertEquals((await planOf({ prevResult })).acts, []);
});

Deno.test("tuning.plan() says what a DEL would put back", async () => {
  const dataDir = await Deno.realPath(await Deno.makeTempDir());
  try {
    const plan = () => planOf({ ...KEYS, dataDir }, { command: "DEL" });
    assertEquals((await plan()).acts, []);
    const saved = { mac: "02:00:00:00:00:09", mtu: 1400 };
    const file = `${dataDir}/c1_eth0.json`;
    await Deno.writeTextFile(file, formatSaved(saved));
    const inside = "nsenter --net=/run/netns/c1 ip link set dev eth0";
    const back = ["mtu 1400", "address 02:00:00:00:00:09"];
    assertEquals((await plan()).acts, [
      ...back.map((words) => ({
        purpose: `put ${words} of "eth0" back`,
        command: `${inside} ${words}`,
      })),
      { purpose: "forget the values from before", command: `rm ${file}` },
    ]);
    assertEquals(await Deno.readTextFile(file), formatSaved(saved));
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});
