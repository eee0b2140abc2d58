import { runDeno } from "./deno_command.ts";
import { launcherFlags, type LauncherParts } from "./launcher.ts";

/**
 * Loads every file of a bundle once, as the launcher would, so that Deno's
 * cache holds their compiled code before the first call.
 */
export async function warmCache(parts: LauncherParts): Promise<void> {
  const folder = parts.entry.slice(0, parts.entry.lastIndexOf("/"));
  const script = `${folder}/warm.js`;
  const imports: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith(".js")) imports.push(`await import("./${name}");\n`);
  }
  await Deno.writeTextFile(script, imports.join(""));
  try {
    const { flags, environment } = launcherFlags(parts);
    const { success, stderr } = await runDeno([...flags, script], {
      env: environment,
    });
    if (!success) throw new Error(`Cannot load the bundle\n${stderr}`);
  } finally {
    await Deno.remove(script);
  }
}
