import type { JsonObject } from "../../lib/spec/mod.ts";

/** What a plugin may do in a chain. */
export const KINDS = ["interface", "ipam", "chained"] as const;

/** What a plugin does in a chain. */
export type PluginKind = typeof KINDS[number];

/** What a profile may say that a plugin does beyond the specification's MUSTs. */
export const PROMISES = [
  /** CHECK notices a changed link. */
  "check-link",
  /** CHECK notices an address that is gone. */
  "check-address",
  /** CHECK notices a route that is gone. */
  "check-route",
  /** GC frees what belongs to no valid attachment. */
  "gc",
  /** STATUS fails when an ADD could not be served. */
  "status",
  /** A failed ADD leaves nothing behind. */
  "rollback",
  /** The container's interface has the configured `mtu`. */
  "mtu",
  /** The interface gets the MAC address that was asked for. */
  "mac",
  /** A second ADD of the same attachment succeeds. */
  "add-twice",
  /** The addresses go through the plugin named in `ipam`. */
  "ipam",
  /** The container reaches the gateways of its addresses. */
  "gateway",
] as const;

/** One of {@linkcode PROMISES}. */
export type Promised = typeof PROMISES[number];

/**
 * What cases for a type of plugin must know: a JSON file, `PLUGIN.json`. In its
 * texts `{network}`, `{bridge}`, `{device}`, `{dataDir}`, `{scratch}` and
 * `{ifname}` stand for values that each stage makes unique.
 */
export interface Profile {
  /** The plugin's name. */
  readonly plugin: string;
  readonly kind: PluginKind;
  /** One sentence for the report. */
  readonly about?: string;
  /** The plugin's keys, besides `cniVersion`, `name` and `type`. */
  readonly config: JsonObject;
  /** What is passed as `runtimeConfig`. */
  readonly runtimeConfig?: JsonObject;
  /** `CNI_ARGS` of its calls. */
  readonly args?: string;
  /** What it promises. */
  readonly promises: readonly Promised[];
  /** Programs that must be installed, and kinds of links that the kernel must have. */
  readonly needs?: {
    readonly programs?: readonly string[];
    readonly links?: readonly string[];
  };
  /**
   * What each stage sets up in its host before a call, as words for `ip`:
   * `["link add {device} type veth peer name {device}p"]`.
   */
  readonly setup?: readonly string[];
  /**
   * What each stage writes before a call, by paths that begin with `{scratch}/`:
   * `{ "{scratch}/subnet.env": "FLANNEL_MTU=1400\n" }`.
   */
  readonly files?: Readonly<Record<string, string>>;
  /**
   * Configurations, keys over {@linkcode config}, that must be refused, by what
   * is wrong with them; for the robustness cases.
   */
  readonly refused?: Readonly<Record<string, JsonObject>>;
  /**
   * The interface that it adjusts where others make one, and `CNI_IFNAME` of
   * its calls: `lo`.
   */
  readonly ifname?: string;
  /** Its configuration serves one attachment at a time, as with a device. */
  readonly exclusive?: boolean;
  /** Links that DEL leaves in the host for other attachments: `{bridge}`. */
  readonly shared?: readonly string[];
  /** What an IPAM plugin must answer to {@linkcode config}. */
  readonly answers?: Answers;
  /** For an IPAM plugin that chooses addresses. */
  readonly pool?: Pool;
  /** How an IPAM plugin is asked for an address, and for which. */
  readonly requests?: {
    readonly by: readonly RequestedBy[];
    /** With its length, as in `ips[].address`; one of the pool if there is one. */
    readonly address: string;
    /** Another one, for cases with two. */
    readonly other: string;
  };
  /** What a chained plugin does; each is put to the test by itself. */
  readonly effects?: readonly Effect[];
  /** Keys of the result that a chained plugin changes: `interfaces`. */
  readonly changes?: readonly (typeof CHANGES[number])[];
}

/** What an IPAM plugin must answer, apart from the addresses. */
export interface Answers {
  /** Networks, one for each address of the result, in order. */
  readonly subnets: readonly string[];
  /** Gateways, in the same order. */
  readonly gateways?: readonly string[];
  readonly routes?: readonly JsonObject[];
  readonly dns?: JsonObject;
}

/** A small pool, to be drained. */
export interface Pool {
  /** Keys over the configuration that make it so small. */
  readonly config: JsonObject;
  /** How many addresses it has for containers. */
  readonly size: number;
  /** Addresses that no container may get: gateway, network, broadcast. */
  readonly reserved: readonly string[];
}

/** The ways to ask for an address (CNI conventions). */
export const REQUESTED_BY = [
  "CNI_ARGS",
  "args.cni.ips",
  "runtimeConfig.ips",
] as const;

/** One of {@linkcode REQUESTED_BY}. */
export type RequestedBy = typeof REQUESTED_BY[number];

/** The keys of a result that a chained plugin may change. */
export const CHANGES = ["interfaces", "ips", "routes", "dns"] as const;

/**
 * Something that ADD of a chained plugin brings about and DEL undoes. In its
 * texts `{hostIfname}`, `{ifname}`, `{address4}`, `{address6}`, `{containerId}`
 * and `{netns}` stand for those of the attachment besides what stands for
 * something in every text of a profile.
 */
export interface Effect {
  /** What it is, to follow "there is": `a rule that forwards the port`. */
  readonly what: string;
  /** Where to look for it. */
  readonly place: "host" | "container";
  /** A script for `sh` whose output shows it. */
  readonly look: string;
  /** A regular expression that the output matches while it is there. */
  readonly shows: string;
  /** Whether it outlives DEL, by design. */
  readonly stays?: boolean;
  /** A script for `sh` that takes it away, which CHECK must notice. */
  readonly tamper?: string;
}
