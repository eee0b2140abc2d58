import { assertEquals, assertRejects } from "@std/assert";
import type { PlanContext } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { requestWith } from "../../shared/testing/mod.ts";
import { SUBNET_ENV } from "./_call.ts";
import { planFlannel } from "./plan_flannel.ts";

/** Plans a command on a node with or without the file that flanneld writes. */
async function plan(command: "ADD" | "CHECK" | "DEL", env?: string) {
  const folder = await Deno.makeTempDir();
  const types: string[] = [];
  // Nothing else of a context is used.
  const context = {
    plan: (type: string) => {
      types.push(type);
      return Promise.resolve({ acts: [{ purpose: "delegate" }] });
    },
  } as unknown as PlanContext;
  try {
    const subnetFile = `${folder}/subnet.env`;
    if (env !== undefined) await Deno.writeTextFile(subnetFile, env);
    const keys = { subnetFile, dataDir: `${folder}/data` };
    const request = requestWith(keys, { command });
    const { acts } = await planFlannel(request, context);
    return { types, purposes: acts.map(({ purpose }) => purpose) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: "planFlannel() needs the subnet file, but for a DEL",
  ignore: Deno.build.os === "windows",
  async fn(t) {
    await t.step("which is planned without", async () => {
      const expected = { types: ["bridge"], purposes: ["delegate"] };
      assertEquals(await plan("DEL"), expected);
      assertEquals(await plan("DEL", SUBNET_ENV), expected);
      assertEquals(await plan("CHECK", SUBNET_ENV), expected);
    });
    for (const command of ["ADD", "CHECK"] as const) {
      await t.step(command, async () => {
        const error = await assertRejects(() => plan(command), CniError);
        assertEquals(error.code, CniCode.TryAgainLater);
      });
    }
    await t.step("an ADD saves what it delegates, first", async () => {
      const { types, purposes } = await plan("ADD", SUBNET_ENV);
      assertEquals([types, purposes.length], [["bridge"], 2]);
      assertEquals(purposes[1], "delegate");
    });
  },
});
