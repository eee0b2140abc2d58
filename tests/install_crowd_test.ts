import { assertEquals } from "@std/assert";
import { PROJECT_ROOT } from "../scripts/project.ts";
import { makeOtherBuild } from "./other_build.ts";

const BUILT = `${PROJECT_ROOT}/build/bin`;

function whyNot(): string | undefined {
  if (Deno.build.os === "windows") return "Windows has no cni install";
  try {
    Deno.statSync(`${BUILT}/cni`);
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

const reason = whyNot();
const name = "cni install again and again fails no call that runs meanwhile";
Deno.test({
  name: reason === undefined ? name : `${name} [skipped: ${reason}]`,
  ignore: reason !== undefined,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "cni-install-" });
    try {
      const builds = [BUILT, await makeOtherBuild(BUILT, `${folder}/other`)];
      const bin = `${folder}/bin`;
      const places = [`--bin-dir=${bin}`, `--prefix=${folder}/usr`];
      const install = async (from: string) => {
        const said = await run(`${from}/cni`, ["install", ...places]);
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
