import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  type Any,
  bridgeList,
  createTool,
  kernelTest,
  netnsStateOf,
  stateOf,
} from "./_harness.ts";

kernelTest(
  "cni tool --plan tells what would be done, and changes nothing",
  async (host, t) => {
    const tool = await createTool(host);
    const list: Any = bridgeList(host);
    await tool.write("net.conflist", {
      ...list,
      plugins: [{ type: "loopback" }, ...list.plugins],
    });
    const sandbox = await host.addSandbox();
    const words = [host.network, sandbox.path];
    const state = async () => ({
      host: await stateOf(host),
      sandbox: await netnsStateOf(sandbox),
      results: resultsOf(host.network),
    });
    const empty = await state();

    await t.step("add, on an empty host", async () => {
      const text = await tool.must(["add", "--plan", ...words]);
      assertEquals(await state(), empty);
      assertStringIncludes(
        text,
        `1. set "lo" up (loopback)
       nsenter --net=${sandbox.path} ip link set dev lo up`,
      );
      assertStringIncludes(text, "reserve the address 10.89.0.2, in ");
      assertStringIncludes(text, "ip addr add fd89::2/64 dev eth0");
      assertStringIncludes(text, `ip link add name ${host.bridge}`);
      assertStringIncludes(text, "Nothing was changed.");
    });

    await t.step("add, as JSON", async () => {
      const text = await tool.must(["add", "--plan", "--json", ...words]);
      const { networks: [plan] } = JSON.parse(text);
      assertEquals(plan.network, host.network);
      assertEquals(plan.acts[0].plugin, "loopback");
      assertEquals(plan.acts.at(-1).plugin, undefined);
      assertEquals(await state(), empty);
    });

    await tool.must(["add", ...words]);
    const attached = await state();
    for (const verb of ["check", "del"]) {
      await t.step(verb, async () => {
        const text = await tool.must([verb, "--plan", ...words]);
        assertStringIncludes(text, "eth0");
        assertEquals(await state(), attached);
      });
    }
    await tool.must(["check", ...words]);
    await tool.must(["del", ...words]);
    assertEquals(resultsOf(host.network), []);
  },
);

/** The result cache's files of a network. */
function resultsOf(network: string): readonly string[] {
  try {
    return [...Deno.readDirSync("/var/lib/cni/results")]
      .map(({ name }) => name).filter((name) => name.startsWith(network));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
