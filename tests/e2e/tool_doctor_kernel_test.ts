import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  bridgeList,
  createTool,
  kernelTest,
  must,
  mustCall,
  stateOf,
} from "./_harness.ts";
import { addTunable } from "./_tuning.ts";

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
    assertStringIncludes(
      ill,
      `on ${host.network}: its namespace ${sandbox.path} is gone; `,
    );
    assertStringIncludes(ill, `\n        cni tool gc ${host.network}\n`);
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

kernelTest(
  "cni tool doctor knows what every plugin of a chain leaves, and gc removes it",
  async (host) => {
    const tool = await createTool(host);
    const list = bridgeList(host) as { plugins: object[] };
    list.plugins.push(
      {
        type: "portmap",
        backend: "iptables",
        capabilities: { portMappings: true },
      },
      { type: "firewall", backend: "iptables" },
      {
        type: "bandwidth",
        ingressRate: 1e6,
        ingressBurst: 1e6,
        egressRate: 1e6,
        egressBurst: 1e6,
      },
    );
    await tool.write("a.conflist", list);
    const sandbox = await host.addSandbox();
    await tool.must(["add", host.network, sandbox.path, "-p", "8080:80"]);
    const of = (text: string) => text.split("Leftovers")[1] ?? "";
    assertEquals(of(await tool.must(["doctor"])).includes(host.network), false);
    await host.must(["iptables", "-P", "FORWARD", "DROP"]);
    assertStringIncludes(
      await tool.must(["doctor"]),
      "the policy of chain FORWARD (iptables) is DROP",
    );
    await host.must(["iptables", "-P", "FORWARD", "ACCEPT"]);
    await must(["ip", "netns", "del", sandbox.path.split("/").at(-1)!]);
    const ill = of(await tool.must(["doctor"]));
    // Two addresses, a chain each for masquerade and ports, their owners, a link, two notes.
    assertStringIncludes(
      ill,
      `${host.network} has leftovers: attachments whose namespace is gone: 1; ` +
        "addresses reserved for containers without an attachment: 2; ",
    );
    assertMatch(
      ill,
      /; rules, chains, links and notes of containers .*: [89]\n/,
    );
    assertStringIncludes(ill, `\n        cni tool gc ${host.network}\n`);
    await tool.must(["gc", host.network]);
    const cured = of(await tool.must(["doctor"]));
    assertEquals(cured.includes(host.network), false, cured);
  },
  { needs: ["iptables", "ip6tables", "link ifb"] },
);

kernelTest(
  "cni tool doctor names the notes that another program's DEL has left",
  async (host) => {
    const tool = await createTool(host);
    const tuning = { type: "tuning", mtu: 1400 };
    const list = bridgeList(host) as { plugins: object[] };
    await tool.write("a.conflist", { ...list, plugins: [tuning] });
    const sandbox = await addTunable(host);
    const config = { cniVersion: "1.0.0", name: host.network, ...tuning };
    const { containerId, prevResult } = sandbox;
    const call = { config: { ...config, prevResult }, sandbox };
    await mustCall(host, "tuning", call);
    // What is left when the reference plugin has done the DEL.
    const name = `${containerId}_eth0.json`;
    await Deno.remove(`/run/cni/tuning/${name}`);
    const ill = await tool.must(["doctor"]);
    assertStringIncludes(
      ill,
      `note /run/cni/tuning/.cni/${name} is for container ${containerId} on ` +
        `${host.network}, which is not attached`,
    );
    assertStringIncludes(ill, `\n        cni tool gc ${host.network}\n`);
    await tool.must(["gc", host.network]);
    assertEquals((await tool.must(["doctor"])).includes(containerId), false);
  },
);
