import { assertEquals, assertRejects } from "@std/assert";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { fakeIp, linkOf, requestWith } from "../../shared/testing/mod.ts";
import { configWith } from "./_testing.ts";
import { comparePtp } from "./compare_linux.ts";

const VETH = { linkinfo: { info_kind: "veth" } };
const CONTAINER = {
  ...VETH,
  ifname: "eth0",
  ifindex: 2,
  link_index: 7,
  addr_info: [{ local: "10.0.0.2", prefixlen: 24 }],
};
const PEER = {
  ...VETH,
  ifname: "veth1",
  ifindex: 7,
  link_index: 2,
  addr_info: [{ local: "10.0.0.1", prefixlen: 32 }],
};
const ROUTES = [
  { dst: "10.0.0.1", dev: "eth0" },
  { dst: "10.0.0.0/24", gateway: "10.0.0.1", dev: "eth0" },
  { dst: "10.0.0.2", dev: "veth1" },
];
const NETNS = "/run/netns/c1";

async function compare(
  { container = CONTAINER, peer = PEER, routes = ROUTES } = {},
): Promise<void> {
  await comparePtp({
    link: linkOf(container),
    config: configWith(),
    request: requestWith({}, { netns: NETNS }),
    prevResult: {
      interfaces: [{ name: "veth1" }, { name: "eth0", sandbox: NETNS }],
      ips: [{ address: "10.0.0.2/24", gateway: "10.0.0.1", interface: 1 }],
    },
    hostLinks: [linkOf(peer)],
    run: fakeIp({ routes }).run,
  });
}

Deno.test("comparePtp() looks at both ends and at the routes between", async (t) => {
  await t.step("as the ADD left it", () => compare());
  const cases = {
    "no peer": { peer: { ...PEER, link_index: 3 } },
    "no address": { container: { ...CONTAINER, addr_info: [] } },
    "no gateway": { peer: { ...PEER, addr_info: [] } },
    "a gateway with a subnet": {
      peer: { ...PEER, addr_info: [{ local: "10.0.0.1", prefixlen: 24 }] },
    },
    "no route to the gateway": { routes: ROUTES.slice(1) },
    "no route to the subnet": { routes: [ROUTES[0]!, ROUTES[2]!] },
    "no route in the host": { routes: ROUTES.slice(0, 2) },
    "the host's route by another link": {
      routes: [...ROUTES.slice(0, 2), { dst: "10.0.0.2", dev: "veth2" }],
    },
  };
  for (const [why, given] of Object.entries(cases)) {
    await t.step(why, async () => {
      const error = await assertRejects(() => compare(given), CniError);
      assertEquals(error.code, CniCode.Internal);
    });
  }
});
