import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { CniCode, CniError } from "../spec/mod.ts";
import { tryFileLock } from "../state/mod.ts";
import {
  ATTACHMENT,
  testNetwork,
  type TestRuntime,
  testRuntime,
} from "./_testing.ts";
import { Runtime } from "./runtime.ts";

const NETWORK = testNetwork(["slow"]);

/** A plugin that writes down what it does, and ends an ADD when it is told. */
const SLOW = (folder: string) => `
say() { echo "$CNI_COMMAND $CNI_CONTAINERID $1" >>${folder}/log; }
say begins
if [ "$CNI_COMMAND" = GC ]; then cat >${folder}/gc; fi
[ "$CNI_COMMAND" = ADD ] || exit 0
i=0
while [ ! -e ${folder}/go ] && [ $i -lt 500 ]; do sleep 0.02; i=$((i+1)); done
say ends
echo '{"cniVersion":"1.1.0"}'
`;

/** A runtime with the plugin "slow", on a system that has \`sh\`. */
function slowTest(name: string, fn: (test: TestRuntime) => Promise<void>) {
  Deno.test({
    name,
    ignore: Deno.build.os === "windows",
    async fn() {
      using test = testRuntime([]);
      test.addScript("slow", SLOW(test.folder));
      await fn(test);
    },
  });
}

const logOf = ({ folder }: TestRuntime) =>
  readOr(`${folder}/log`).trim().split("\n");

