import config from "../deno.json" with { type: "json" };

/** The checkout; absolute, without a slash at the end. */
export const PROJECT_ROOT: string = decodeURIComponent(
  new URL("..", import.meta.url).pathname.replace(/\/$/, ""),
);

/**
 * The files that programs import the library from. Together they are complete:
 * a type that one of them uses is exported by one of them.
 */
export const ENTRIES: readonly string[] = Object.values(config.exports)
  .map((file) => file.replace("./", ""));

/** Folders that hold nothing of the project's own. */
const FOREIGN = ["build", "release", "node_modules"];

/** All files of the project, relative to its root, in order. */
export async function projectFiles(): Promise<readonly string[]> {
  const found: string[] = [];
  await collect("");
  return found.sort();

  async function collect(folder: string): Promise<void> {
    for await (const entry of Deno.readDir(`${PROJECT_ROOT}/${folder}`)) {
      const path = folder + entry.name;
      const isOwn = !FOREIGN.includes(path) &&
        (!entry.name.startsWith(".") || path === ".ci");
      if (entry.isDirectory && isOwn) await collect(`${path}/`);
      if (entry.isFile) found.push(path);
    }
  }
}
