import { demand, Skip } from "../../suite/mod.ts";
import {
  type Attachment,
  attachNew,
  type KindCase,
  linkNamed,
  readKernel,
  SINCE_0_3_0,
  SINCE_1_1_0,
  type StatedInterface,
} from "../shared/mod.ts";

const SECTION = 'CNI 1.1.0, section 5, "ADD Success"';

/** Cases about what `interfaces` of a result says. */
export const RESULT_CASES: readonly KindCase[] = [
  {
    id: "interface/listed",
    clause: {
      section: SECTION,
      level: "MUST",
      requirement:
        "The result lists the container's interface, as one in a sandbox",
      versions: SINCE_0_3_0,
    },
    run: async (stage) => {
      ownOf(await attachNew(stage));
    },
  },
  {
    id: "interface/sandbox",
    clause: {
      section: SECTION,
      level: "SHOULD",
      requirement:
        "The sandbox of the container's interface is the path in CNI_NETNS",
      versions: SINCE_0_3_0,
    },
    run: async (stage) => {
      const attachment = await attachNew(stage);
      const { sandbox } = ownOf(attachment);
      const { path } = attachment.sandbox;
      demand(sandbox === path, `The sandbox is "${sandbox}", not "${path}"`);
    },
  },
  {
    id: "interface/as-stated",
    clause: {
      section: SECTION,
      level: "MUST",
      requirement:
        "Each interface of the result exists where it says, with the MAC address that it says",
      versions: SINCE_0_3_0,
    },
    run: async (stage) => {
      const attachment = await attachNew(stage);
      ownOf(attachment);
      for (const one of attachment.stated.interfaces) {
        const { sandbox } = attachment;
        const place = one.sandbox === "" ? stage.host : sandbox;
        const where = one.sandbox === "" ? "the host" : "the container";
        const link = linkNamed(await readKernel(place), one.name);
        demand(link !== undefined, `There is no ${one.name} in ${where}`);
        const { mac } = link;
        demand(
          one.mac?.toLowerCase() === mac,
          `The MAC address of ${one.name} in ${where} is ${mac}, not ` +
            (one.mac ?? "left out"),
        );
      }
    },
  },
  {
    id: "interface/stated-mtu",
    clause: {
      section: SECTION,
      level: "MUST",
      requirement: "An MTU in the result is the one that the interface has",
      versions: SINCE_1_1_0,
    },
    run: async (stage) => {
      const attachment = await attachNew(stage);
      const { name, mtu } = ownOf(attachment);
      if (mtu === undefined) throw new Skip("the result states no MTU");
      const link = linkNamed(await readKernel(attachment.sandbox), name);
      demand(link?.mtu === mtu, `${name} has MTU ${link?.mtu}, not ${mtu}`);
    },
  },
  {
    id: "interface/host-links-listed",
    clause: {
      section: SECTION,
      level: "MUST",
      requirement:
        "The result lists every interface that ADD made on the host, without a sandbox",
      versions: SINCE_0_3_0,
    },
    run: async (stage) => {
      const before = await readKernel(stage.host);
      const { stated } = await attachNew(stage);
      const after = await readKernel(stage.host);
      // Judged by number: a device that comes back may have another name.
      const old = before.links.map(({ index }) => index);
      const made = after.links.filter(({ index }) => !old.includes(index));
      const listed = stated.interfaces.filter(({ sandbox }) => sandbox === "")
        .map(({ name }) => name);
      const missing = made.map(({ name }) => name)
        .filter((name) => !listed.includes(name));
      demand(
        missing.length === 0,
        `ADD made ${missing.join(", ")} on the host, which the result lacks`,
      );
    },
  },
];

/** The container's interface in a result, which must be there. */
export function ownOf({ stated, ifname }: Attachment): StatedInterface {
  const own = stated.interfaces.find(({ name, sandbox }) =>
    name === ifname && sandbox !== ""
  );
  demand(
    own !== undefined,
    `The result lists no interface ${ifname} with a sandbox`,
  );
  return own;
}
