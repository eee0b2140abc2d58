import { assertEquals } from "@std/assert";
import { ipStep, sysctlStep } from "./step.ts";
import { sandboxText, stepText } from "./step_text.ts";

Deno.test("stepText() writes a step as a person would type it", () => {
  const words = ["vlan", "add", "vid", 5];
  const steps = [
    ipStep("host", "test", ["link", "set", "dev", "br0", "up"]),
    { ...ipStep("host", "test", words), program: "bridge" as const },
    sysctlStep("host", "net/ipv4/ip_forward", "1"),
    ipStep("sandbox", "test", ["link", "set", "dev", "lo", "up"]),
    sysctlStep("sandbox", "net/ipv6/conf/a.b/accept_ra", "0"),
  ];
  assertEquals(steps.map((step) => stepText(step, "/run/netns/a")), [
    "ip link set dev br0 up",
    "bridge vlan add vid 5",
    "sysctl -w net/ipv4/ip_forward=1",
    "nsenter --net=/run/netns/a ip link set dev lo up",
    "nsenter --net=/run/netns/a sysctl -w net/ipv6/conf/a.b/accept_ra=0",
  ]);
});

Deno.test("sandboxText() enters the namespace", () => {
  assertEquals(sandboxText("ip link", "/n"), "nsenter --net=/n ip link");
});
