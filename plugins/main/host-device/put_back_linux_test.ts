import { assertEquals, assertRejects } from "@std/assert";
import type { Output } from "../../../lib/linux/mod.ts";
import { fakeIp } from "../../shared/testing/mod.ts";
import { addressOf, linkWith } from "./_testing.ts";
import { putBack } from "./put_back_linux.ts";

const DEVICE = linkWith({ addresses: [addressOf("10.0.0.2/24")] });
const PLACE = { netns: "/run/netns/c1", ifname: "eth0" };
const RAW = { address: DEVICE.mac, ifalias: DEVICE.name };

/** Puts the device back; returns the commands that change something. */
async function changesOf(
  links: readonly Readonly<Record<string, unknown>>[],
  endings: Readonly<Record<string, Partial<Output>>> = {},
): Promise<readonly string[]> {
  const changes: string[] = [];
  const { run } = fakeIp({
    answer: ({ program, args, stdin, netns }) => {
      const line = [program, ...args, stdin?.trim()].join(" ").trim();
      if (line === "ip -j link show") {
        assertEquals(netns, PLACE.netns);
        return { stdout: JSON.stringify(links) };
      }
      // A look at which namespace the host's is.
      if (program === "test") return {};
      changes.push(netns === undefined ? line : `inside: ${line}`);
      const end = Object.keys(endings).find((part) => line.includes(part));
      return end === undefined ? {} : endings[end]!;
    },
  });
  await putBack(DEVICE, PLACE, run);
  return changes;
}

const RESTORED = [
  "ip link set dev d0 alias ",
  "ip addr add 10.0.0.2/24 dev d0",
  "ip link set dev d0 up",
].map((line) => line.trim());

Deno.test("putBack() moves what has the alias and the address of the device", async (t) => {
  const move = (name: string) =>
    "inside: ip -force -batch - " +
    `link set dev ${name} name d0 netns /proc/${Deno.pid}/ns/net`;
  const others = [
    { ifname: "eth0", ...RAW, ifalias: "d1" },
    { ifname: "eth0", ...RAW, address: "02:00:00:00:00:d1" },
    { ifname: "eth1", ...RAW },
  ];
  await t.step("under its new name", async () => {
    const links = [...others, { ifname: "eth0", ...RAW }];
    assertEquals(await changesOf(links), [move("eth0"), ...RESTORED]);
  });
  await t.step("under its name in the host", async () => {
    const links = [{ ifname: "d0", ...RAW }, ...others];
    assertEquals(await changesOf(links), [move("d0"), ...RESTORED]);
  });
  await t.step("not what another has", async () => {
    assertEquals(await changesOf(others), RESTORED);
  });
});

Deno.test("putBack() goes on after a fault, and tells all at the end", async (t) => {
  const busy = { status: 2, stderr: "Error: busy\n" };
  const links = [{ ifname: "eth0", ...RAW }];
  await t.step("what is there already is none", async () => {
    const stderr = "RTNETLINK answers: File exists\n";
    const changes = await changesOf(links, {
      "addr add": { status: 2, stderr },
    });
    assertEquals(changes.length, 4);
  });
  const cases: Record<
    string,
    readonly [Readonly<Record<string, Partial<Output>>>, string]
  > = {
    "one": [{ "addr add": busy }, '"d0": busy'],
    "without words": [{ "addr add": { status: 2 } }, '"d0": exit status 2'],
    "two": [{ "addr add": busy, "d0 up": busy }, '"d0": busy; busy'],
  };
  for (const [why, [endings, message]] of Object.entries(cases)) {
    await t.step(why, async () => {
      const error = await assertRejects(() => changesOf(links, endings), Error);
      assertEquals(error.message, message);
    });
  }
});
