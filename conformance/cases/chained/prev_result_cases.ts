import {
  isJsonObject,
  type Json,
  type JsonObject,
  sortKeys,
} from "../../../lib/spec/mod.ts";
import { demand, type Stage } from "../../suite/mod.ts";
import {
  demandSame,
  factsOf,
  type KindCase,
  linkNamed,
  passCheck,
  readKernel,
  SINCE_0_3_0,
  SINCE_0_4_0,
  SINCE_1_1_0,
} from "../shared/mod.ts";
import { attachChained, attachPrepared, prepare } from "./attached.ts";

const SECTION = 'CNI 1.1.0, section 5, "ADD Success"';

/** Cases about `prevResult`. */
export const PREV_RESULT_CASES: readonly KindCase[] = [
  {
    id: "chained/passes-on",
    clause: {
      section: SECTION,
      level: "MUST",
      requirement:
        "The result is prevResult, but for what the plugin itself changes",
      versions: SINCE_0_3_0,
    },
    isPerVersion: true,
    run: (stage) => demandPassedOn(stage, (same) => same),
  },
  {
    id: "chained/any-order",
    clause: {
      section: SECTION,
      level: "MUST",
      requirement:
        "The result keeps the order of interfaces, addresses and routes in prevResult, whichever it is",
      versions: SINCE_0_3_0,
    },
    run: (stage) => demandPassedOn(stage, reversed),
  },
  {
    id: "chained/newer-keys",
    clause: {
      section: SECTION,
      level: "MUST",
      requirement:
        "What 1.1.0 added to results is passed on: mtu, socketPath and pciID of interfaces, attributes of routes",
      versions: SINCE_1_1_0,
    },
    run: (stage) => demandPassedOn(stage, withNewerKeys),
  },
  {
    id: "chained/states-changes",
    clause: {
      section: SECTION,
      level: "MUST",
      requirement:
        "The result has the MAC address that the interface has after ADD, and every interface that ADD made on the host",
      versions: SINCE_0_3_0,
    },
    run: async (stage) => {
      const prepared = await prepare(stage);
      const before = (await readKernel(stage.host)).links;
      const { sandbox, ifname, stated } = await attachPrepared(stage, prepared);
      const link = linkNamed(await readKernel(sandbox), ifname);
      const own = stated.interfaces.find((one) =>
        one.name === ifname && one.sandbox !== ""
      );
      demand(
        own?.mac?.toLowerCase() === link?.mac,
        `${ifname} has MAC address ${link?.mac}, the result says ${own?.mac}`,
      );
      const old = before.map(({ index }) => index);
      const listed = stated.interfaces.map(({ name }) => name);
      const missing = (await readKernel(stage.host)).links
        .filter(({ index, name }) =>
          !old.includes(index) && !listed.includes(name)
        );
      demand(
        missing.length === 0,
        `ADD made ${missing.map(({ name }) => name)}, which the result lacks`,
      );
    },
  },
  {
    id: "chained/others-untouched",
    clause: {
      section: 'CNI 1.1.0, section 2, "ADD"',
      level: "SHOULD",
      requirement:
        "A chained plugin adjusts the interface in CNI_IFNAME: other links of container and host stay as they are",
      versions: SINCE_0_3_0,
    },
    run: async (stage) => {
      const prepared = await prepare(stage);
      const { sandbox, prevResult } = prepared;
      const places = [sandbox, stage.host];
      for (const place of places) {
        await place.ip("link add other0 type veth peer name other1");
        await place.ip("addr add 192.0.2.1/24 dev other0");
        await place.ip("link set other0 up");
        await place.ip("link set other1 up");
      }
      const { interfaces } = prevResult as {
        interfaces: readonly JsonObject[];
      };
      const own = interfaces.map(({ name }) => String(name));
      const read = async () => {
        const kernels = await Promise.all(places.map(readKernel));
        return kernels.flatMap((kernel) => factsOf(kernel, { without: own }))
          .filter((fact) => / other[01]\b/.test(fact));
      };
      const before = await read();
      const { remove } = await attachPrepared(stage, prepared);
      demandSame(before, await read(), "ADD changed other links");
      await remove();
      demandSame(before, await read(), "DEL changed other links");
    },
  },
  {
    id: "chained/needs-prev-result",
    clause: {
      section: 'CNI 1.1.0, section 2, "ADD"',
      level: "SHOULD",
      requirement:
        "ADD fails without prevResult, since there is nothing to adjust",
      versions: SINCE_0_3_0,
    },
    run: async (stage) => {
      const { sandbox } = await prepare(stage);
      await stage.mustFail("ADD", sandbox);
    },
  },
  {
    id: "chained/check-needs-prev-result",
    clause: {
      section: 'CNI 1.1.0, section 2, "CHECK"',
      level: "SHOULD",
      requirement:
        "CHECK fails without prevResult, from which it takes what to expect",
      versions: SINCE_0_4_0,
    },
    run: async (stage) => {
      const { sandbox, check } = await attachChained(stage);
      await passCheck(stage, sandbox, check);
      await stage.mustFail("CHECK", sandbox);
    },
  },
  {
    id: "chained/del-without-prev-result",
    clause: {
      section: 'CNI 1.1.0, section 2, "DEL"',
      level: "SHOULD",
      requirement: "DEL succeeds without prevResult",
    },
    run: async (stage) => {
      const { sandbox } = await attachChained(stage);
      await stage.mustCall("DEL", sandbox);
    },
  },
];

