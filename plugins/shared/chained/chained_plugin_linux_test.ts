import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CniCode, CniError, type JsonObject } from "../../../lib/spec/mod.ts";
import { requestWith } from "../testing/mod.ts";
import { defineChained } from "./chained_plugin_linux.ts";
import type { Executor } from "./executor.ts";
import { isContainerInterface } from "./is_container_interface.ts";
import { requireChained } from "./require_chained.ts";

const CONTEXT = {
  delegate: () => Promise.reject(new Error("nothing is delegated")),
  preload: () => {},
  isForeign: () => false,
  warn: () => {},
};
const PLAN_CONTEXT = { plan: CONTEXT.delegate };

/** A plugin that keeps a note of each verb that was loaded, or has acted. */
function pluginWith(log: string[]) {
  const does = (name: string) => async (_: unknown, { act }: Executor) => {
    await act([{ purpose: name }], () => log.push(`${name} acts`));
  };
  const loads = (name: string) => async () => {
    log.push(`${name} is loaded`);
    return await Promise.resolve(does(name));
  };
  return defineChained({
    settings: { role: "meta", keys: {}, check: () => {} },
    name: "noting",
    add: async (request, executor) => {
      await does("add")(request, executor);
      return { ips: [{ address: "10.0.0.2/24" }] };
    },
    del: loads("del"),
    check: loads("check"),
    status: () => () => Promise.reject(new RangeError("not now")),
    gc: () => async (_, { valid, attempts }) => {
      for (const one of ["b", "c"]) {
        await attempts.run(() => {
          log.push(`gc ${one}, ${valid.list.length} valid`);
          return Promise.reject(new Error(one));
        });
      }
    },
  });
}

Deno.test("defineChained() does and plans by the same verbs", async (t) => {
  const log: string[] = [];
  const plugin = pluginWith(log);
  const verbs = { ADD: plugin.add, DEL: plugin.del, CHECK: plugin.check };
  for (const [command, verb] of Object.entries(verbs)) {
    await t.step(command, async () => {
      const name = command.toLowerCase();
      const request = requestWith({}, { command });
      const loaded = command === "ADD" ? [] : [`${name} is loaded`];
      const plan = await plugin.plan!(request, PLAN_CONTEXT);
      assertEquals(plan.acts, [{ purpose: name }]);
      assertEquals(plan.result !== undefined, command === "ADD");
      assertEquals(log.splice(0), loaded);
      await verb(request, CONTEXT);
      assertEquals(log.splice(0), [...loaded, `${name} acts`]);
    });
  }
  await t.step("STATUS", async () => {
    await assertRejects(
      () => plugin.status!(requestWith(), CONTEXT),
      RangeError,
      "not now",
    );
  });
});

Deno.test("defineChained() collects only where the request says what is valid", async (t) => {
  const log: string[] = [];
  const { gc } = pluginWith(log);
  await t.step("nothing without a list", async () => {
    await gc!(requestWith(), CONTEXT);
    assertEquals(log, []);
  });
  await t.step("all that is stale, and reports all that failed", async () => {
    const valid = [{ containerID: "c1", ifname: "eth0" }];
    const keys: JsonObject = { "cni.dev/valid-attachments": valid };
    const error = await assertRejects(
      () => gc!(requestWith(keys), CONTEXT),
      CniError,
    );
    assertEquals(log, ["gc b, 1 valid", "gc c, 1 valid"]);
    assertEquals(error.message, "Cannot collect all that is stale");
    assertEquals(error.details, "Error: b\nError: c");
  });
});

Deno.test("requireChained() says in the plugin's words what is missing", () => {
  const words = { message: "must be chained", details: "put it last" };
  const error = assertThrows(
    () => requireChained(requestWith(), words),
    CniError,
  );
  assertEquals(error.code, CniCode.InvalidConfig);
  assertEquals([error.message, error.details], Object.values(words));
  const request = requestWith({ prevResult: { cniVersion: "1.1.0" } });
  assertEquals(typeof requireChained(request, words), "object");
});

Deno.test("isContainerInterface() tells it from one of the host", () => {
  const sandbox = "/run/netns/c1";
  assertEquals(
    [
      { name: "eth0", sandbox },
      { name: "eth1", sandbox },
      { name: "eth0" },
      { name: "eth0", sandbox: "" },
    ].map((one) => isContainerInterface(one, "eth0")),
    [true, false, false, false],
  );
});
