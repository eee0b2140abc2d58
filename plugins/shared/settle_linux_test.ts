import { assertEquals, assertRejects } from "@std/assert";
import { UndoStack } from "../../lib/linux/mod.ts";
import { CniCode, CniError } from "../../lib/spec/mod.ts";
import { awaitSettledAddresses } from "./settle_linux.ts";

/** What `ip -j addr show` prints of an interface with IPv6 addresses. */
function shown(addresses: readonly Readonly<Record<string, unknown>>[]) {
  const marks = { family: "inet6", prefixlen: 64, scope: "global" };
  return [{
    ifindex: 2,
    ifname: "eth0",
    flags: ["UP"],
    mtu: 1500,
    operstate: "UP",
    address: "02:00:00:00:00:01",
    addr_info: addresses.map((one) => ({ ...marks, ...one })),
  }];
}

const SETTLED = { local: "fd00::2" };
const TENTATIVE = { ...SETTLED, tentative: true };

/** Waits for `fd00::2`; returns how often the addresses were read again. */
async function looksUntilSettled(
  first: readonly Readonly<Record<string, unknown>>[],
  { gateway = "fd00::1", later = shown([SETTLED]) } = {},
): Promise<number> {
  let looks = 0;
  const run = () => {
    looks++;
    const stdout = `${JSON.stringify(later)}\n`;
    return Promise.resolve({ status: 0, stdout, stderr: "" });
  };
  const ips = [{ address: "fd00::2/64", gateway }];
  await awaitSettledAddresses(
    { ifname: "eth0", ips, remedy: "drop it" },
    [shown(first)],
    { netns: "/run/netns/a", run, undo: new UndoStack() },
  );
  return looks;
}

Deno.test("awaitSettledAddresses() waits for what it was given, no more", async (t) => {
  const link = { local: "fe80::2", scope: "link", tentative: true };
  await t.step("settled already", async () => {
    assertEquals(await looksUntilSettled([SETTLED]), 0);
  });
  await t.step("tentative", async () => {
    assertEquals(await looksUntilSettled([SETTLED, TENTATIVE]), 1);
  });
  await t.step("only the kernel's own is tentative", async () => {
    assertEquals(await looksUntilSettled([SETTLED, link]), 0);
  });
  await t.step("without a gateway of IPv6", async () => {
    const gateway = "10.0.0.1";
    assertEquals(await looksUntilSettled([TENTATIVE], { gateway }), 0);
  });
});

Deno.test("awaitSettledAddresses() refuses an address that another node has", async () => {
  const duplicate = { ...TENTATIVE, dadfailed: true };
  for (
    const [first, later] of [[[duplicate], []], [[TENTATIVE], [duplicate]]]
  ) {
    const error = await assertRejects(
      () => looksUntilSettled(first!, { later: shown(later!) }),
      CniError,
      "Cannot use address fd00::2/64",
    );
    assertEquals(error.code, CniCode.Internal);
  }
});
