import type { PluginConfig } from "./config.ts";
import { isJsonObject, type Json } from "./json.ts";

/** What identifies an attachment within a network (CNI 1.1.0, section 2). */
export interface AttachmentId {
  /** The container's id. */
  readonly containerId: string;
  /** The interface's name in the container. */
  readonly ifname: string;
}

/** The attachments that a GC must leave alone. */
export interface ValidAttachments {
  /** All of them, in the order given. */
  readonly list: readonly AttachmentId[];
  /** Whether this attachment is one of them. */
  has(attachment: AttachmentId): boolean;
  /** Whether the container has any of them. */
  hasContainer(containerId: string): boolean;
}

const KEY = "cni.dev/valid-attachments";

/**
 * Reads `cni.dev/valid-attachments` (CNI 1.1.0, section 2, "GC").
 *
 * @returns The attachments, none of them for `null` or an empty list, or
 * `undefined` if the key is absent: then nothing is said about what is valid,
 * and nothing may be removed.
 * @throws {CniError} Code 7 if the list is not as it should be.
 */
export function validAttachmentsOf(
  { fields }: PluginConfig,
): ValidAttachments | undefined {
  if (!fields.has(KEY)) return undefined;
  const list = (fields.list(KEY) ?? []).map((value, index) => {
    // As runtimes write it; there may be tens of thousands.
    const known = asWritten(value);
    if (known !== undefined) return known;
    const item = fields.fieldsAt(KEY, index);
    const containerId = item.string("containerID");
    const ifname = item.string("ifname");
    if (!containerId) throw item.invalid("containerID", "a container's id");
    if (!ifname) throw item.invalid("ifname", "an interface's name");
    return { containerId, ifname };
  });
  const ifnames = new Map<string, string[]>();
  for (const { containerId, ifname } of list) {
    const others = ifnames.get(containerId);
    if (others === undefined) ifnames.set(containerId, [ifname]);
    else others.push(ifname);
  }
  return {
    list,
    has: ({ containerId, ifname }) =>
      ifnames.get(containerId)?.includes(ifname) ?? false,
    hasContainer: (containerId) => ifnames.has(containerId),
  };
}

function asWritten(value: Json): AttachmentId | undefined {
  if (!isJsonObject(value)) return undefined;
  const { containerID: containerId, ifname } = value;
  return typeof containerId === "string" && containerId !== "" &&
      typeof ifname === "string" && ifname !== ""
    ? { containerId, ifname }
    : undefined;
}
