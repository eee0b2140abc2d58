import {
  formatAddress,
  formatCidr,
  parseAddress,
  parseCidr,
} from "../net/mod.ts";
import type { Dns, Route } from "../spec/mod.ts";
import type { Key, KeyValues } from "./key.ts";
import {
  fieldsKey,
  integerKey,
  listKey,
  mappedKey,
  type NestFacts,
  parsedKey,
  stringKey,
} from "./key_kinds.ts";

/** The keys of `dns`. */
export type DnsKeys = Readonly<{
  nameservers: Key<readonly string[] | undefined>;
  domain: Key<string | undefined>;
  search: Key<readonly string[] | undefined>;
  options: Key<readonly string[] | undefined>;
}>;

/** Makes the keys of `dns`: not every plugin needs them. */
export function dnsKeys(): DnsKeys {
  return {
    nameservers: textsKey(
      "Name servers, the preferred one first",
      "An address",
    ),
    domain: stringKey({ description: "The local domain" }),
    search: textsKey("Domains to complete short names with", "A domain"),
    options: textsKey(
      "Options of the resolver, as in resolv.conf: `ndots:5`",
      "An option",
    ),
  };
}

/** The values of {@linkcode dnsKeys}. */
export type DnsValues = KeyValues<DnsKeys>;

/** Name resolution, in a configuration. */
export function dnsKey(facts: NestFacts): Key<Dns | undefined> {
  return mappedKey(fieldsKey(dnsKeys(), facts), toDns);
}

/** Those values that say something. */
export function toDns(values: DnsValues): Dns {
  const { nameservers, domain, search, options } = values;
  return {
    ...(nameservers?.length ? { nameservers } : {}),
    ...(domain === undefined ? {} : { domain }),
    ...(search?.length ? { search } : {}),
    ...(options?.length ? { options } : {}),
  };
}

/** Routes in the container, in a configuration. */
export function routesKey(
  facts: NestFacts,
): Key<readonly Route[] | undefined> {
  const route = fieldsKey(routeKeys(), {
    description: "A route in the container",
  });
  const holds = "list of routes";
  return listKey(mappedKey(route, toRoute), { holds, ...facts });
}

/** What the kernel has room for. */
const UINT32 = { min: 0, max: 0xffffffff } as const;

function routeKeys() {
  return {
    dst: parsedKey(
      {
        description: "The destination",
        isRequired: true,
        isEmptyValue: true,
        holds: "address/length",
        example: "0.0.0.0/0",
      },
      "an address with its prefix length, such as 10.0.0.1/24",
      (text) => formatCidr(parseCidr(text)),
    ),
    gw: parsedKey(
      {
        description: "The next hop. Absent: the gateway of the destination's " +
          "family",
        holds: "address",
      },
      "an address such as 10.0.0.1",
      (text) => formatAddress(parseAddress(text)),
    ),
    mtu: integerKey({ description: "In bytes; 0 is the link's", ...UINT32 }),
    advmss: integerKey({
      description:
        "The largest segment to tell TCP peers, in bytes; 0 is the " +
        "kernel's choice",
      ...UINT32,
    }),
    priority: integerKey({
      description: "A route of a lower one is preferred; 0 is the kernel's " +
        "default",
      ...UINT32,
    }),
    table: integerKey({
      description: "The number of the routing table that it goes to",
      defaultText: "the main table",
      ...UINT32,
    }),
    scope: integerKey({
      description: "How far the destination is: 0 global, 253 link, 254 host",
      min: 0,
      // 255 is nowhere, which the kernel takes for no route.
      max: 254,
    }),
  } satisfies Readonly<Record<keyof Route, Key>>;
}

/** A route as results have it: some numbers of 0 are the same as absent. */
function toRoute(
  { dst, gw, mtu, advmss, priority, table, scope }: KeyValues<
    ReturnType<typeof routeKeys>
  >,
): Route {
  return {
    dst,
    ...(gw === undefined ? {} : { gw }),
    ...(mtu ? { mtu } : {}),
    ...(advmss ? { advmss } : {}),
    ...(priority ? { priority } : {}),
    ...(table === undefined ? {} : { table }),
    ...(scope === undefined ? {} : { scope }),
  };
}

/** A list of texts, of which each may be empty. */
function textsKey(
  description: string,
  item: string,
): Key<readonly string[] | undefined> {
  const text = stringKey({ description: item, isEmptyValue: true });
  return listKey(text, { description, holds: "list of strings" });
}
