import { demand } from "../../suite/mod.ts";
import {
  attachNew,
  type KindCase,
  linkNamed,
  readKernel,
} from "../shared/mod.ts";

/** Cases about the container's link after ADD. */
export const LINK_CASES: readonly KindCase[] = [
  {
    id: "interface/exists",
    clause: {
      section: 'CNI 1.1.0, section 2, "Parameters"',
      level: "MUST",
      requirement:
        "After a successful ADD the container has an interface by the name in CNI_IFNAME",
    },
    run: async (stage) => {
      const { sandbox, ifname } = await attachNew(stage);
      const { links } = await readKernel(sandbox);
      const names = links.map(({ name }) => name);
      demand(
        names.includes(ifname),
        `There is no interface ${ifname} in the container, only ${names}`,
      );
    },
  },
  {
    id: "interface/up",
    clause: {
      section: 'CNI 1.1.0, section 2, "Overview"',
      level: "SHOULD",
      requirement:
        "An interface plugin sees to it that its interface has connectivity, so it is up",
    },
    run: async (stage) => {
      const { sandbox, ifname } = await attachNew(stage);
      const link = linkNamed(await readKernel(sandbox), ifname);
      demand(link?.isUp === true, `The container's ${ifname} is not up`);
    },
  },
  {
    id: "interface/mtu",
    promise: "mtu",
    clause: {
      section: 'CNI 1.1.0, section 1, "Other keys"',
      level: "SHOULD",
      requirement: "The container's interface has the configured MTU",
    },
    run: async (stage) => {
      const { sandbox, ifname } = await attachNew(stage, {
        keys: { mtu: 1400 },
      });
      const link = linkNamed(await readKernel(sandbox), ifname);
      demand(
        link?.mtu === 1400,
        `The MTU of ${ifname} is ${link?.mtu} instead of 1400`,
      );
    },
  },
  {
    id: "interface/mac",
    promise: "mac",
    clause: {
      section: 'CNI conventions, "mac"',
      level: "SHOULD",
      requirement:
        "The container's interface gets the MAC address in runtimeConfig",
    },
    run: async (stage) => {
      const mac = "02:00:5e:10:00:2a";
      const { runtimeConfig } = stage.subject.profile ?? {};
      const keys = { runtimeConfig: { ...runtimeConfig, mac } };
      const { sandbox, ifname } = await attachNew(stage, { keys });
      const link = linkNamed(await readKernel(sandbox), ifname);
      demand(
        link?.mac === mac,
        `The MAC address of ${ifname} is ${link?.mac} instead of ${mac}`,
      );
    },
  },
];
