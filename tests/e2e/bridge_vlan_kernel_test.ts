import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  type Any,
  bridgeConfig,
  type Host,
  kernelTest,
  mustCall,
  mustFail,
  portIn,
} from "./_harness.ts";

// A kernel that has the one has the other: VLAN filtering itself has no link.
const NEEDS = { needs: ["bridge", "link dummy"] };

async function vlansOf(host: Host, port: string): Promise<Any> {
  const text = await host.must(["bridge", "-j", "vlan", "show", "dev", port]);
  return JSON.parse(text)[0].vlans;
}

kernelTest(
  "bridge: a trunk without vlan is in no other VLAN on a bridge without a default one",
  async (host) => {
    await host.ip(
      `link add ${host.bridge} type bridge vlan_filtering 1 vlan_default_pvid 0`,
    );
    const sandbox = await host.addSandbox();
    const vlanTrunk = [{ id: 5 }, { minID: 10, maxID: 11 }];
    const config = bridgeConfig(host, { ipam: null, vlanTrunk });
    const result = await mustCall(host, "bridge", { config, sandbox });
    const vlans = await vlansOf(host, portIn(result));
    assertEquals(vlans, [{ vlan: 5 }, { vlan: 10 }, { vlan: 11 }]);
  },
  NEEDS,
);

for (
  const [why, [keys, act, name]] of Object.entries(
    {
      "one of the trunk": [{ vlanTrunk: [{ id: 5 }] }, "del VLAN 5", "VLAN 5"],
      "its own": [{ vlan: 100 }, "del VLAN 100", "VLAN 100"],
      "its own, for untagged frames": [
        { vlan: 100 },
        "add VLAN 100",
        "VLAN 100",
      ],
    } as const,
  )
) {
  kernelTest(
    `bridge: CHECK notices that the port has lost a VLAN: ${why}`,
    async (host) => {
      const sandbox = await host.addSandbox();
      const config = bridgeConfig(host, { ipam: null, ...keys });
      const prevResult = await mustCall(host, "bridge", { config, sandbox });
      const check = { ...config, prevResult };
      const call = { command: "CHECK", config: check, sandbox };
      await mustCall(host, "bridge", call);
      const [verb = "", , id = ""] = act.split(" ");
      const port = portIn(prevResult);
      await host.must(["bridge", "vlan", verb, "dev", port, "vid", id]);
      const error = await mustFail(host, "bridge", { ...call, code: 999 });
      assertStringIncludes(error.details, name);
    },
    NEEDS,
  );
}
