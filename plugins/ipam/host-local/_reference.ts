import type { Reply } from "../../../lib/plugin/mod.ts";
import { callProgram, makeDataDir, type TestCall } from "./_call.ts";

/** The reference plugin, as Debian's containernetworking-plugins installs it. */
const REFERENCE = "/usr/lib/cni/host-local";

/** Calls the reference plugin. */
export function callReference(call: TestCall): Promise<Reply> {
  return callProgram(REFERENCE, call);
}

/** Registers a test that shares a data directory with the reference. */
export function sharingTest(
  title: string,
  body: (dataDir: string) => Promise<void>,
): void {
  const reason = whyNot();
  Deno.test({
    name: reason === undefined ? title : `${title} [skipped: ${reason}]`,
    ignore: reason !== undefined,
    fn: async () => {
      using dataDir = makeDataDir();
      await body(dataDir.path);
    },
  });
}

function whyNot(): string | undefined {
  if (Deno.build.os !== "linux") return "the reference is for Linux here";
  if (Deno.uid() !== 0) return "needs root";
  try {
    Deno.statSync(REFERENCE);
    return undefined;
  } catch {
    return `needs ${REFERENCE} (Debian: containernetworking-plugins)`;
  }
}
