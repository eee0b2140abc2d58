import { assertEquals } from "@std/assert";
import { runCommand } from "../../lib/linux/mod.ts";
import { examineInstallation } from "./examine_installation.ts";

/** A folder of plugins, as `cni install` leaves it. */
async function makeFolder(
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = await Deno.makeTempDir();
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${folder}/${name}`, text, { mode: 0o755 });
  }
  const record = "echo '# version 1' >.cni-installed; " +
    "sha256sum -- * >>.cni-installed";
  await new Deno.Command("sh", { args: ["-c", record], cwd: folder }).output();
  return folder;
}

async function examine(folder: string) {
  const [found] = await examineInstallation([folder], {
    run: runCommand,
    buildId: "b1",
    plugins: ["bridge", "portmap"],
  });
  return found!;
}

function folderTest(
  name: string,
  files: Readonly<Record<string, string>>,
  fn: (folder: string) => Promise<void>,
): void {
  Deno.test({
    name,
    ignore: Deno.build.os === "windows",
    async fn() {
      const folder = await makeFolder(files);
      try {
        await fn(folder);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

const DIRECT = { cni: "cni", bridge: "launcher", portmap: "launcher" };

folderTest(
  "examineInstallation() finds what was copied over, and what is missing",
  DIRECT,
  async (folder) => {
    assertEquals((await examine(folder)).diagnoses, [{
      status: "ok",
      text: `${folder}: all 3 files are as they were installed`,
    }]);
    await Deno.writeTextFile(`${folder}/bridge`, "flannel");
    await Deno.writeTextFile(`${folder}/cni`, "flannel");
    await Deno.remove(`${folder}/portmap`);
    const found = await examine(folder);
    assertEquals(
      found.diagnoses.map(({ status, text }) => [status, text]),
      [
        [
          "warning",
          `${folder}/bridge is not what was installed: another program was ` +
          "copied over it",
        ],
        [
          "failure",
          `${folder}/cni is not what was installed: another program was ` +
          "copied over it",
        ],
        ["warning", `${folder}/portmap is missing`],
      ],
    );
    assertEquals(found.isResident, false);
  },
);

folderTest(
  "examineInstallation() finds a program that links lead to and that is none of ours",
  {},
  async (folder) => {
    await Deno.remove(`${folder}/.cni-installed`);
    const write = (text: string) =>
      Deno.writeTextFile(`${folder}/cni`, `#!/bin/sh\necho '${text}'\n`, {
        mode: 0o755,
      });
    await write("cni 1.0.0");
    await Deno.symlink("cni", `${folder}/bridge`);
    assertEquals((await examine(folder)).diagnoses, []);
    await write("CNI portmap plugin v1.9.1");
    const [found] = (await examine(folder)).diagnoses;
    assertEquals([found?.status, found?.text], [
      "failure",
      `${folder}/cni is another program, which all plugins there start: ` +
      "something was copied over a link",
    ]);
  },
);

folderTest(
  "examineInstallation() tells shims of this build from others",
  { cni: "cni", "cni-shim": "shim b1", bridge: "shim b1", portmap: "other" },
  async (folder) => {
    const { isResident, isSameBuild, notShim } = await examine(folder);
    assertEquals([isResident, isSameBuild, notShim], [true, true, ["portmap"]]);
    await Deno.writeTextFile(`${folder}/cni-shim`, "shim b2");
    assertEquals((await examine(folder)).isSameBuild, false);
  },
);
