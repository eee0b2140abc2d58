import { assertEquals, assertStringIncludes } from "@std/assert";
import { SPEC_VERSIONS } from "../../lib/spec/mod.ts";
import {
  type Any,
  attachmentsOf,
  bridgeConfig,
  callPlugin,
  type Host,
  kernelTest,
  mustCall,
  mustFail,
  mustPing,
  type PluginCall,
  REFERENCE_BIN,
} from "./_harness.ts";

const IPAM = {
  type: "static",
  addresses: [
    { address: "10.34.0.5/24", gateway: "10.34.0.1" },
    { address: "fd00:34::5/64", gateway: "fd00:34::1" },
  ],
  routes: [
    { dst: "0.0.0.0/0" },
    { dst: "::/0" },
    { dst: "10.99.0.0/16", gw: "10.34.0.9", priority: 7 },
  ],
  dns: { nameservers: ["10.34.0.1"] },
};

kernelTest("static: gives a bridge its addresses", async (host, t) => {
  for (const force of ["", "1"]) {
    await t.step(force === "" ? "in process" : "as a process", async () => {
      const sandbox = await host.addSandbox();
      const before = await attachmentsOf(host);
      const config = bridgeConfig(host, { isGateway: true, ipam: IPAM });
      const env = { CNI_FORCE_EXEC: force };
      const call = { config, sandbox, env };
      const prevResult = await mustCall(host, "bridge", call);
      assertEquals(prevResult.dns, IPAM.dns);
      await mustPing(sandbox, "10.34.0.1");
      await mustPing(sandbox, "fd00:34::1");
      const routes = await sandbox.ip("route show");
      assertStringIncludes(routes, "default via 10.34.0.1 dev eth0");
      assertStringIncludes(routes, "10.99.0.0/16 via 10.34.0.9");
      const check = { ...call, command: "CHECK" };
      await mustCall(host, "bridge", {
        ...check,
        config: { ...config, prevResult },
      });
      const ips = prevResult.ips.slice(0, 1);
      await mustFail(host, "bridge", {
        ...check,
        code: 999,
        config: { ...config, prevResult: { ...prevResult, ips } },
      });
      await mustCall(host, "bridge", { ...call, command: "DEL" });
      await mustCall(host, "bridge", { ...call, command: "DEL" });
      assertEquals(await attachmentsOf(host), before);
    });
  }
});

kernelTest(
  "static: what it refuses leaves nothing of the bridge",
  async (host) => {
    const sandbox = await host.addSandbox();
    const before = await attachmentsOf(host);
    const ipam = { ...IPAM, addresses: [{ address: "10.34.0.255/24" }] };
    const config = bridgeConfig(host, { ipam });
    const error = await mustFail(host, "bridge", { code: 7, config, sandbox });
    assertStringIncludes(error.details, "broadcast");
    assertEquals(await attachmentsOf(host), before);
  },
);

kernelTest(
  "static: answers what the reference answers",
  async (host, t) => {
    const sandbox = await host.addSandbox();
    // Debian's reference knows no more of routes than these two keys.
    const routes = IPAM.routes.map(({ priority: _, ...route }) => route);
    const ipam = { ...IPAM, routes };
    const config = { cniVersion: "1.0.0", name: host.network, ipam };
    const none = { ...config, ipam: { type: "static" } };
    const args = { cni: { ips: ["10.34.0.6/24"] } };
    const runtimeConfig = { ips: ["fd00:34::7/64"] };
    const request = "IP=10.34.0.8/24, 10.35.0.8/24;GATEWAY=10.34.0.2";
    const cases: Record<string, PluginCall> = {
      "CNI_ARGS": { config, args: request },
      "CNI_ARGS without a gateway": { config, args: "IP=10.34.0.8/24" },
      "empty CNI_ARGS": { config, args: "IP=;GATEWAY=" },
      "others to ignore": { config, args: "IgnoreUnknown=1;K8S_POD=a" },
      "args": { config: { ...config, args }, args: request },
      "runtimeConfig": { config: { ...config, args, runtimeConfig } },
      "no addresses": { config: none },
      "mapped and upper case": {
        config: {
          ...none,
          ipam: {
            addresses: [
              { address: "::ffff:10.0.0.5/120" },
              { address: "FD00:0:0::A/64" },
            ],
          },
        },
      },
      "extremes": {
        config: {
          ...none,
          ipam: {
            addresses: [
              { address: "10.0.0.0/24", gateway: "10.7.0.1" },
              { address: "10.0.1.255/31" },
              { address: "10.0.2.255/32" },
            ],
            routes: [{ dst: "10.1.2.3/8" }, { dst: "10.1.2.3/8", gw: "::1" }],
          },
        },
      },
    };
    for (const cniVersion of SPEC_VERSIONS.filter((one) => one < "1.1.0")) {
      cases[`version ${cniVersion}`] = { config: { ...config, cniVersion } };
    }
    for (const [why, call] of Object.entries(cases)) {
      await t.step(why, async () => {
        const ours = await answer(host, { ...call, sandbox });
        const bin = REFERENCE_BIN;
        const theirs = await answer(host, { ...call, sandbox, bin });
        assertEquals(ours, theirs);
      });
    }
  },
  { needs: [`${REFERENCE_BIN}/static`] },
);

kernelTest(
  "static: refuses what the reference refuses",
  async (host, t) => {
    const sandbox = await host.addSandbox();
    const config = { cniVersion: "1.0.0", name: host.network, ipam: IPAM };
    const cases: Record<string, readonly [number, PluginCall]> = {
      "no ipam": [7, { config: { ...config, ipam: null } }],
      "no length": [7, {
        config: { ...config, ipam: { addresses: [{ address: "10.0.0.5" }] } },
      }],
      "no length, by the runtime": [7, {
        config: { ...config, runtimeConfig: { ips: ["10.0.0.5"] } },
      }],
      "bad gateway": [4, { config, args: "GATEWAY=x" }],
      "bad IP, though replaced": [4, {
        config: { ...config, runtimeConfig: { ips: ["10.0.0.5/24"] } },
        args: "IP=bad",
      }],
      "unknown argument": [4, { config, args: "MAC=02:00:00:00:00:01" }],
    };
    for (const [why, [code, call]] of Object.entries(cases)) {
      await t.step(why, async () => {
        await mustFail(host, "static", { ...call, code, sandbox });
        const bin = REFERENCE_BIN;
        await mustFail(host, "static", { ...call, code: 999, sandbox, bin });
      });
    }
  },
  { needs: [`${REFERENCE_BIN}/static`] },
);

async function answer(host: Host, call: PluginCall): Promise<Any> {
  const { status, stdout } = await callPlugin(host, "static", call);
  assertEquals(status, 0, stdout);
  // Newer references leave an empty one out.
  return { dns: {}, ...JSON.parse(stdout) };
}
