/**
 * Makes the imports on first use in a bundle's entry opaque to Deno, which
 * otherwise reads at each start every file that any of them leads to. Not for
 * compiling, where these are the files to put in.
 *
 * The parts themselves stay as they are: what one of them leads to is read
 * when it is, all at once.
 *
 * @param entry The bundle's entry.
 */
export async function deferImports(entry: string): Promise<void> {
  const text = await Deno.readTextFile(entry);
  await Deno.writeTextFile(entry, deferredImports(text));
}

/**
 * The text of a file with its imports on first use made opaque.
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
