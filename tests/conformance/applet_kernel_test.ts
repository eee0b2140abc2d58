import { assertEquals, assertStringIncludes } from "@std/assert";
import { BIN, kernelTest, whyNot } from "../e2e/_harness.ts";
import { run } from "../e2e/_run.ts";

/** Runs the built program. */
async function conformance(...args: readonly string[]) {
  return await run([`${BIN}/cni`, "conformance", ...args]);
}

/** Makes a folder with one executable. */
async function folderWith(
  host: { readonly scratchDir: string },
  name: string,
  script: string,
): Promise<string> {
  const folder = `${host.scratchDir}/plugins`;
  await Deno.mkdir(folder, { recursive: true });
  const text = `#!/bin/sh\n${script}\n`;
  await Deno.writeTextFile(`${folder}/${name}`, text, { mode: 0o755 });
  return folder;
}

kernelTest(
  "cni conformance passes a plugin of ours, in the built program",
  async () => {
    const { status, stdout, stderr } = await conformance(
      ...["--plugin-dir", BIN, "--plugin", "loopback", "--format", "json"],
      ...["--family", "lifecycle", "--family", "interface"],
    );
    assertEquals([status, stderr], [0, ""], stdout);
    const { outcomes } = JSON.parse(stdout);
    const verdicts = outcomes.map((one: { verdict: string }) => one.verdict);
    assertEquals(verdicts.includes("passed"), true);
    assertEquals(verdicts.includes("broken"), false);
  },
  { needs: ["unshare", "mount", "find"] },
);

kernelTest(
  "cni conformance ends with 1 for a plugin that does nothing",
  async (host) => {
    const folder = await folderWith(host, "idle", "exit 0");
    const { status, stdout } = await conformance(
      ...["--plugin-dir", folder, "--family", "protocol", "--format", "tap"],
    );
    assertEquals(status, 1, stdout);
    assertStringIncludes(stdout, "not ok");
  },
  { needs: ["unshare", "mount", "find"] },
);

kernelTest(
  "cni conformance names what is wrong about a call, with status 2",
  async (host, t) => {
    const folder = await folderWith(host, "idle", "exit 0");
    const empty = `${host.scratchDir}/empty`;
    await Deno.mkdir(empty);
    const bad = `${host.scratchDir}/bad.json`;
    await Deno.writeTextFile(bad, '{"plugin": "idle", "kind": "main"}');
    const cases: Record<string, readonly [readonly string[], string]> = {
      "no such folder": [["--plugin-dir", "/nope"], "No such file"],
      "a folder without executables": [
        ["--plugin-dir", empty],
        `Cannot find plugins in ${empty}: it has no executables`,
      ],
      "a folder that cases do not see": [
        ["--plugin-dir", "/run/cni/plugins"],
        "each case has a /run/cni of its own",
      ],
      "no such plugin": [
        ["--plugin-dir", folder, "--plugin", "idel"],
        "Did you mean idle?",
      ],
      "a profile with an error": [
        ["--plugin-dir", folder, "--profile", bad],
        `Cannot use the profile ${bad}: kind is "main"`,
      ],
      "a profile that is not there": [
        ["--plugin-dir", folder, "--profile", "/nope.json"],
        "Cannot read /nope.json",
      ],
      "a folder without profiles": [
        ["--plugin-dir", folder, "--profile-dir", empty],
        "no *.json there",
      ],
      "an unknown format": [
        ["--plugin-dir", folder, "--format", "xml"],
        'unknown format: "xml"',
      ],
    };
    for (const [why, [args, message]] of Object.entries(cases)) {
      await t.step(why, async () => {
        const { status, stdout, stderr } = await conformance(...args);
        assertEquals([status, stdout], [2, ""]);
        assertStringIncludes(stderr, message);
      });
    }
  },
);

kernelTest(
  "cni conformance says what it lacks: root, namespaces",
  async (_host, t) => {
    const args = ["conformance", "--plugin-dir", BIN];
    await t.step("root", async () => {
      const words = ["setpriv", "--reuid=65534", "--clear-groups"];
      const { status, stderr } = await run([...words, `${BIN}/cni`, ...args]);
      assertEquals(status, 2);
      assertStringIncludes(stderr, "run it as root");
    });
    await t.step("namespaces", async () => {
      const words = ["setpriv", "--bounding-set=-sys_admin"];
      const { status, stderr } = await run([...words, `${BIN}/cni`, ...args]);
      assertEquals(status, 2);
      assertStringIncludes(stderr, "Cannot make network and mount namespaces");
      assertStringIncludes(stderr, "privileged");
    });
  },
  { needs: ["setpriv"] },
);

const reason = whyNot(["unshare", "mount"]);

Deno.test({
  name: "cni conformance leaves nothing when it is interrupted" +
    (reason === undefined ? "" : ` [skipped: ${reason}]`),
  ignore: reason !== undefined,
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "cnitest-interrupt-" });
    try {
      // It notes the stage's folder and its own id, and stays.
      const note = `${folder}/note`;
      const text = `#!/bin/sh
[ "$CNI_COMMAND" = ADD ] || exit 1
echo $$ $(echo /run/cni/*) >${note}.new && mv ${note}.new ${note}
sleep 600
`;
      const bin = `${folder}/bin`;
      await Deno.mkdir(bin);
      await Deno.writeTextFile(`${bin}/slow`, text, { mode: 0o755 });
      const child = new Deno.Command(`${BIN}/cni`, {
        args: [
          ...["conformance", "--plugin-dir", bin, "--stages", "1"],
          ...["--case", "protocol/ifname-unusable"],
        ],
        stdout: "null",
        stderr: "piped",
      }).spawn();
      const [pid = "", scratchDir = ""] = (await readWhenThere(note)).split(
        /\s/,
      );
      child.kill("SIGINT");
      const { code, stderr } = await child.output();
      assertEquals(code, 130);
      assertStringIncludes(new TextDecoder().decode(stderr), "Interrupted");
      assertEquals(await isThere(scratchDir), false, scratchDir);
      // In a container whose first process adopts no orphans it stays a zombie.
      const isZombie = `grep -qs "^State:.Z" /proc/${pid}/status`;
      const words = ["sh", "-c", `kill -0 ${pid} 2>&1 && ! ${isZombie}`];
      const { status } = await run(words);
      assertEquals(status, 1);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** Waits for a file, as long as the test may take. */
async function readWhenThere(path: string): Promise<string> {
  for (;;) {
    if (await isThere(path)) return await Deno.readTextFile(path);
    await new Promise((done) => setTimeout(done, 20));
  }
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
