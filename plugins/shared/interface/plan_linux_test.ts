import { assertEquals } from "@std/assert";
import type { PlanContext, Request } from "../../../lib/plugin/mod.ts";
import { requestWith } from "../testing/mod.ts";
import type { InterfaceConfig, InterfaceKind } from "./kind.ts";
import { planInterface } from "./plan_linux.ts";

const KIND: InterfaceKind<InterfaceConfig, void> = {
  name: "x",
  noun: "x",
  settings: { role: "main", keys: {}, check: () => {} },
  parse: () => ({ ipamType: "static" }),
  design: () => ({
    link: [],
    ready: [],
    interfaces: [{ name: "eth0", sandbox: "/n" }],
    finish: () => ({ sandbox: [] }),
  }),
  compared: () => [["its peer", "ip -j -d addr show dev p0"]],
};

/** An IPAM plugin that says which command it would do. */
const CONTEXT: PlanContext = {
  plan: (type, { command }) =>
    Promise.resolve({ acts: [{ purpose: `${command} by ${type}` }] }),
};

function planOf(call: Partial<Omit<Request, "config">>) {
  const request = requestWith({ ipam: { type: "static" } }, {
    netns: "/n",
    ...call,
  });
  return planInterface(KIND, { request, context: CONTEXT });
}

Deno.test("planInterface() plans a CHECK: the link, IPAM, its own, routes", async () => {
  assertEquals(await planOf({ command: "CHECK" }), {
    acts: [
      {
        purpose: 'compare "eth0" with prevResult',
        command: "nsenter --net=/n ip -j -d addr show",
      },
      { purpose: "CHECK by static" },
      {
        purpose: "compare its peer with prevResult",
        command: "ip -j -d addr show dev p0",
      },
      {
        purpose: "compare routes with prevResult",
        command: "nsenter --net=/n ip -j route show table all",
      },
    ],
  });
});

Deno.test("planInterface() plans a DEL without a namespace: IPAM's part alone", async () => {
  const acts = [{ purpose: "DEL by static" }];
  assertEquals(await planOf({ command: "DEL", netns: "" }), { acts });
});
