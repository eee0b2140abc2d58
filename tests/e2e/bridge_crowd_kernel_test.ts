import { assertEquals } from "@std/assert";
import {
  addressesIn,
  attachmentsOf,
  bridgeConfig,
  hostLocal,
  kernelTest,
  mustCall,
  REFERENCE_BIN,
  type Sandbox,
} from "./_harness.ts";

/** Containers that come and containers that go, all at the same time. */
const COUNT = 100;

kernelTest(
  "bridge: 200 calls of ours and of the reference at once share one range",
  async (host) => {
    const before = await attachmentsOf(host);
    const config = bridgeConfig(host, {
      isDefaultGateway: true,
      ipam: hostLocal(host, ["10.213.0.0/23"]),
    });
    const sandboxes: Sandbox[] = [];
    while (sandboxes.length < 2 * COUNT) {
      sandboxes.push(await host.addSandbox());
    }
    const going = sandboxes.slice(0, COUNT);
    const coming = sandboxes.slice(COUNT);
    const call = (command: string, sandbox: Sandbox, index: number) =>
      mustCall(host, "bridge", {
        command,
        config,
        sandbox,
        ...(index % 2 ? { bin: REFERENCE_BIN } : {}),
      });
    const all = (command: string, some: readonly Sandbox[], shift = 0) =>
      some.map((sandbox, index) => call(command, sandbox, index + shift));

    await Promise.all(all("ADD", going));
    // Each is taken away by the other program than it was brought by.
    const [results] = await Promise.all([
      Promise.all(all("ADD", coming)),
      Promise.all(all("DEL", going, 1)),
    ]);

    const addresses = results.flatMap(addressesIn);
    assertEquals(new Set(addresses).size, COUNT);
    const { files } = await attachmentsOf(host);
    const reserved = Object.keys(files).map((path) => path.split("/").at(-1));
    assertEquals(
      reserved.sort(),
      addresses.map((address) => address.split("/")[0]).sort(),
    );
    await Promise.all(all("DEL", coming, 1));
    assertEquals(await attachmentsOf(host), before);
  },
  { needs: [`${REFERENCE_BIN}/bridge`] },
);
