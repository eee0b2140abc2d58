import { assertEquals } from "@std/assert";
import type { Output } from "./_run.ts";

// In a container as on Debian; not by PATH, which a container need not have.
const BUSYBOX = "/bin/busybox";

/** What containers of a test need, by name: a runtime and something to run. */
export const CONTAINER_PROGRAMS = ["runc", BUSYBOX];

const APPLETS = ["cat", "httpd", "ip", "ping", "sh", "sleep", "true", "wget"];

const FOLDERS = ["bin", "dev", "etc", "proc", "run", "sys", "tmp", "www"];

/** What the server in a container answers. */
export const PAGE = "served from within";

/** Makes the root file system of containers: busybox and a page to serve. */
export function makeRootfs(folder: string): void {
  for (const name of FOLDERS) {
    Deno.mkdirSync(`${folder}/${name}`, { recursive: true });
  }
  Deno.copyFileSync(BUSYBOX, `${folder}/bin/busybox`);
  Deno.chmodSync(`${folder}/bin/busybox`, 0o755);
  for (const name of APPLETS) {
    Deno.symlinkSync("busybox", `${folder}/bin/${name}`);
  }
  Deno.writeTextFileSync(`${folder}/www/index.html`, PAGE);
}

/** The command of a container that serves the page. */
export const SERVE = ["/bin/httpd", "-f", "-p", "80", "-h", "/www"];

/** Runs words in a container, or elsewhere. */
type RunWords = (words: readonly string[]) => Promise<Output>;

/** Sees to it that an address answers a ping. */
export async function mustReach(
  run: RunWords,
  address: string,
): Promise<void> {
  const words = [BUSYBOX, "ping", "-c", "1", "-w", "10", address];
  const { status, stdout, stderr } = await run(words);
  assertEquals(status, 0, stdout + stderr);
}

/** Sees to it that the page is served; tries again while nobody listens. */
export async function mustFetch(run: RunWords, url: string): Promise<void> {
  let output = await fetchBy(run, url);
  for (let count = 0; count < 20 && output.status !== 0; count++) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    output = await fetchBy(run, url);
  }
  assertEquals(output.stdout, PAGE, `${url}: ${output.stderr}`);
}

async function fetchBy(run: RunWords, url: string): Promise<Output> {
  // Not by wget's own limit of time: Debian's busybox crashes with it.
  const words = [BUSYBOX, "timeout", "5", BUSYBOX, "wget", "-q"];
  return await run([...words, "-O", "-", url]);
}

/** What the runtimes' library has noted of attachments to a network. */
export function resultsOf(network: string): readonly string[] {
  try {
    return [...Deno.readDirSync("/var/lib/cni/results")]
      .map(({ name }) => name).filter((name) => name.startsWith(network));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

let answer: { readonly reason: string | undefined } | undefined;

/**
 * Why no container can be run here, although the programs are there, or
 * `undefined` if one can: found out by running one.
 */
export function whyNoContainers(): string | undefined {
  answer ??= { reason: tryContainer() };
  return answer.reason;
}

function tryContainer(): string | undefined {
  const folder = Deno.makeTempDirSync({ prefix: "cnitest-runc-" });
  try {
    makeRootfs(`${folder}/rootfs`);
    Deno.writeTextFileSync(`${folder}/config.json`, JSON.stringify(BUNDLE));
    const id = `cnitest-${crypto.randomUUID()}`;
    const root = ["--root", `${folder}/state`];
    const { success, stderr } = new Deno.Command("runc", {
      args: [...root, "run", "--bundle", folder, id],
      stdin: "null",
      stdout: "null",
    }).outputSync();
    if (success) return undefined;
    const [line = ""] = new TextDecoder().decode(stderr).trim().split("\n");
    return `runc cannot run a container here: ${line}`;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** A container that ends at once. */
const BUNDLE = {
  ociVersion: "1.0.2",
  process: { args: ["/bin/true"], cwd: "/", user: { uid: 0, gid: 0 } },
  root: { path: "rootfs" },
  mounts: [{ destination: "/proc", type: "proc", source: "proc" }],
  linux: {
    namespaces: ["pid", "network", "mount"].map((type) => ({ type })),
  },
};
