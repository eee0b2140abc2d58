import { assertEquals, assertRejects } from "@std/assert";
import { readNetwork, type Runtime } from "../lib/runtime/mod.ts";
import { CniError } from "../lib/spec/mod.ts";
import { attachAll } from "./attach_all.ts";

/** The targets of these networks, for one container. */
function targetsOf(...names: readonly string[]) {
  return names.map((name) => {
    const content = JSON.stringify({ cniVersion: "1.0.0", name, type: "x" });
    const file = `${name}.conf`;
    const bytes = new TextEncoder().encode(content);
    const { network } = readNetwork({ file, content: bytes }, []);
    const attachment = { containerId: "c1", netns: "/n", ifname: "eth0" };
    return { network, attachment };
  });
}

/** A runtime that notes what it does, and fails as it is told. */
function runtimeOf(failures: Readonly<Record<string, CniError>>) {
  const log: string[] = [];
  const act = (verb: string) => ({ name }: { readonly name: string }) => {
    const entry = `${verb} ${name}`;
    log.push(entry);
    const failure = failures[entry];
    return failure ? Promise.reject(failure) : Promise.resolve({});
  };
  // Nothing else of a runtime is used.
  const runtime = { add: act("add"), del: act("del") } as unknown as Runtime;
  return { runtime, log };
}

const { signal } = new AbortController();

Deno.test("attachAll() detaches what it attached before the failure", async () => {
  const failure = new CniError(7, "no");
  const { runtime, log } = runtimeOf({ "add c": failure });
  const act = () =>
    attachAll(runtime, targetsOf("a", "b", "c"), { options: {}, signal });
  assertEquals(await assertRejects(act), failure);
  assertEquals(log, ["add a", "add b", "add c", "del b", "del a"]);
});

Deno.test("attachAll() adds to the details what cannot be detached", async (t) => {
  const left = new CniError(11, "busy");
  const cases = {
    "without details": ["", `the clean-up failed too: ${left}`],
    "with details": ["why", `why; the clean-up failed too: ${left}`],
  } as const;
  for (const [why, [details, expected]] of Object.entries(cases)) {
    await t.step(why, async () => {
      const failure = new CniError(7, "no", { details });
      const { runtime } = runtimeOf({ "add b": failure, "del a": left });
      const act = () =>
        attachAll(runtime, targetsOf("a", "b"), { options: {}, signal });
      const error = await assertRejects(act, CniError, "no");
      assertEquals([error.code, error.details], [7, expected]);
      assertEquals(error.cause, failure);
    });
  }
});