/** Demands that ADD passes on a `prevResult`, after a change to it. */
async function demandPassedOn(
  stage: Stage,
  change: (prevResult: JsonObject) => JsonObject,
): Promise<void> {
  const { sandbox, prevResult } = await prepare(stage);
  const given = { sandbox, prevResult: change({ ...prevResult, dns: DNS }) };
  const { result } = await attachPrepared(stage, given);
  const { changes = [] } = stage.subject.profile ?? {};
  for (const key of ["interfaces", "ips", "routes", "dns"] as const) {
    const [before, after] = [given.prevResult, result].map((one) =>
      JSON.stringify(sortKeys(one[key] ?? [])).replace(/^\{\}$/, "[]")
    );
    demand(
      changes.includes(key) || before === after,
      `prevResult's "${key}" became another:\n- ${before}\n+ ${after}`,
    );
  }
  const names = namesIn(result);
  for (const [at, name] of namesIn(given.prevResult).entries()) {
    demand(
      names[at] === name,
      `Interface ${at} of prevResult is ${name}, of the result ${names[at]}`,
    );
  }
}

const DNS: JsonObject = {
  nameservers: ["10.90.0.53", "fd00:90::53"],
  domain: "example.org",
  search: ["b.example.org", "a.example.org"],
  options: ["ndots:2"],
};

function namesIn({ interfaces }: JsonObject): readonly Json[] {
  return (interfaces as readonly JsonObject[] ?? [])
    .map(({ name }) => name ?? null);
}

/** The same the other way round, with indexes that still fit. */
function reversed(result: JsonObject): JsonObject {
  const last = namesIn(result).length - 1;
  const turned = Object.entries(result).reverse().map(([key, value]) => {
    if (!Array.isArray(value)) return [key, value];
    const list = value.toReversed().map((item: Json) =>
      isJsonObject(item) && typeof item.interface === "number"
        ? { ...item, interface: last - item.interface }
        : item
    );
    return [key, list];
  });
  return Object.fromEntries(turned);
}

/** With an interface of another kind and a route with all attributes. */
function withNewerKeys(result: JsonObject): JsonObject {
  const { interfaces = [], routes = [] } = result as {
    readonly interfaces?: readonly JsonObject[];
    readonly routes?: readonly JsonObject[];
  };
  const other = {
    name: "other0",
    mac: "02:00:5e:10:00:2b",
    mtu: 1400,
    sandbox: "/run/netns/other",
    socketPath: "/run/other.sock",
    pciID: "0000:00:1f.6",
  };
  const route = {
    dst: "198.51.100.0/24",
    mtu: 1400,
    advmss: 1300,
    priority: 50,
    table: 101,
    scope: 253,
  };
  return {
    ...result,
    interfaces: [...interfaces, other],
    routes: [...routes, route],
  };
}
