import { assertEquals } from "@std/assert";
import { PROJECT_ROOT } from "./project.ts";

/** Prints its name and its words, one a line. */
const STAND_IN = `#!/bin/sh
printf '%s\\n' "\${0##*/}" "$@"
`;

const CHOWN =
  '"$@" || exit; chown -R "$(stat -c %u:%g deno.json)" .tools build release 2>/dev/null || :';

async function inContainer(
  runtime: string,
  env: Readonly<Record<string, string>> = {},
) {
  const folder = await Deno.makeTempDir();
  try {
    for (const name of ["docker", "podman", "nerdctl"]) {
      await Deno.writeTextFile(`${folder}/${name}`, STAND_IN, { mode: 0o755 });
    }
    const command = new Deno.Command(`${PROJECT_ROOT}/scripts/in_container`, {
      args: ["make", "release"],
      env: {
        PATH: `${folder}:${Deno.env.get("PATH")}`,
        RUNTIME: runtime,
        SOURCE_DATE_EPOCH: "1700000000",
        DENORT_DIR: "",
        IMAGE: "",
        ...env,
      },
    });
    const { success, stdout, stderr } = await command.output();
    const decoder = new TextDecoder();
    return {
      success,
      words: decoder.decode(stdout).trimEnd().split("\n"),
      stderr: decoder.decode(stderr),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const ignore = Deno.build.os === "windows";

Deno.test({
  name: "in_container runs a command with each runtime",
  ignore,
  async fn(t) {
    for (const runtime of ["docker", "podman", "nerdctl"]) {
      await t.step(runtime, async () => {
        const { success, words } = await inContainer(runtime);
        assertEquals(success, true);
        assertEquals(words, [
          ...[runtime, "run", "--rm", "--volume", `${PROJECT_ROOT}:/src:z`],
          ...["--workdir", "/src", "--env", "SOURCE_DATE_EPOCH=1700000000"],
          ...["docker.io/library/node:24-trixie", "sh", "-c", CHOWN, "sh"],
          ...["make", "release"],
        ]);
      });
    }
  },
});

Deno.test({
  name: "in_container passes on the runtimes' folder and takes an image",
  ignore,
  async fn() {
    const { words } = await inContainer("podman", {
      DENORT_DIR: PROJECT_ROOT,
      IMAGE: "example/image:1",
    });
    assertEquals(words.slice(9, 14), [
      ...["--volume", `${PROJECT_ROOT}:/denort:ro,z`],
      ...["--env", "DENORT_DIR=/denort", "example/image:1"],
    ]);
  },
});

Deno.test({
  name: "in_container refuses another runtime and one that is not there",
  ignore,
  async fn() {
    const other = await inContainer("rkt");
    assertEquals(other.success, false);
    assertEquals(
      other.stderr,
      'Cannot run in a container: RUNTIME is "rkt"; expected docker, podman or nerdctl\n',
    );
    const absent = await inContainer("nerdctl", { PATH: "/usr/bin:/bin" });
    assertEquals(absent.success, false);
    assertEquals(
      absent.stderr,
      "Cannot run in a container: nerdctl is not installed\n",
    );
  },
});
