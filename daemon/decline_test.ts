import { assertEquals } from "@std/assert";
import { declineReason, type Identity } from "./decline.ts";
import type { ShimRequest } from "./wire.ts";

const IDENTITY: Identity = {
  buildId: "b1",
  namespaces: { net: "4:1", mnt: "4:2" },
  cwd: "/",
  programVariables: { LD_LIBRARY_PATH: "/own" },
};

Deno.test("declineReason() lets pass what containerd puts before LD_LIBRARY_PATH", async (t) => {
  const cases: Record<string, readonly [string, string | undefined]> = {
    "the daemon's own value": ["/own", undefined],
    "containerd's folder first": ["/opt/containerd/lib:/own", undefined],
    "containerd's folder alone": ["/opt/containerd/lib:", "variables"],
    "containerd's folder last": ["/own:/opt/containerd/lib:", "variables"],
    "another folder": ["/other", "variables"],
  };
  for (const [why, [value, reason]] of Object.entries(cases)) {
    await t.step(why, () => {
      const request = requestWith({ LD_LIBRARY_PATH: value });
      assertEquals(declineReason(request, IDENTITY), reason);
    });
  }
});

/** A request that differs from what the daemon is in variables only. */
function requestWith(variables: ShimRequest["variables"]): ShimRequest {
  const { buildId, namespaces, cwd } = IDENTITY;
  return {
    ...{ buildId, namespaces, cwd, variables },
    applet: "bridge",
    environment: {
      command: "ADD",
      containerId: "c1",
      netns: "/run/netns/x",
      ifname: "eth0",
      args: "",
      path: "/opt/cni/bin",
      netnsOverride: "",
    },
    forceExec: false,
    isTraced: false,
    searchPath: "/usr/bin",
    stdin: "{}",
  };
}