function readOr(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

async function until(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !isSo(); i++) await pause(10);
  assertEquals(isSo(), true);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const named = (containerId: string) => ({ ...ATTACHMENT, containerId });

slowTest(
  "Runtime keeps GC apart from ADD, and what was added stays",
  async (test) => {
    const { runtime, folder } = test;
    // A second runtime is as good as a second process: the lock is the kernel's.
    const other = new Runtime({
      path: [`${folder}/bin`],
      cacheDir: test.cacheDir,
    });
    const adds = ["c1", "c2"].map((id) => runtime.add(NETWORK, named(id)));
    await until(() => logOf(test).length === 2);
    const gc = other.gc(NETWORK, []);
    await pause(60);
    const late = runtime.add(NETWORK, named("c3"));
    await pause(60);
    // Both at once; neither the GC nor the ADD behind it has begun.
    assertEquals(logOf(test).toSorted(), ["ADD c1 begins", "ADD c2 begins"]);
    Deno.writeTextFileSync(`${folder}/go`, "");
    await Promise.all([...adds, gc, late]);
    assertEquals(logOf(test).slice(4), [
      ...["GC  begins", "ADD c3 begins", "ADD c3 ends"],
    ]);
    const told =
      JSON.parse(readOr(`${folder}/gc`))["cni.dev/valid-attachments"];
    assertEquals(
      told.map(({ containerID }: { containerID: string }) => containerID)
        .sort(),
      ["c1", "c2"],
    );
    const left = runtime.cachedAttachments().map(({ containerId }) =>
      containerId
    );
    assertEquals(left, ["c1", "c2", "c3"]);
  },
);

slowTest(
  "Runtime.gc() asks for the list once it knows what is new",
  async (test) => {
    const { runtime, folder } = test;
    Deno.writeTextFileSync(`${folder}/go`, "");
    for (const id of ["old", "again"]) await runtime.add(NETWORK, named(id));
    await runtime.gc(NETWORK, async () => {
      await runtime.del(NETWORK, named("again"));
      for (const id of ["again", "new"]) await runtime.add(NETWORK, named(id));
      return [];
    });
    const left = runtime.cachedAttachments().map(({ containerId }) =>
      containerId
    );
    assertEquals(left, ["again", "new"]);
    await runtime.gc(NETWORK, []);
    assertEquals(runtime.cachedAttachments(), []);
  },
);

slowTest(
  "A runtime within a plugin does not wait for its own caller",
  async (test) => {
    const { runtime, folder, cacheDir } = test;
    const path = `${cacheDir}/.locks/net1`;
    Deno.writeTextFileSync(`${folder}/go`, "");
    test.addScript(
      "slow",
      `printf %s "$CNI_NETWORK_LOCKS" >${folder}/locks
echo '{"cniVersion":"1.1.0"}'`,
    );
    await runtime.add(NETWORK, ATTACHMENT);
    assertEquals(readOr(`${folder}/locks`), `shared ${path}\n`);
    await runtime.gc(NETWORK, []);
    assertEquals(readOr(`${folder}/locks`), `exclusive ${path}\n`);
    // As a plugin's own runtime sees it, while the caller is at work.
    const within = async (mode: string, act: () => Promise<unknown>) => {
      using _held = tryFileLock(
        path,
        mode === "shared" ? "shared" : "exclusive",
      );
      using _door = tryFileLock(`${path}~door`, "exclusive");
      Deno.env.set("CNI_NETWORK_LOCKS", `${mode} ${path}\n`);
      try {
        return await act();
      } finally {
        Deno.env.delete("CNI_NETWORK_LOCKS");
      }
    };
    await within("shared", () => runtime.add(NETWORK, named("c1")));
    await within("exclusive", () => runtime.del(NETWORK, named("c1")));
    await within("exclusive", () => runtime.gc(NETWORK, []));
    const error = await assertRejects(
      () => within("shared", () => runtime.gc(NETWORK, [])),
      CniError,
    );
    assertEquals(error.code, CniCode.TryAgainLater);
    assertStringIncludes(error.details, "do it when the attachment is made");
  },
);

slowTest("Runtime does not wait for a caller that has ended", async (test) => {
  const { runtime, folder, cacheDir } = test;
  Deno.writeTextFileSync(`${folder}/go`, "");
  Deno.env.set("CNI_NETWORK_LOCKS", `exclusive ${cacheDir}/.locks/net1\n`);
  try {
    const add = runtime.add(NETWORK, ATTACHMENT);
    const isFree = tryFileLock(`${cacheDir}/.locks/net1`, "exclusive");
    assertEquals(isFree, undefined);
    await add;
  } finally {
    Deno.env.delete("CNI_NETWORK_LOCKS");
  }
});

slowTest(
  "Runtime gives up waiting for a lock when it is told to",
  async (test) => {
    const { runtime, folder, cacheDir } = test;
    Deno.writeTextFileSync(`${folder}/go`, "");
    await runtime.add(NETWORK, ATTACHMENT);
    using _held = tryFileLock(`${cacheDir}/.locks/net1`, "exclusive");
    const signal = AbortSignal.timeout(50);
    const error = await assertRejects(
      () => runtime.del(NETWORK, ATTACHMENT, { signal }),
      CniError,
    );
    assertEquals(error.code, CniCode.TryAgainLater);
    assertEquals(error.message, 'Cannot lock network "net1"');
    // Networks do not wait for each other.
    await runtime.add(testNetwork(["slow"], { name: "net2" }), ATTACHMENT);
  },
);

slowTest("Runtime works without locks, and says so once", async (test) => {
  const { runtime, folder, cacheDir } = test;
  Deno.writeTextFileSync(`${folder}/go`, "");
  Deno.mkdirSync(cacheDir);
  Deno.writeTextFileSync(`${cacheDir}/.locks`, "not a folder");
  await runtime.check(NETWORK, ATTACHMENT).catch(() => {});
  assertEquals(test.warnings, []);
  await runtime.add(NETWORK, ATTACHMENT);
  await runtime.gc(NETWORK, []);
  await runtime.del(NETWORK, ATTACHMENT);
  assertEquals(test.warnings.length, 1);
  assertStringIncludes(
    test.warnings[0]!,
    `Networks cannot be locked, so do not run GC beside ADD or DEL: `,
  );
});
