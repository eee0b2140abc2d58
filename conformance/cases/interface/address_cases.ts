import { demand, Skip, type Stage } from "../../suite/mod.ts";
import {
  type Attachment,
  attachNew,
  hasInterfaces,
  type KernelRoute,
  type KindCase,
  linkNamed,
  readKernel,
  SINCE_0_3_0,
  SINCE_1_1_0,
  type StatedRoute,
} from "../shared/mod.ts";
import { cidrContains, parseCidr } from "../../../lib/net/mod.ts";

const SECTION = 'CNI 1.1.0, section 5, "ADD Success"';

/** Cases about addresses and routes of the container. */
export const ADDRESS_CASES: readonly KindCase[] = [
  {
    id: "interface/addresses",
    clause: {
      section: SECTION,
      level: "MUST",
      requirement:
        "Each address of the result is on the interface that it is said to be on, with its length",
    },
    isPerVersion: true,
    run: async (stage) => {
      const attachment = await attachNew(stage);
      const { stated, sandbox } = attachment;
      if (stated.ips.length === 0) throw new Skip("the result has no address");
      const kernel = await readKernel(sandbox);
      for (const { address, interface: index } of stated.ips) {
        const name = nameAt(stage, attachment, index);
        if (name === undefined) continue;
        const found = linkNamed(kernel, name)?.addresses ?? [];
        demand(
          found.includes(address),
          `${name} lacks ${address}; it has ${found.join(", ") || "none"}`,
        );
      }
    },
  },
  {
    id: "interface/addresses-listed",
    clause: {
      section: SECTION,
      level: "MUST",
      requirement:
        "The result lists every address that ADD gave to the container's interface",
    },
    run: async (stage) => {
      const { stated, sandbox, ifname } = await attachNew(stage);
      const link = linkNamed(await readKernel(sandbox), ifname);
      const listed = stated.ips.map(({ address }) => address);
      const missing = (link?.addresses ?? [])
        .filter((address) => !listed.includes(address));
      demand(
        link !== undefined,
        `There is no interface ${ifname} in the container`,
      );
      demand(
        missing.length === 0,
        `${ifname} has ${missing.join(", ")}, which the result lacks`,
      );
    },
  },
  {
    id: "interface/address-index",
    clause: {
      section: SECTION,
      level: "MUST",
      requirement:
        "The interface of an address is an index into the result's interfaces",
      versions: SINCE_0_3_0,
    },
    run: async (stage) => {
      const { stated: { interfaces, ips } } = await attachNew(stage);
      if (ips.length === 0) throw new Skip("the result has no address");
      for (const { address, interface: index } of ips) {
        demand(
          index === undefined || interfaces[index] !== undefined,
          `${address} is on interface ${index} of ${interfaces.length}`,
        );
      }
    },
  },
  {
    id: "interface/routes",
    clause: {
      section: SECTION,
      level: "MUST",
      requirement: "Each route of the result exists in the container",
    },
    run: async (stage) => {
      const { stated, sandbox } = await attachNew(stage);
      if (stated.routes.length === 0) throw new Skip("the result has no route");
      const { routes } = await readKernel(sandbox);
      for (const one of stated.routes) demandRoute(one, routes);
    },
  },
  {
    id: "interface/routes-listed",
    clause: {
      section: SECTION,
      level: "MUST",
      requirement:
        "The result lists every route that ADD made to beyond the container's own networks",
    },
    run: async (stage) => {
      const { stated, sandbox, ifname } = await attachNew(stage);
      const { routes } = await readKernel(sandbox);
      const listed = stated.routes.map(({ dst }) => dst);
      const own = stated.ips.map(({ address }) => parseCidr(address));
      const missing = routes.filter(({ dst, dev, isOwn }) =>
        dev === ifname && !isOwn && !listed.includes(dst) &&
        !own.some((cidr) => cidrContains(cidr, parseCidr(dst).address))
      );
      demand(
        missing.length === 0,
        `The result lacks ${missing.map(({ dst }) => dst).join(", ")}`,
      );
    },
  },
  {
    id: "interface/route-attributes",
    clause: {
      section: SECTION,
      level: "MUST",
      requirement:
        "Routes of the result have the MTU, MSS, priority and table that it says",
      versions: SINCE_1_1_0,
    },
    promise: "ipam",
    run: async (stage) => {
      const ipam = stage.config().ipam;
      const routes = [
        { dst: "198.51.100.0/24", priority: 50, table: 101 },
        { dst: "203.0.113.0/24", mtu: 1400, advmss: 1300 },
      ];
      const keys = { ipam: { ...Object(ipam), routes } };
      const { stated, sandbox } = await attachNew(stage, { keys });
      const found = (await readKernel(sandbox)).routes;
      for (const one of stated.routes) demandRoute(one, found);
    },
  },
  {
    id: "interface/reaches-gateway",
    clause: {
      section: 'CNI 1.1.0, section 2, "Overview"',
      level: "SHOULD",
      requirement:
        "An interface plugin sees to it that its interface has connectivity: the container reaches its gateway",
    },
    promise: "gateway",
    run: async (stage) => {
      const { stated, sandbox } = await attachNew(stage);
      const gateways = stated.ips.flatMap(({ gateway }) => gateway ?? []);
      if (gateways.length === 0) throw new Skip("the result has no gateway");
      for (const gateway of gateways) {
        const words = ["ping", "-c", "1", "-w", "5", gateway];
        const { status } = await sandbox.run(words);
        demand(status === 0, `The container does not reach ${gateway}`);
      }
    },
  },
];

/** Demands that the kernel has a route as it is stated. */
function demandRoute(
  stated: StatedRoute,
  routes: readonly KernelRoute[],
): void {
  const isIt = (route: KernelRoute) =>
    route.dst === stated.dst &&
    (stated.gw === undefined || route.gw === stated.gw) &&
    (stated.mtu || route.mtu) === route.mtu &&
    (stated.advmss || route.advmss) === route.advmss &&
    (stated.priority || route.priority) === route.priority &&
    (stated.table === undefined || String(stated.table) === route.table ||
      stated.table === 254 && route.table === "main");
  demand(
    routes.some(isIt),
    `The container has no route ${JSON.stringify(stated)}`,
  );
}

// Where a result has no interfaces, addresses can only be on the one.
function nameAt(
  { version }: Stage,
  { stated, ifname }: Attachment,
  index: number | undefined,
): string | undefined {
  if (!hasInterfaces(version)) return ifname;
  const one = index === undefined ? undefined : stated.interfaces[index];
  if (one === undefined) return ifname;
  // An address may be given to something outside the container.
  return one.sandbox === "" ? undefined : one.name;
}
