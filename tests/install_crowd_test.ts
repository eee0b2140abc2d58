import { assertEquals } from "@std/assert";
import { PROJECT_ROOT } from "../scripts/project.ts";

const BUILT = `${PROJECT_ROOT}/build/bin/cni`;

function whyNot(): string | undefined {
  if (Deno.build.os === "windows") return "Windows has no cni install";
  try {
    Deno.statSync(BUILT);
    return undefined;
  } catch {
    return "needs make build";
  }
}

const CALLERS = 8;
const REINSTALLS = 20;

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(
  program: string,
  args: readonly string[],
  { stdin = "", env = {} }: {
    readonly stdin?: string;
    readonly env?: Record<string, string>;
  } = {},
): Promise<Ended> {
  const child = new Deno.Command(program, {
    args: [...args],
    env,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const fed = writer.write(new TextEncoder().encode(stdin))
    .then(() => writer.close()).catch(() => {});
  const [{ code, stdout, stderr }] = await Promise.all([child.output(), fed]);
  const decoder = new TextDecoder();
  return {
    status: code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

/**
 * Makes another build of the portable form: the same code under another id,
 * with the folder that it is installed from.
 */
async function makeOtherBuild(folder: string): Promise<string> {
  const text = await Deno.readTextFile(BUILT);
  const [, library = ""] = /^_cni_lib=(\S+)$/m.exec(text) ?? [];
  // Compiled, it is one file: then the same build takes its own place.
  if (library === "") return BUILT;
  await Deno.mkdir(`${folder}/lib`, { recursive: true });
  for await (const { name, isFile } of Deno.readDir(library)) {
    if (!isFile) continue;
    const code = await Deno.readTextFile(`${library}/${name}`);
    const other = code.replaceAll(/"[0-9a-f]{32}"/g, `"${"f".repeat(32)}"`);
    await Deno.writeTextFile(`${folder}/lib/${name}`, other);
  }
  await Deno.writeTextFile(
    `${folder}/cni`,
    text.replace(/^_cni_lib=.*$/m, `_cni_lib='${folder}/lib'`)
      .replace(/^_cni_bin=.*$/m, `_cni_bin='${folder}'`),
    { mode: 0o755 },
  );
  return `${folder}/cni`;
}

const reason = whyNot();
const name = "cni install again and again fails no call that runs meanwhile";
Deno.test({
  name: reason === undefined ? name : `${name} [skipped: ${reason}]`,
  ignore: reason !== undefined,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "cni-install-" });
    try {
      const builds = [BUILT, await makeOtherBuild(`${folder}/other`)];
      const bin = `${folder}/bin`;
      const places = [`--bin-dir=${bin}`, `--prefix=${folder}/usr`];
      const install = async (program: string) => {
        const said = await run(program, ["install", ...places]);
        assertEquals([said.status, said.stderr], [0, ""], said.stdout);
      };
      await install(BUILT);
      let isOver = false;
      let calls = 0;
      const failed: Ended[] = [];
      const callers = Array.from({ length: CALLERS }, async (_, index) => {
        const call = CALLS[index % CALLS.length]!;
        while (!isOver) {
          const ended = await run(`${bin}/${call.plugin}`, [], {
            stdin: call.stdin,
            env: { CNI_PATH: bin, ...call.env },
          });
          calls++;
          // Leaves the installations some of the machine.
          await new Promise((resolve) => setTimeout(resolve, 50));
          if (ended.status !== 0 || !ended.stdout.includes(call.expected)) {
            failed.push(ended);
          }
        }
      });
      try {
        for (let round = 1; round <= REINSTALLS; round++) {
          await install(builds[round % builds.length]!);
        }
      } finally {
        isOver = true;
        await Promise.all(callers);
      }
      assertEquals(failed, []);
      // Every caller was at it all the time.
      assertEquals(calls >= CALLERS * 5, true, `${calls} calls`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

const ATTACHMENT = {
  CNI_CONTAINERID: "crowd",
  CNI_NETNS: "/run/netns/none",
  CNI_IFNAME: "eth0",
};

/** Calls that need nothing of the kernel, and load parts on first use. */
const CALLS = [
  {
    plugin: "static",
    env: { ...ATTACHMENT, CNI_COMMAND: "ADD" },
    stdin: JSON.stringify({
      cniVersion: "1.1.0",
      name: "n",
      type: "static",
      ipam: { type: "static", addresses: [{ address: "10.1.2.3/24" }] },
    }),
    expected: '"10.1.2.3/24"',
  },
  {
    plugin: "static",
    env: { CNI_COMMAND: "STATUS" },
    stdin: JSON.stringify({
      cniVersion: "1.1.0",
      name: "n",
      type: "static",
      ipam: { type: "static" },
    }),
    expected: "",
  },
  {
    plugin: "bridge",
    env: { CNI_COMMAND: "VERSION", CNI_TRACE: "0" },
    stdin: "",
    expected: '"supportedVersions"',
  },
  {
    plugin: "portmap",
    env: { CNI_COMMAND: "VERSION" },
    stdin: "",
    expected: '"supportedVersions"',
  },
] as const;
