import { assertEquals } from "@std/assert";
import {
  filterOf,
  firewallCall,
  resultFor,
  withoutOwners,
} from "./_firewall.ts";
import {
  BIN,
  type Host,
  kernelTest,
  mustCall,
  REFERENCE_BIN,
  type Sandbox,
} from "./_harness.ts";

const REFERENCE = {
  needs: [`${REFERENCE_BIN}/firewall`, "iptables", "ip6tables"],
};

/** Keys that both must understand alike, over the defaults. */
const CONFIGS: Record<
  string,
  (host: Host, sandbox: Sandbox) => Readonly<Record<string, unknown>>
> = {
  "dual stack": () => ({}),
  "the oldest version": (host, sandbox) => ({
    cniVersion: "0.4.0",
    prevResult: {
      interfaces: resultFor(host, sandbox).interfaces,
      ips: [{ version: "4", address: "10.1.2.3/24" }],
      dns: {},
    },
  }),
  "IPv6 alone": (host, sandbox) => ({
    prevResult: resultFor(host, sandbox, ["fd00:1::3/64"]),
  }),
  "addresses of one family": (host, sandbox) => ({
    prevResult: resultFor(host, sandbox, ["10.1.2.4/24", "10.1.2.3/24"]),
  }),
  "addresses that are written in another way": (host, sandbox) => ({
    prevResult: resultFor(host, sandbox, ["64:FF9B:0::10.0.0.1/64"]),
  }),
  "an administrator's chain": () => ({ iptablesAdminChainName: "MY-CHAIN" }),
  "keys in other letters": () => ({ IPTABLESADMINCHAINNAME: "MY-CHAIN" }),
  "the open policy": () => ({ ingressPolicy: "open" }),
  "bridges kept apart": () => ({ ingressPolicy: "same-bridge" }),
};

for (const [why, keysFor] of Object.entries(CONFIGS)) {
  kernelTest(`firewall: does what the reference does: ${why}`, async (host) => {
    const sandbox = await host.addSandbox();
    const keys = keysFor(host, sandbox);
    const [ours, theirs] = [
      await outcome(host, sandbox, { keys, bin: BIN }),
      await outcome(host, sandbox, { keys, bin: REFERENCE_BIN }),
    ];
    assertEquals(ours, theirs);
  }, REFERENCE);
}

const DIRECTIONS = {
  "ADD by ours, DEL by the reference": [BIN, REFERENCE_BIN],
  "ADD by the reference, DEL by ours": [REFERENCE_BIN, BIN],
} as const;

for (const [why, [adder, remover]] of Object.entries(DIRECTIONS)) {
  kernelTest(`firewall: either undoes the other: ${why}`, async (host) => {
    const [sandbox, other] = [await host.addSandbox(), await host.addSandbox()];
    const call = firewallCall(host, sandbox);
    const prevResult = resultFor(host, other, ["10.1.2.9/24"]);
    const second = firewallCall(host, other, { prevResult });
    // By both: each adds to what the other has made.
    await mustCall(host, "firewall", { ...second, bin: remover });
    const before = withoutOwners(await filterOf(host));
    await mustCall(host, "firewall", { ...call, bin: adder });
    await mustCall(host, "firewall", { ...call, bin: BIN, command: "CHECK" });
    await mustCall(host, "firewall", {
      ...call,
      bin: REFERENCE_BIN,
      command: "CHECK",
    });
    const del = { ...call, command: "DEL" };
    await mustCall(host, "firewall", { ...del, bin: remover });
    const shared = ["-N CNI-ADMIN", "-N CNI-FORWARD", " -j CNI-"];
    const isOwn = (line: string) => !shared.some((one) => line.includes(one));
    assertEquals(
      withoutOwners(await filterOf(host)).filter(isOwn),
      before.filter(isOwn),
    );
  }, REFERENCE);
}

/** What an ADD, a second one and a DEL make of a new host. */
async function outcome(
  host: Host,
  sandbox: Sandbox,
  { keys, bin }: {
    readonly keys: Readonly<Record<string, unknown>>;
    readonly bin: string;
  },
): Promise<unknown> {
  const there = { ...host, ...await host.addNetns() };
  const call = { ...firewallCall(host, sandbox, keys), bin };
  const result = await mustCall(there, "firewall", call);
  const added = comparable(await filterOf(there));
  await mustCall(there, "firewall", call);
  const again = comparable(await filterOf(there));
  await mustCall(there, "firewall", { ...call, command: "CHECK" });
  await mustCall(there, "firewall", { ...call, command: "DEL" });
  const deleted = comparable(await filterOf(there));
  // Older references print an empty dns, newer ones and ours do not.
  return { result: { dns: {}, ...result }, added, again, deleted };
}

// The comments of policies are those of newer references: Debian's knows but
// one policy, and has it in all of them.
function comparable(lines: readonly string[]): readonly string[] {
  return withoutOwners(lines).map((line) =>
    line.replace("same-bridge|isolated", "same-bridge")
  );
}
