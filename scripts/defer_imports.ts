/**
 * Makes the imports on first use of a bundle opaque to Deno, which otherwise
 * reads every file that any of them names at each start, needed or not. Not
 * for compiling, where these are the files to put in.
 *
 * @param folder The bundle's folder.
 */
export async function deferImports(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".js")) continue;
    const file = `${folder}/${name}`;
    const text = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, deferredImports(text));
  }
}

/**
 * The text of a bundle's file with its imports on first use made opaque.
 *
 * @example An import that only its caller knows of
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(deferredImports('import("./a.js")'), 'import(String("./a.js"))');
 * ```
 */
export function deferredImports(text: string): string {
  return text.replace(/\bimport\(("\.\/[\w.-]+\.js")\)/g, "import(String($1))");
}
