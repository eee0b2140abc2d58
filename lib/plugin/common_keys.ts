import type { LegacyKey } from "./keys.ts";

/** A route, as IPAM plugins take it in `routes`. */
export const ROUTE_KEY: LegacyKey = {
  type: "object",
  summary: "A route in the container",
  keys: {
    dst: {
      type: "string",
      summary: "The destination: 0.0.0.0/0",
      isRequired: true,
      format: "cidr",
    },
    gw: { type: "string", summary: "The next hop", format: "address" },
    mtu: { type: "integer", summary: "In bytes", min: 0 },
    advmss: { type: "integer", summary: "In bytes", min: 0 },
    priority: { type: "integer", summary: "A lower one is preferred", min: 0 },
    table: { type: "integer", summary: "A routing table's number", min: 0 },
    scope: { type: "integer", summary: "0 global, 253 link, 254 host", min: 0 },
  },
};

/** Name resolution, in a configuration and in a result. */
export const DNS_KEY: LegacyKey = {
  type: "object",
  summary: "Name resolution in the container",
  keys: {
    nameservers: {
      type: "list",
      summary: "Name servers, the preferred one first",
      items: { type: "string", summary: "An address" },
    },
    domain: { type: "string", summary: "The local domain" },
    search: {
      type: "list",
      summary: "Domains to complete short names with",
      items: { type: "string", summary: "A domain" },
    },
    options: {
      type: "list",
      summary: "Options of the resolver",
      items: { type: "string", summary: "As in resolv.conf: ndots:5" },
    },
  },
};
