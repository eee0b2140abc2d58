/** Statically linked, so that a container needs nothing beside it. */
const BUSYBOX = "/bin/busybox";

/** A program of {@linkcode makeRootfs} that waits until it is killed. */
export const PAUSE: readonly string[] = ["/bin/busybox", "sleep", "1000000"];

/** Makes the files of a container: busybox alone. */
export async function makeRootfs(folder: string): Promise<void> {
  await Deno.mkdir(`${folder}/bin`, { recursive: true });
  await Deno.copyFile(BUSYBOX, `${folder}/bin/busybox`);
  await Deno.chmod(`${folder}/bin/busybox`, 0o755);
}
