import { assertEquals } from "@std/assert";
import { SPEC_VERSIONS } from "../../lib/spec/mod.ts";
import {
  attachmentsOf,
  BIN,
  type Host,
  hostLocal,
  kernelTest,
  linkNamesIn,
  mustCall,
  REFERENCE_BIN,
  SUBNET4,
  SUBNET6,
} from "./_harness.ts";
import { outcomeOf, printedBy, resultIn } from "./_outcome.ts";
import { addQuietSandbox } from "./_interface_plugin.ts";
import { addWire, macvlanConfig } from "./_macvlan.ts";

const REFERENCE = {
  needs: ["macvlan", "host-local", "static"]
    .map((name) => `${REFERENCE_BIN}/${name}`),
};

/** Configurations that both must understand alike, over the defaults. */
const CONFIGS: Record<string, (host: Host) => Record<string, unknown>> = {
  "dual stack": () => ({}),
  "IPv4 with routes": (host) => ({
    ipam: hostLocal(host, [SUBNET4], {
      routes: [
        { dst: "10.1.0.0/16" },
        { dst: "10.2.0.0/16", gw: "10.213.0.9" },
        { dst: "0.0.0.0/0" },
      ],
    }),
  }),
  "no addresses": () => ({ ipam: {}, cniVersion: "1.0.0" }),
  "private, with an MTU": () => ({ mode: "private", MTU: 1400 }),
  "vepa, with an address": () => ({
    mode: "vepa",
    mac: "02:00:00:00:0a:0b",
    runtimeConfig: { mac: "02:00:00:00:0a:0c" },
  }),
  "passthru": (host) => ({
    mode: "passthru",
    ipam: hostLocal(host, [SUBNET4]),
  }),
  "the IPAM plugin's dns is left out": () => ({
    ipam: {
      type: "static",
      addresses: [{ address: "10.213.0.5/24" }],
      dns: { nameservers: ["10.0.0.53"] },
    },
  }),
  "dns of its own": () => ({ dns: { nameservers: ["10.0.0.9"] } }),
  "null means absent": () => ({ mode: null, mtu: null, dns: null }),
};

for (const [why, keysFor] of Object.entries(CONFIGS)) {
  kernelTest(`macvlan: does what the reference does: ${why}`, async (host) => {
    await addWire(host);
    const sandbox = await addQuietSandbox(host);
    const config = macvlanConfig(host, keysFor(host));
    const call = { plugin: "macvlan", config };
    const [ours, theirs] = [
      await outcomeOf(host, sandbox, { ...call, bin: BIN }),
      await outcomeOf(host, sandbox, { ...call, bin: REFERENCE_BIN }),
    ];
    assertEquals(ours, theirs);
  }, REFERENCE);
}

kernelTest(
  "macvlan: prints what the reference prints in every version",
  async (host, t) => {
    await addWire(host);
    const sandbox = await addQuietSandbox(host);
    for (const cniVersion of SPEC_VERSIONS) {
      await t.step(cniVersion, async () => {
        const config = macvlanConfig(host, {
          cniVersion,
          dns: { domain: "a.example" },
        });
        const call = { plugin: "macvlan", config };
        const ours = await printedBy(host, sandbox, { ...call, bin: BIN });
        // Debian's reference does not know the newest version, which differs
        // from the one before by its name only.
        const known = cniVersion === "1.1.0" ? "1.0.0" : cniVersion;
        const theirs = await printedBy(host, sandbox, {
          ...call,
          config: { ...config, cniVersion: known },
          bin: REFERENCE_BIN,
        });
        const expected = theirs.replace(`"${known}"`, `"${cniVersion}"`);
        if (known !== "1.0.0") assertEquals(ours, expected);
        else assertEquals(resultIn(ours), resultIn(expected));
      });
    }
  },
  REFERENCE,
);

const DIRECTIONS = {
  "ADD by ours, DEL by the reference": [BIN, REFERENCE_BIN],
  "ADD by the reference, DEL by ours": [REFERENCE_BIN, BIN],
} as const;

for (const [why, [adder, remover]] of Object.entries(DIRECTIONS)) {
  kernelTest(`macvlan: nothing is left over: ${why}`, async (host) => {
    await addWire(host);
    const before = await attachmentsOf(host);
    // The reference's CHECK does not find a route whose next hop is left out,
    // but for a default one.
    const routes = [{ dst: "0.0.0.0/0" }, { dst: "::/0" }];
    const config = macvlanConfig(host, {
      ipam: hostLocal(host, [SUBNET4, SUBNET6], { routes }),
    });
    const sandboxes = [
      await addQuietSandbox(host),
      await addQuietSandbox(host),
    ];
    for (const sandbox of sandboxes) {
      const add = { config, sandbox, bin: adder };
      const prevResult = await mustCall(host, "macvlan", add);
      const check = { ...config, prevResult };
      const call = { command: "CHECK", config: check, sandbox, bin: remover };
      await mustCall(host, "macvlan", call);
    }
    for (const sandbox of sandboxes) {
      const call = { command: "DEL", config, sandbox, bin: remover };
      await mustCall(host, "macvlan", call);
      assertEquals(await linkNamesIn(sandbox), ["lo"]);
    }
    assertEquals(await attachmentsOf(host), before);
  }, REFERENCE);
}
