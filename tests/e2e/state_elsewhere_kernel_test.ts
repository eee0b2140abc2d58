/**
 * DEL with folders of state that the program was not built to use: what was
 * attached by another build, or by the reference, must still go.
 *
 * @module
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { flannelConfig } from "./_flannel.ts";
import {
  attachmentsOf,
  bridgeConfig,
  callPlugin,
  type Host,
  hostLocal,
  kernelTest,
  linkNamesIn,
  mustCall,
  mustFail,
  REFERENCE_BIN,
  SUBNET4,
} from "./_harness.ts";
import { addTunable, tunedStateOf, tuningCall } from "./_tuning.ts";

/** A folder that no build of the tests may use. */
const outside = (host: Host) => `${host.scratchDir}/state`;

async function filesIn(folder: string): Promise<readonly string[]> {
  const names = [];
  for await (const { name } of Deno.readDir(folder)) names.push(name);
  return names.filter((name) => !/^(lock|last_reserved_ip.*)$/.test(name));
}

kernelTest(
  "bridge: DEL releases what the reference has reserved in any folder",
  async (host, t) => {
    const permitted = `/run/cni-ipam-state/${host.id}`;
    host.defer(() => Deno.remove(permitted, { recursive: true }));
    for (const dataDir of [permitted, outside(host)]) {
      await t.step(dataDir === permitted ? permitted : "another", async () => {
        const before = await attachmentsOf(host);
        const sandbox = await host.addSandbox();
        const ipam = hostLocal(host, [SUBNET4], { dataDir });
        const config = bridgeConfig(host, { ipam });
        const call = { config, sandbox };
        await mustCall(host, "bridge", { ...call, bin: REFERENCE_BIN });
        const folder = `${dataDir}/${host.network}`;
        assertEquals((await filesIn(folder)).length, 1);
        const other = await host.addSandbox();
        if (dataDir === permitted) {
          await mustCall(host, "bridge", { config, sandbox: other });
        } else {
          const add = { config, sandbox: other, code: 7 };
          const { details } = await mustFail(host, "bridge", add);
          assertStringIncludes(details, dataDir);
        }
        const del = { ...call, command: "DEL" };
        await mustCall(host, "bridge", { ...del, sandbox: other });
        await mustCall(host, "bridge", del);
        assertEquals(await filesIn(folder), []);
        assertEquals(await linkNamesIn(sandbox), ["lo"]);
        assertEquals(await attachmentsOf(host), before);
        await mustCall(host, "bridge", del);
      });
    }
  },
  { needs: [`${REFERENCE_BIN}/bridge`, `${REFERENCE_BIN}/host-local`] },
);

kernelTest(
  "tuning: DEL tells what it cannot put back, and fails not for it",
  async (host) => {
    const dataDir = outside(host);
    const sandbox = await addTunable(host);
    const call = tuningCall(host, sandbox, { dataDir, mtu: 1400 });
    await mustCall(host, "tuning", { ...call, bin: REFERENCE_BIN });
    const { details } = await mustFail(host, "tuning", { ...call, code: 7 });
    assertStringIncludes(details, dataDir);
    const before = await tunedStateOf(sandbox);
    const del = { ...call, command: "DEL" };
    const { status, stdout, stderr } = await callPlugin(host, "tuning", del);
    assertEquals({ status, stdout }, { status: 0, stdout: "" });
    assertStringIncludes(stderr, `dataDir leads to "${dataDir}"`);
    assertStringIncludes(stderr, '"eth0"');
    assertEquals(await tunedStateOf(sandbox), before);
    assertEquals((await filesIn(dataDir)).length, 1);
  },
  { needs: [`${REFERENCE_BIN}/tuning`] },
);

kernelTest(
  "flannel: DEL detaches although its folders are out of reach",
  async (host) => {
    const before = await attachmentsOf(host);
    const sandbox = await host.addSandbox();
    // As flannel would have its delegate called.
    const delegate = bridgeConfig(host, {
      isDefaultGateway: true,
      ipam: hostLocal(host, ["10.244.1.0/24"], {
        dataDir: `${host.dataDir}/networks`,
      }),
    });
    const prevResult = await mustCall(host, "bridge", {
      config: delegate,
      sandbox,
    });
    const dataDir = outside(host);
    await Deno.mkdir(dataDir);
    const file = `${dataDir}/${sandbox.containerId}`;
    await Deno.writeTextFile(file, JSON.stringify(delegate));
    const subnetFile = `${host.scratchDir}/subnet.env`;
    const config = flannelConfig(host, { dataDir, subnetFile, prevResult });
    const call = { config, sandbox };
    await mustFail(host, "flannel", { ...call, code: 7 });
    const del = { ...call, command: "DEL" };
    for (let count = 0; count < 2; count++) {
      const { status, stdout, stderr } = await callPlugin(host, "flannel", del);
      assertEquals({ status, stdout }, { status: 0, stdout: "" });
      assertStringIncludes(stderr, `dataDir leads to "${dataDir}"`);
      assertEquals(await linkNamesIn(sandbox), ["lo"]);
      assertEquals(await attachmentsOf(host), before);
    }
  },
);
