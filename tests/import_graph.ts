import { runDeno } from "../scripts/deno_command.ts";
import { PROJECT_ROOT, projectFiles } from "../scripts/project.ts";

/** One import of one file by another. */
export interface Import {
  /** The importing file, relative to the project. */
  readonly from: string;
  /** What is imported: a file relative to the project, else the specifier. */
  readonly to: string;
  /** Whether it is loaded on first use, by `import()`. */
  readonly lazy: boolean;
  /** Whether only types are imported, which costs nothing at run time. */
  readonly typeOnly: boolean;
}

/** What `deno info --json` prints, as far as it is read here. */
interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly specifier: string;
      readonly isDynamic?: boolean;
      readonly code?: { readonly specifier?: string };
      readonly type?: { readonly specifier?: string };
    }[];
  }[];
}

/** Reads every import of the project's own modules, tests left out. */
export async function readImports(): Promise<readonly Import[]> {
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    const files = (await projectFiles()).filter(isModule);
    const root = new URL(`file://${PROJECT_ROOT}/`);
    const lines = files.map((file) => `import "${new URL(file, root)}";\n`);
    await Deno.writeTextFile(entry, lines.join(""));
    const { success, stdout, stderr } = await runDeno(
      ["info", "--json", `--config=${PROJECT_ROOT}/deno.json`, entry],
    );
    if (!success) throw new Error(`Cannot read the imports\n${stderr}`);
    return importsOf(JSON.parse(stdout), root.href);
  } finally {
    await Deno.remove(entry);
  }
}

function isModule(file: string): boolean {
  return file.endsWith(".ts") && !/(_test|\.d)\.ts$/.test(file);
}

function importsOf({ modules }: Graph, root: string): readonly Import[] {
  const own = modules.filter(({ specifier }) => specifier.startsWith(root));
  return own.flatMap(({ specifier, dependencies = [] }) =>
    dependencies.map((dependency) => {
      const { code, type, isDynamic } = dependency;
      const target = code?.specifier ?? type?.specifier ?? "";
      return {
        from: specifier.slice(root.length),
        // A name of the import map says more than the file behind it.
        to: target.startsWith(root) && dependency.specifier.startsWith(".")
          ? target.slice(root.length)
          : dependency.specifier,
        lazy: isDynamic === true,
        typeOnly: code === undefined,
      };
    })
  );
}
