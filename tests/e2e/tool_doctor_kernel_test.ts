import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  bridgeList,
  createTool,
  kernelTest,
  must,
  stateOf,
} from "./_harness.ts";

kernelTest(
  "cni tool doctor, list and ps look at a real host, and change nothing",
  async (host) => {
    const tool = await createTool(host);
    await tool.write("a.conflist", bridgeList(host));
    const sandbox = await host.addSandbox();
    await tool.must(["add", host.network, sandbox.path]);
    const before = await stateOf(host);
    const healthy = await tool.must(["doctor"]);
    assertStringIncludes(healthy, "ok    bridges and veth pairs");
    assertStringIncludes(healthy, `ok    ${host.network}`);
    assertEquals(healthy.includes(sandbox.path), false);
    assertStringIncludes(
      await tool.must(["list"]),
      `${host.network}  1.1.0    bridge (host-local)  a.conflist\n`,
    );
    const shown = await tool.must(["ps"]);
    assertStringIncludes(shown, `10.89.0.2/24 fd89::2/64`);
    assertEquals(await stateOf(host), before);

    // As after a crash of the runtime: the container is gone without a DEL.
    await must(["ip", "netns", "del", sandbox.path.split("/").at(-1)!]);
    const ill = await tool.must(["doctor"]);
    const undo = `cni tool del ${host.network} ${sandbox.path} --ifname eth0`;
    assertStringIncludes(ill, undo);
    assertStringIncludes(
      ill,
      `address 10.89.0.2 of ${host.network} is reserved`,
    );
    assertStringIncludes(ill, "chain CNI-");
    await tool.must(["gc", host.network]);
    const cured = await tool.must(["doctor"]);
    assertEquals(cured.includes(host.network + ":"), false);
    assertEquals(cured.includes("10.89.0.2"), false);
  },
);
