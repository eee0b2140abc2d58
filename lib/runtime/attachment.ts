import {
  type AttachmentId,
  CniCode,
  CniError,
  formatCniArgs,
  type JsonObject,
} from "../spec/mod.ts";

/** What makes an attachment: a container, an interface, and its parameters. */
export interface Attachment extends AttachmentId {
  /** Path of the container's network namespace; may be empty for DEL. */
  readonly netns: string;
  /** Pairs for `CNI_ARGS`, in order. */
  readonly args?: readonly (readonly [key: string, value: string])[];
  /**
   * Values for capabilities, such as `portMappings`: each plugin gets those that
   * it declares.
   */
  readonly capabilityArgs?: JsonObject;
}

/**
 * The text of `CNI_ARGS` for an attachment.
 *
 * @throws {CniError} Code 4 if a key or a value holds `=` or `;`, which cannot
 * be written.
 */
export function argsText({ args = [] }: Attachment): string {
  for (const [key, value] of args) {
    if (!/[=;]/.test(key + value)) continue;
    const pair = JSON.stringify(`${key}=${value}`);
    const message = `ARGS: invalid pair ${pair}`;
    throw new CniError(CniCode.InvalidEnvironment, message, {
      details: 'a key and a value of CNI_ARGS cannot hold "=" or ";"',
    });
  }
  return formatCniArgs(args);
}
