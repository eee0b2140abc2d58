import {
  cidrContains,
  formatAddress,
  parseAddress,
  parseCidr,
} from "../../../lib/net/mod.ts";
import { type Json, type JsonObject, sortKeys } from "../../../lib/spec/mod.ts";
import { type Answers, demand, Skip, type Stage } from "../../suite/mod.ts";
import {
  demandSame,
  factsOf,
  type KindCase,
  readKernel,
  SINCE_0_3_0,
} from "../shared/mod.ts";
import { addClient } from "./lease.ts";

const DELEGATION = "CNI 1.1.0, section 4";

/** Cases about what ADD answers. */
export const ANSWER_CASES: readonly KindCase[] = [
  {
    id: "ipam/abbreviated",
    clause: {
      section: 'CNI 1.1.0, section 5, "Delegated plugins (IPAM)"',
      level: "MUST",
      requirement:
        "An IPAM plugin's result has neither interfaces nor an interface in its addresses",
      versions: SINCE_0_3_0,
    },
    run: async (stage) => {
      const { result, stated } = await (await addClient(stage)).take("a");
      demand(
        result.interfaces === undefined,
        `The result has interfaces: ${JSON.stringify(result.interfaces)}`,
      );
      for (const one of stated.ips) {
        demand(
          one.interface === undefined,
          `${one.address} is said to be on interface ${one.interface}`,
        );
      }
    },
  },
  {
    id: "ipam/addresses",
    clause: {
      section: DELEGATION,
      level: "MUST",
      requirement:
        "An IPAM plugin says which address the interface gets, with the length of its network",
    },
    isPerVersion: true,
    unless: ({ answers }) => withoutAnswer(answers?.subnets),
    run: async (stage) => {
      const subnets = answersOf(stage).subnets.map(parseCidr);
      const { stated: { ips } } = await (await addClient(stage)).take("a");
      demand(
        ips.length === subnets.length,
        `There are ${ips.length} addresses instead of ${subnets.length}`,
      );
      for (const [at, { address }] of ips.entries()) {
        const cidr = parseCidr(address);
        const subnet = subnets[at]!;
        demand(
          cidrContains(subnet, cidr.address) &&
            cidr.prefixBits === subnet.prefixBits,
          `${address} is not of the configured network`,
        );
      }
    },
  },
  {
    id: "ipam/gateways",
    clause: {
      section: DELEGATION,
      level: "MUST",
      requirement: "An IPAM plugin says which gateway each network has",
    },
    unless: ({ answers }) => withoutAnswer(answers?.gateways),
    run: async (stage) => {
      const gateways = (answersOf(stage).gateways ?? [])
        .map((text) => formatAddress(parseAddress(text)));
      const { stated: { ips } } = await (await addClient(stage)).take("a");
      const found = ips.map(({ gateway }) => gateway);
      demand(
        JSON.stringify(found) === JSON.stringify(gateways),
        `The gateways are ${found.join(", ")} instead of ${gateways}`,
      );
    },
  },
  {
    id: "ipam/routes",
    clause: {
      section: DELEGATION,
      level: "MUST",
      requirement: "An IPAM plugin says which routes the interface gets",
    },
    unless: ({ answers }) => withoutAnswer(answers?.routes),
    run: async (stage) => {
      const expected = answersOf(stage).routes ?? [];
      const { stated: { routes } } = await (await addClient(stage)).take("a");
      const plain = routes.map(({ dst, gw }) => ({ dst, gw }));
      const same = JSON.stringify(sorted(plain)) ===
        JSON.stringify(sorted(expected.map(({ dst, gw }) => ({ dst, gw }))));
      demand(
        same,
        `The routes are ${JSON.stringify(plain)} instead of ` +
          JSON.stringify(expected),
      );
    },
  },
  {
    id: "ipam/dns",
    clause: {
      section: 'CNI 1.1.0, section 5, "ADD Success"',
      level: "SHOULD",
      requirement: "An IPAM plugin passes on what it knows of DNS",
    },
    unless: ({ answers }) =>
      answers?.dns === undefined ? "the profile expects no dns" : undefined,
    run: async (stage) => {
      const expected = answersOf(stage).dns ?? {};
      const { stated: { dns } } = await (await addClient(stage)).take("a");
      demand(
        JSON.stringify(sortKeys(dns)) === JSON.stringify(sortKeys(expected)),
        `dns is ${JSON.stringify(dns)}`,
      );
    },
  },
  {
    id: "ipam/leaves-links-alone",
    clause: {
      section: DELEGATION,
      level: "SHOULD",
      requirement:
        "An IPAM plugin leaves it to its caller to apply what it says: links, addresses and routes of host and container stay as they are",
    },
    run: async (stage) => {
      const client = await addClient(stage);
      const { sandbox } = client;
      const read = async () => [
        ...factsOf(await readKernel(stage.host)),
        ...factsOf(await readKernel(sandbox)),
      ];
      const before = await read();
      const lease = await client.take("a");
      demandSame(before, await read(), "ADD changed what is its caller's");
      await lease.release();
      demandSame(before, await read(), "DEL changed what is its caller's");
    },
  },
];

function withoutAnswer(list: readonly unknown[] | undefined) {
  return list === undefined || list.length === 0
    ? "the profile does not say what to expect"
    : undefined;
}

function answersOf({ subject }: Stage): Answers {
  const { answers } = subject.profile ?? {};
  if (answers === undefined) throw new Skip("the profile says no answers");
  return answers;
}

// Results of the two oldest versions part routes by family.
function sorted(routes: readonly JsonObject[]): readonly Json[] {
  return routes.toSorted((a, b) => String(a.dst) < String(b.dst) ? -1 : 1);
}
