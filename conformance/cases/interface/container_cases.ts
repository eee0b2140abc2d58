import { demand, type Stage } from "../../suite/mod.ts";
import {
  attach,
  type Attachment,
  attachNew,
  demandSame,
  factsOf,
  type KindCase,
  linkNamed,
  readKernel,
} from "../shared/mod.ts";
import { adjusts, isExclusive } from "./name_cases.ts";

const LIFECYCLE = 'CNI 1.1.0, section 3, "Lifecycle & Ordering"';

/** Cases with more than one attachment. */
export const CONTAINER_CASES: readonly KindCase[] = [
  {
    id: "interface/second-container",
    clause: {
      section: LIFECYCLE,
      level: "MUST",
      requirement:
        "Two containers are attached side by side, with addresses of their own, and the second ADD leaves the first container as it is",
    },
    unless: isExclusive,
    run: async (stage) => {
      const first = await attachNew(stage);
      const before = factsOf(await readKernel(first.sandbox));
      const second = await attachNew(stage);
      const after = factsOf(await readKernel(first.sandbox));
      demandSame(before, after, "ADD changed another container");
      await demandDistinct([first, second]);
    },
  },
  {
    id: "interface/del-of-another",
    clause: {
      section: LIFECYCLE,
      level: "MUST",
      requirement: "DEL of one container leaves others as they are",
    },
    unless: isExclusive,
    run: async (stage) => {
      const first = await attachNew(stage);
      const second = await attachNew(stage);
      const before = factsOf(await readKernel(first.sandbox));
      await second.remove();
      const after = factsOf(await readKernel(first.sandbox));
      demandSame(before, after, "DEL changed another container");
      await demandDistinct([first, await attachNew(stage)]);
    },
  },
  {
    id: "interface/concurrent",
    clause: {
      section: LIFECYCLE,
      level: "MUST",
      requirement: "ADD and DEL work for several containers at the same time",
    },
    unless: isExclusive,
    run: async (stage) => {
      const sandboxes = await Promise.all(
        Array.from({ length: 4 }, () => stage.addSandbox()),
      );
      const attachments = await Promise.all(
        sandboxes.map((sandbox) => attach(stage, sandbox)),
      );
      await demandDistinct(attachments);
      await Promise.all(attachments.map((one) => one.remove()));
    },
  },
  {
    id: "interface/second-interface",
    clause: {
      section: 'CNI 1.1.0, section 2, "ADD"',
      level: "SHOULD",
      requirement:
        "A container can be added once more by another interface name, and DEL of that leaves the first interface",
    },
    unless: (profile) => adjusts(profile) ?? isExclusive(profile),
    run: async (stage) => {
      const first = await attachNew(stage);
      const keys = withoutRoutes(stage);
      const options = { ifname: "second1", keys };
      const second = await attach(stage, first.sandbox, options);
      await demandDistinct([first, second]);
      await second.remove();
      const kernel = await readKernel(first.sandbox);
      demand(
        linkNamed(kernel, "second1") === undefined,
        "The second interface is still there after its DEL",
      );
      const link = linkNamed(kernel, first.ifname);
      const address = first.stated.ips[0]?.address;
      demand(
        link !== undefined &&
          (address === undefined || link.addresses.includes(address)),
        "DEL of the second interface took the first one's",
      );
    },
  },
];

/** Demands that interfaces exist, each with a MAC address and addresses of its own. */
async function demandDistinct(
  attachments: readonly Attachment[],
): Promise<void> {
  const seen = new Set<string>();
  for (const { sandbox, ifname } of attachments) {
    const link = linkNamed(await readKernel(sandbox), ifname);
    demand(link !== undefined, `There is no interface ${ifname}`);
    // All loopback interfaces are alike.
    const own = [link.mac ?? "", ...link.addresses].filter((text) =>
      text !== "" && text !== "00:00:00:00:00:00" && !isLoopback(text)
    );
    const twice = own.find((text) => seen.has(text));
    demand(twice === undefined, `Two interfaces have ${twice}`);
    for (const text of own) seen.add(text);
  }
}

// Two routes to one destination would be a fault of this case's making.
function withoutRoutes(stage: Stage): Readonly<Record<string, unknown>> {
  const { ipam } = stage.config();
  if (ipam === undefined) return {};
  return {
    ipam: { ...Object(ipam), routes: undefined },
    isDefaultGateway: undefined,
  };
}

function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1/128";
}
