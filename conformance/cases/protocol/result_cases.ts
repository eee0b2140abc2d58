import { parseAddress, parseCidr } from "../../../lib/net/mod.ts";
import {
  isJsonObject,
  type Json,
  type JsonObject,
  versionsFrom,
} from "../../../lib/spec/mod.ts";
import { type Case, demand, Violation, whyUnusable } from "../../suite/mod.ts";
import { attach } from "../steps/mod.ts";

/** Cases about the result of ADD, for each version. */
export const RESULT_CASES: readonly Case[] = [
  {
    id: "protocol/result-version",
    clause: {
      section: 'CNI 1.1.0, section 5, "ADD Success"',
      level: "MUST",
      requirement: "cniVersion of a result is that of the configuration",
      versions: versionsFrom("0.3.0"),
    },
    isPerVersion: true,
    skip: whyUnusable,
    run: async (stage) => {
      const { result } = await attach(stage);
      demand(
        result.cniVersion === stage.version,
        `cniVersion is ${JSON.stringify(result.cniVersion)}: expected ` +
          `"${stage.version}"`,
      );
    },
  },
  shapeCase("protocol/result-ip4-ip6", {
    section: 'CNI 0.2.0, "Result"',
    requirement: "A result has addresses in ip4 and ip6, each with ip in " +
      "CIDR notation, and gateway and routes that can be read",
    versions: ["0.1.0", "0.2.0"],
    look: demandOldest,
  }),
  shapeCase("protocol/result-versioned-ips", {
    section: 'CNI 0.4.0, "Result"',
    requirement: 'Each of ips has version "4" or "6" and an address of that ' +
      "family in CIDR notation; interfaces, routes and indices can be read",
    versions: ["0.3.0", "0.3.1", "0.4.0"],
    look: (result) => {
      demandLists(result);
      listOf(result, "ips").forEach(demandFamily);
    },
  }),
  shapeCase("protocol/result-ips", {
    section: 'CNI 1.1.0, section 5, "ADD Success"',
    requirement: "Each of interfaces has a name, each of ips an address in " +
      "CIDR notation and an index that there is, each of routes a dst",
    versions: versionsFrom("1.0.0"),
    look: demandLists,
  }),
];

function shapeCase(
  id: string,
  { section, requirement, versions, look }: {
    readonly section: string;
    readonly requirement: string;
    readonly versions: readonly string[];
    readonly look: (result: JsonObject) => void;
  },
): Case {
  return {
    id,
    clause: { section, level: "MUST", requirement, versions },
    isPerVersion: versions.includes("0.1.0"),
    skip: whyUnusable,
    run: async (stage) => look((await attach(stage)).result),
  };
}

function demandOldest(result: JsonObject): void {
  demand(!("ips" in result), "ips is there, which this version does not know");
  const isThere = "ip4" in result || "ip6" in result;
  demand(isThere, "There is neither ip4 nor ip6");
  for (const key of ["ip4", "ip6"]) {
    const value = result[key];
    if (value === undefined) continue;
    demand(isJsonObject(value), `${key} is no object`);
    const family = readCidr(value.ip, `${key}.ip`);
    demand(key === `ip${family}`, `${key}.ip is of the other family`);
    readGateway(value.gateway, `${key}.gateway`);
    listOf(value, "routes").forEach(demandRoute);
  }
}

function demandLists(result: JsonObject): void {
  const interfaces = listOf(result, "interfaces");
  interfaces.forEach(({ name, mac, sandbox }, index) => {
    const at = `interfaces[${index}]`;
    demand(typeof name === "string" && name !== "", `${at} has no name`);
    demand(isText(mac), `${at}.mac is no text`);
    demand(isText(sandbox), `${at}.sandbox is no text`);
  });
  listOf(result, "ips").forEach((ip, index) => {
    const at = `ips[${index}]`;
    readCidr(ip.address, `${at}.address`);
    readGateway(ip.gateway, `${at}.gateway`);
    const { interface: place } = ip;
    if (place === undefined) return;
    const isIndex = Number.isInteger(place) && Number(place) >= 0 &&
      Number(place) < interfaces.length;
    demand(isIndex, `${at}.interface is ${place}, which there is not`);
  });
  listOf(result, "routes").forEach(demandRoute);
}

function demandFamily(ip: JsonObject, index: number): void {
  const at = `ips[${index}]`;
  const family = readCidr(ip.address, `${at}.address`);
  demand(
    ip.version === String(family),
    `${at}.version is ${JSON.stringify(ip.version)}: expected "${family}"`,
  );
}

function demandRoute({ dst, gw }: JsonObject, index: number): void {
  readCidr(dst, `routes[${index}].dst`);
  readGateway(gw, `routes[${index}].gw`);
}

function isText(value: Json | undefined): boolean {
  return value === undefined || typeof value === "string";
}

function listOf(object: JsonObject, key: string): readonly JsonObject[] {
  const value = object[key] ?? [];
  demand(Array.isArray(value), `${key} is no list`);
  return value.map((item, index) => {
    if (isJsonObject(item)) return item;
    throw new Violation(`${key}[${index}] is no object`);
  });
}

function readCidr(value: Json | undefined, name: string): 4 | 6 {
  try {
    return parseCidr(String(value)).address.family;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const found = JSON.stringify(value);
    throw new Violation(`${name} is ${found}: expected CIDR notation`);
  }
}

function readGateway(value: Json | undefined, name: string): void {
  if (value === undefined || value === "") return;
  try {
    parseAddress(String(value));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const found = JSON.stringify(value);
    throw new Violation(`${name} is ${found}: expected an address`);
  }
}
