import { assertEquals } from "@std/assert";
import { parseCidr } from "../../../lib/net/mod.ts";
import type { Output } from "../../../lib/linux/mod.ts";
import { fakeIp, requestWith } from "../../shared/testing/mod.ts";
import { parsePortmapConfig } from "./config.ts";
import { localnetSteps } from "./localnet_linux.ts";

/** The parameters that are set, and what was asked of ip. */
async function setFor(
  address: string,
  { snat = true, output = { stdout: '[{"dev":"cni0"}]' } }: {
    readonly snat?: boolean;
    readonly output?: Partial<Output>;
  } = {},
) {
  const asked: string[] = [];
  const target = parseCidr(address);
  const forwarding = {
    network: "net1",
    containerId: "c1",
    family: target.address.family,
    target,
    config: parsePortmapConfig(requestWith({ snat })),
  };
  const steps = await localnetSteps([forwarding], ({ program, args }) => {
    asked.push([program, ...args].join(" "));
    return Promise.resolve({ status: 0, stdout: "", stderr: "", ...output });
  });
  const set = steps.map(({ place, key, value }) => [place, key, value]);
  return { set, asked };
}

Deno.test("localnetSteps() lets the host reach IPv4 by its own address", async (t) => {
  const asked = ["ip -j route get 10.0.0.2"];
  await t.step("by the link that leads to the container", async () => {
    assertEquals(await setFor("10.0.0.2/24"), {
      set: [["host", "net/ipv4/conf/cni0/route_localnet", "1"]],
      asked,
    });
  });
  const outputs: Record<string, Partial<Output>> = {
    "without a route": { status: 2 },
    "by no link": { stdout: "[{}]" },
    "by a link that is no word": { stdout: '[{"dev":"a b"}]' },
  };
  for (const [why, output] of Object.entries(outputs)) {
    await t.step(why, async () => {
      assertEquals(await setFor("10.0.0.2/24", { output }), { set: [], asked });
    });
  }
  await t.step("not without snat, nor IPv6", async () => {
    const none = { set: [], asked: [] };
    assertEquals(await setFor("10.0.0.2/24", { snat: false }), none);
    assertEquals(await setFor("fd00::2/64"), none);
    assertEquals(await localnetSteps([], fakeIp({}).run), []);
  });
});
