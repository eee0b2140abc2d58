import { assertEquals } from "@std/assert";
import {
  BIN,
  type Host,
  kernelTest,
  mustCall,
  REFERENCE_BIN,
} from "./_harness.ts";
import {
  addTunable,
  ATTRIBUTES,
  MAC,
  savedIn,
  SYSCTLS,
  type Tunable,
  tunedStateOf,
  tuningCall,
} from "./_tuning.ts";

const REFERENCE = { needs: [`${REFERENCE_BIN}/tuning`] };

// Debian's reference does not know the length of the queue yet.
const { txQLen: _, ...KNOWN } = ATTRIBUTES;

/** Keys that both must understand alike. */
const CONFIGS: Readonly<Record<string, object>> = {
  "nothing": {},
  "attributes": KNOWN,
  "the MTU alone": { mtu: 1400 },
  "no multicast": { allmulti: false },
  "parameters": { sysctl: SYSCTLS },
  "both": { ...KNOWN, sysctl: SYSCTLS },
  "keys in other letters": { MTU: 1400, Promisc: true, AllMulti: true },
  "null means absent": { mtu: null, promisc: null, mac: null },
  "the runtime's address": {
    mac: "02:00:00:00:00:99",
    runtimeConfig: { mac: MAC },
  },
  "the wishes of args.cni": {
    mtu: 1300,
    sysctl: { "net.core.somaxconn": "502", "net.ipv4.ip_forward": "1" },
    args: {
      cni: {
        mtu: 1400,
        promisc: true,
        sysctl: { "net.core.somaxconn": "503" },
      },
    },
  },
};

for (const [why, keys] of Object.entries(CONFIGS)) {
  kernelTest(`tuning: does what the reference does: ${why}`, async (host) => {
    const [ours, theirs] = [
      await outcome(host, { keys, bin: BIN }),
      await outcome(host, { keys, bin: REFERENCE_BIN }),
    ];
    assertEquals(ours, theirs);
  }, REFERENCE);
}

const DIRECTIONS = {
  "ADD by ours, DEL by the reference": [BIN, REFERENCE_BIN],
  "ADD by the reference, DEL by ours": [REFERENCE_BIN, BIN],
} as const;

for (const [why, [adder, remover]] of Object.entries(DIRECTIONS)) {
  kernelTest(`tuning: either undoes the other: ${why}`, async (host) => {
    const sandbox = await addTunable(host);
    const before = await tunedStateOf(sandbox);
    const call = tuningCall(host, sandbox, KNOWN);
    await mustCall(host, "tuning", { ...call, bin: adder });
    assertEquals((await tunedStateOf(sandbox)).mac, MAC);
    await mustCall(host, "tuning", { ...call, bin: remover, command: "DEL" });
    assertEquals(await tunedStateOf(sandbox), before);
    assertEquals(savedIn(host), {});
  }, REFERENCE);
}

/** What an ADD makes of a new container, and a DEL of that. */
async function outcome(
  host: Host,
  { keys, bin }: { readonly keys: object; readonly bin: string },
): Promise<unknown> {
  const sandbox = await addTunable(host);
  await sandbox.ip("link set eth0 address 02:00:00:00:00:0c");
  const call = { ...tuningCall(host, sandbox, { ...keys }), bin };
  const result = await mustCall(host, "tuning", call);
  const added = await tunedStateOf(sandbox);
  const files = Object.values(savedIn(host));
  await mustCall(host, "tuning", { ...call, command: "DEL" });
  const deleted = await tunedStateOf(sandbox);
  return {
    result: withoutPlace(result, sandbox),
    added,
    files,
    deleted,
    left: savedIn(host),
  };
}

// Older references print an empty dns, newer ones and ours do not.
function withoutPlace(result: object, { path }: Tunable): unknown {
  const text = JSON.stringify({ dns: {}, ...result }).replaceAll(path, "");
  return JSON.parse(text);
}
