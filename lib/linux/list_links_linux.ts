import { CniCode, CniError } from "../spec/mod.ts";
import { parseShown } from "./apply_linux.ts";
import { reasonOf } from "./batch.ts";
import type { Run } from "./command.ts";
import { type Link, parseLinks } from "./link.ts";

/**
 * Lists the links in the host.
 *
 * @param kind The kernel's kind of link: `veth`; all when absent.
 * @throws {CniError} Code 999 if they cannot be listed.
 */
export async function listLinks(
  run: Run,
  kind?: string,
): Promise<readonly Link[]> {
  const ofKind = kind === undefined ? [] : ["type", kind];
  const args = ["-j", "-d", "link", "show", ...ofKind];
  const { status, stdout, stderr } = await run({ program: "ip", args });
  if (status === 0) return parseShown(stdout).flatMap(parseLinks);
  throw new CniError(CniCode.Internal, "Cannot list links", {
    details: reasonOf(stderr),
  });
}
