import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { type Profile, Skip } from "../suite/mod.ts";
import { openStage, type StageOptions } from "./stage_linux.ts";

const isRoot = Deno.build.os === "linux" && Deno.uid() === 0;

function stageTest(name: string, fn: () => Promise<void>): void {
  const title = isRoot ? name : `${name} [skipped: needs root on Linux]`;
  Deno.test({ name: title, ignore: !isRoot, fn });
}

const PROFILE: Profile = {
  plugin: "p",
  kind: "interface",
  config: {},
  promises: [],
};

function optionsOf(more: Partial<Profile> = {}): StageOptions {
  return {
    subject: {
      ...{ name: "p", folder: "/f", versions: ["1.1.0"] },
      profile: { ...PROFILE, ...more },
    },
    version: "1.1.0",
    path: Deno.env.get("PATH") ?? "",
    callLimitMs: 20_000,
  };
}

/** The folders of stages that are there. */
async function folders(id = ""): Promise<readonly string[]> {
  try {
    const all = await Array.fromAsync(Deno.readDir("/run/cni"));
    const start = `conformance-${id}`;
    return all.map(({ name }) => name).filter((name) => name.startsWith(start));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

stageTest(
  "openStage() draws an id of eight digits, which no other has",
  async () => {
    await using one = await openStage(optionsOf());
    await using other = await openStage(optionsOf());
    const [first, second] = [one, other].map(({ stage }) =>
      stage.names.network
    );
    assertMatch(first!, /^conformance-[0-9a-f]{8}$/);
    assertMatch(second!, /^conformance-[0-9a-f]{8}$/);
    assertEquals(first === second, false);
  },
);

stageTest(
  "openStage() does the profile's setup, and removes it all",
  async () => {
    const id = crypto.randomUUID().slice(0, 8);
    {
      await using open = await openStage({
        ...optionsOf({
          setup: ["link add {device} type veth peer name {device}p"],
          files: { "{scratch}/a.conf": "of {device}\n" },
        }),
        id,
      });
      const { host, names } = open.stage;
      const found = await host.ip(`-o link show dev ${names.device}p`);
      assertMatch(found, new RegExp(`\\b${names.device}p@${names.device}:`));
      const { stdout } = await host.run([
        "cat",
        open.stage.fill("{scratch}/a.conf"),
      ]);
      assertEquals(stdout, `of ${names.device}\n`);
      assertEquals((await folders(id)).length, 1);
      assertEquals(open.calls, []);
    }
    assertEquals(await folders(id), []);
  },
);

stageTest(
  "openStage() skips where the setup fails, and leaves nothing",
  async () => {
    const id = crypto.randomUUID().slice(0, 8);
    const options = {
      ...optionsOf({ setup: ["link add x type none-such"] }),
      id,
    };
    const error = await assertRejects(() => openStage(options), Skip);
    assertMatch(
      error.message,
      /^the setup "ip link add x type none-such" fails: \S/,
    );
    assertEquals(await folders(id), []);
  },
);

stageTest(
  "openStage() gives a container the link of a plugin before",
  async () => {
    await using open = await openStage(optionsOf());
    const sandbox = await open.stage.addSandbox();
    const previous = await open.stage.addPrevious(sandbox);
    const { interfaces } = previous as {
      interfaces: readonly { name: string; sandbox?: string }[];
    };
    assertEquals(
      interfaces.filter(({ sandbox }) => sandbox).map(({ name }) => name),
      [sandbox.ifname],
    );
    const host = interfaces.find(({ sandbox }) => !sandbox)!.name;
    assertMatch(host, /^vp[0-9a-f]{8}\d+$/);
    assertMatch(
      await open.stage.host.ip(`-o link show dev ${host}`),
      /veth|@if/,
    );
  },
);
