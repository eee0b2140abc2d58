import { parseAddress, parseCidr, parseMac } from "../lib/net/mod.ts";
import type { Attachment, NetworkConfig } from "../lib/runtime/mod.ts";
import type { Json, JsonObject } from "../lib/spec/mod.ts";
import { type Flag, UsageError, type Words } from "../terminal/mod.ts";
import { parsePort } from "./parse_port.ts";

/** What an attachment may be asked to be. */
export interface AttachmentOptions {
  /** Addresses, with or without a prefix length. */
  readonly ips: readonly string[];
  readonly mac?: string;
  /** Entries of the capability `portMappings`. */
  readonly ports: readonly JsonObject[];
}

/** What {@linkcode readOptions} reads. */
export const OPTION_FLAGS: readonly Flag[] = [
  {
    name: "ip",
    value: "ADDRESS",
    repeats: true,
    summary: "ask for this address; again for the other family",
  },
  {
    name: "mac",
    value: "ADDRESS",
    summary: "give the interface this hardware address",
  },
  {
    name: "port",
    short: "p",
    value: "PORTS",
    repeats: true,
    summary: "[IP:]HOST:PORT[/tcp], from host to container",
  },
];

/** The values that plugins take by `CNI_ARGS` and `runtimeConfig`. */
type Arguments = Pick<Attachment, "args" | "capabilityArgs">;

/**
 * Reads what the interface is to be.
 *
 * @throws {UsageError} If a value has another form.
 */
export function readOptions(words: Words): AttachmentOptions {
  const mac = words.value("mac");
  return {
    ips: words.values("ip").map(checkIp),
    ...(mac === undefined ? {} : { mac: checkMac(mac) }),
    ports: words.values("port").map(parsePort),
  };
}

/**
 * Puts options where the network's plugins look for them: under the capability
 * that one of them declares, else, for an address, in `CNI_ARGS`.
 *
 * @param base What is given already.
 * @throws {UsageError} If no plugin takes them.
 */
export function withOptions(
  { args = [], capabilityArgs = {} }: Arguments,
  network: NetworkConfig,
  { ips, mac, ports }: AttachmentOptions,
): Required<Arguments> {
  const declared = new Set(
    network.plugins.flatMap(({ capabilities }) => capabilities),
  );
  const pairs: [string, string][] = [];
  const values: Record<string, Json> = {};
  if (ips.length > 0 && declared.has("ips")) values.ips = ips;
  else if (ips.length > 1) throw lacks(network, "ips", "several addresses");
  else if (ips[0] !== undefined) pairs.push(["IP", ips[0]]);
  if (mac !== undefined && declared.has("mac")) values.mac = mac;
  else if (mac !== undefined) pairs.push(["MAC", mac]);
  if (ports.length > 0) {
    if (!declared.has("portMappings")) {
      throw lacks(network, "portMappings", "port mappings");
    }
    values.portMappings = ports;
  }
  // Each plugin knows but some of the names.
  if (pairs.length > 0) pairs.push(["IgnoreUnknown", "1"]);
  return {
    args: [...args, ...pairs],
    capabilityArgs: { ...capabilityArgs, ...values },
  };
}

function checkIp(text: string): string {
  try {
    if (text.includes("/")) parseCidr(text);
    else parseAddress(text);
    return text;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(
      `--ip is ${JSON.stringify(text)}: expected an address such as 10.1.0.10`,
    );
  }
}

function checkMac(text: string): string {
  try {
    return parseMac(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(
      `--mac is ${
        JSON.stringify(text)
      }: expected an address such as 02:00:00:00:00:01`,
    );
  }
}

function lacks(
  { name }: NetworkConfig,
  capability: string,
  what: string,
): UsageError {
  return new UsageError(
    `network ${
      JSON.stringify(name)
    } does not take ${what}: none of its plugins ` +
      `declares the capability ${capability}`,
  );
}
