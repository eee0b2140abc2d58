import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { readHostFile } from "../../../lib/state/mod.ts";
import {
  parseSubnetEnv,
  type SubnetEnv,
  subnetFileError,
} from "./subnet_env.ts";

/**
 * Reads the file that flanneld writes.
 *
 * @throws {CniError} Code 11 if it is not there, since flanneld may be about
 * to write it; code 5 if it cannot be read; code 7 if it is not as it should
 * be, or is outside the program's permissions.
 */
export function readSubnetFile(path: string): SubnetEnv {
  return parseSubnetEnv(read(path), path);
}

function read(path: string): string {
  try {
    return readHostFile(path, { key: "subnetFile" });
  } catch (cause) {
    if (!(cause instanceof CniError) || cause.code !== CniCode.IoFailure) {
      throw cause;
    }
    if (!(cause.cause instanceof Deno.errors.NotFound)) {
      const reason = `${cause.message}: ${cause.details}`;
      throw subnetFileError(cause.code, reason, {
        details: `subnetFile is "${path}": make it a file that this program ` +
          "may read",
        cause,
      });
    }
    const reason = `open ${path}: no such file or directory`;
    throw subnetFileError(CniCode.TryAgainLater, reason, {
      details:
        "flanneld writes it once it has a lease: wait for it, and check " +
        "the flannel pod log for this node; if it writes another file, name " +
        "that by subnetFile",
      cause,
    });
  }
}
