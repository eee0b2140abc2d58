import {
  type AttachmentId,
  formatJsonLine,
  type JsonObject,
  sortKeys,
} from "../spec/mod.ts";
import type { NetworkConfig, NetworkPlugin } from "./network_config.ts";

/** What a plugin is told about an attachment. */
export interface AttachmentInput {
  /** The result of the plugin before, or of the whole ADD. */
  readonly prevResult?: JsonObject | undefined;
  /** Values for capabilities, of which the plugin gets those it declares. */
  readonly capabilityArgs?: JsonObject | undefined;
}

/**
 * The configuration that a plugin gets on stdin for ADD, CHECK and DEL (CNI
 * 1.1.0, section 3 "Deriving request configuration"), without `capabilities`.
 * What the file already holds under `prevResult` or `runtimeConfig` stays unless
 * it is known better.
 */
export function attachmentInput(
  network: NetworkConfig,
  plugin: NetworkPlugin,
  { prevResult, capabilityArgs = {} }: AttachmentInput,
): string {
  const declared = Object.entries(capabilityArgs).filter(([key, value]) =>
    value !== undefined && plugin.capabilities.includes(key)
  );
  const runtimeConfig = Object.fromEntries(declared);
  return inputText(network, plugin, {
    capabilities: undefined,
    ...(prevResult === undefined ? {} : { prevResult }),
    ...(declared.length === 0 ? {} : { runtimeConfig }),
  });
}

/** The configuration that a plugin gets for STATUS. */
export function statusInput(
  network: NetworkConfig,
  plugin: NetworkPlugin,
): string {
  return inputText(network, plugin, {});
}

/**
 * The configuration that a plugin gets for GC. The attachments stand under two
 * keys, that of the specification and one that the Go library writes too.
 */
export function gcInput(
  network: NetworkConfig,
  plugin: NetworkPlugin,
  valid: readonly AttachmentId[],
): string {
  const attachments = valid.map(({ containerId, ifname }) => ({
    containerID: containerId,
    ifname,
  }));
  return inputText(network, plugin, {
    "cni.dev/attachments": attachments,
    "cni.dev/valid-attachments": attachments,
  });
}

function inputText(
  { name, cniVersion }: NetworkConfig,
  { raw }: NetworkPlugin,
  added: JsonObject,
): string {
  return formatJsonLine(
    sortKeys<JsonObject>({ ...raw, name, cniVersion, ...added }),
  );
}
