import { assertEquals } from "@std/assert";
import { expand, placeholdersFor } from "./stage_names.ts";

const NAMES = placeholdersFor("0a1b2c3d", "/run/cni/x", undefined);

Deno.test("placeholdersFor() gives names that a kernel takes", () => {
  const { bridge, device, ifname } = NAMES;
  for (const name of [bridge, `${device}p`, ifname]) {
    assertEquals(name.length <= 15, true, name);
  }
  const loopback = placeholdersFor("0a1b2c3d", "/x", { ifname: "lo" });
  assertEquals(loopback.ifname, "lo");
});

Deno.test("expand() fills in texts all through a value", () => {
  const value = {
    bridge: "{bridge}",
    list: [["{dataDir}/a", 7], { x: "{ifname}{ifname}" }],
    other: "{containerId} {nothing}",
    nothing: null,
  };
  assertEquals(expand(value, NAMES), {
    bridge: "cb0a1b2c3d",
    list: [["/var/lib/cni/conformance-0a1b2c3d/a", 7], { x: "eth0eth0" }],
    other: "{containerId} {nothing}",
    nothing: null,
  });
});
