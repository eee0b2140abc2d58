import { assertEquals } from "@std/assert";
import type { DaemonStatus, Silence } from "../resident/ask_daemon.ts";
import type { Installation } from "./examine_installation.ts";
import { examineResident } from "./examine_resident.ts";

const WELL: Installation = {
  folder: "/b",
  isResident: true,
  notShim: [],
  isSameBuild: true,
  diagnoses: [],
};

const TOLD: DaemonStatus = {
  ...{ buildId: "b1", pid: 7, uptimeMs: 125_000 },
  ...{ running: 0, waiting: 0, maxCalls: 16, calls: [], declined: {} },
};

/** What is said, as `status text`. */
async function examine(
  installation: Partial<Installation>,
  told: DaemonStatus | Silence,
): Promise<readonly string[]> {
  const found = await examineResident([{ ...WELL, ...installation }], {
    socket: "/s",
    buildId: "b1",
    ask: () => Promise.resolve(told),
  });
  return found.map(({ status, text }) => `${status} ${text}`);
}

Deno.test("examineResident() says how shims and daemon are", async (t) => {
  const cases: Record<
    string,
    [Partial<Installation>, DaemonStatus | Silence, readonly string[]]
  > = {
    "not installed": [{ isResident: false }, "absent", []],
    "all is well": [{}, TOLD, [
      "ok daemon at /s answers, has been running for 2 min 5 s",
    ]],
    "no daemon": [{}, "absent", [
      "warning No daemon listens at /s: every call is executed",
    ]],
    "not root": [{}, "denied", [
      "warning This user may not ask the daemon at /s",
    ]],
    "it hangs": [{}, "mute", ["failure No daemon answers at /s"]],
    "another build": [{}, { ...TOLD, buildId: "b2" }, [
      "warning daemon at /s is of another build (b2): it declines all calls, " +
      "which are executed",
    ]],
    "shims of another build, and no shim": [
      { isSameBuild: false, notShim: ["bridge"] },
      TOLD,
      [
        "warning /b/cni-shim is of another build than this program",
        "warning /b/bridge is not cni-shim: its calls do not reach the daemon",
        "ok daemon at /s answers, has been running for 2 min 5 s",
      ],
    ],
  };
  for (const [why, [installation, told, expected]] of Object.entries(cases)) {
    await t.step(why, async () => {
      assertEquals(await examine(installation, told), expected);
    });
  }
});
