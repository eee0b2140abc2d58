import { assertEquals, assertStringIncludes } from "@std/assert";
import { installApplet } from "../install/mod.ts";
import {
  loadNetwork,
  loadNetworkFile,
  readNetworks,
} from "../lib/runtime/mod.ts";
import { CniError } from "../lib/spec/mod.ts";
import { cnitool } from "../tool/cnitool/cnitool.ts";
import { type TestTool, testWith } from "../tool/_testing.ts";

/** What is in a folder of configurations, and what is said about it. */
interface Case {
  /** The file, and what stands in it. */
  readonly file: readonly [string, string | Uint8Array];
  /** Files besides. */
  readonly more?: Readonly<Record<string, string>>;
  /** The fault, in the words of the Go library where it has them. */
  readonly fault?: string;
  /** What would do. */
  readonly remedy?: string;
  /** What other runtimes cannot read, and where it stands. */
  readonly warnings?: readonly (readonly [string, number, number])[];
  /** The file that is meant, if it is another one. */
  readonly at?: string;
}

const LIST =
  '{ "cniVersion": "1.1.0", "name": "n", "plugins": [{ "type": "first" }] }';
const SINGLE = '{ "cniVersion": "1.1.0", "name": "n", "type": "first" }';
const COMMENT = "other runtimes cannot read this: a comment; remove it";
const COMMA = "other runtimes cannot read this: a trailing comma; remove it";
const MARK = "other runtimes cannot read this: a byte order mark; save the " +
  "file as UTF-8 without it";

const utf16 = (text: string, mark: boolean) =>
  new Uint8Array([
    ...(mark ? [0xff, 0xfe] : []),
    ...[...text].flatMap((char) => [char.charCodeAt(0), 0]),
  ]);

const CASES: Readonly<Record<string, Case>> = {
  "a list": { file: ["a.conflist", LIST] },
  "a single plugin": { file: ["a.conf", SINGLE] },
  "a single plugin in .json": { file: ["a.json", SINGLE] },
  "a list in .conf": {
    file: ["a.conf", LIST],
    fault: "error parsing configuration: missing 'type'",
    remedy: "a file that holds a list must be named .conflist",
  },
  "a list in .json": {
    file: ["a.json", LIST],
    fault: "error parsing configuration: missing 'type'",
    remedy: "a file that holds a list must be named .conflist",
  },
  "a single plugin in .conflist": {
    file: ["a.conflist", SINGLE],
    fault: "no plugin configs found",
    remedy: "a file that holds a single plugin must be named .conf",
  },
  "a list without plugins": {
    file: ["a.conflist", '{ "name": "n" }'],
    fault: "no plugin configs found",
    remedy: "no folder n beside the file holds a .conf file",
  },
  "plugins with a capital letter": {
    file: ["a.conflist", LIST.replace("plugins", "Plugins")],
    fault: "no plugin configs found",
    remedy: 'found "Plugins" instead of "plugins"',
  },
  "plugins with a capital letter, the folder forbidden": {
    file: [
      "a.conflist",
      '{"name":"n","loadOnlyInlinedPlugins":true,"Plugins":[{"type":"first"}]}',
    ],
    fault: "error parsing configuration list: `loadOnlyInlinedPlugins` is " +
      "true, and no 'plugins' key",
    remedy: 'found "Plugins" instead of "plugins"',
  },
  "further plugins": {
    file: ["a.conflist", '{ "cniVersion": "1.1.0", "name": "n" }'],
    more: { "n/10.conf": '{ "type": "first" }' },
  },
  "a further plugin without type": {
    file: ["a.conflist", LIST],
    more: { "n/10.conf": '{ "type": "first" }', "n/20.conf": '{ "mtu": 1 }' },
    fault: "error parsing configuration: missing 'type'",
    remedy: "name the plugin",
    at: "n/20.conf",
  },
  "a list as a further plugin": {
    file: ["a.conflist", LIST],
    more: { "n/20.conf": LIST },
    fault: "error parsing configuration: missing 'type'",
    remedy: "a file that holds a list must be named .conflist",
    at: "n/20.conf",
  },
  "a further plugin with a comment": {
    file: ["a.conflist", LIST],
    more: { "n/20.conf": '{\n  "type": "second" /* why */ }' },
    warnings: [[COMMENT, 2, 20]],
    at: "n/20.conf",
  },
  "comments and trailing commas": {
    file: [
      "a.conf",
      '{ "cniVersion": "1.1.0", "name": "n", // "why"\n"type": "first",\n}',
    ],
    warnings: [[COMMENT, 1, 39], [COMMA, 2, 16]],
  },
  "what looks like a comment in a text": {
    file: ["a.conf", SINGLE.replace("}", ', "args": { "a": "//,]" } }')],
  },
  "a byte order mark": {
    file: ["a.conflist", `\uFEFF${LIST}`],
    warnings: [[MARK, 1, 1]],
  },
  "a byte order mark and a comment": {
    file: ["a.conflist", `\uFEFF/* why */${LIST}`],
    warnings: [[MARK, 1, 1], [COMMENT, 1, 1]],
  },
  "UTF-16": {
    file: ["a.conflist", utf16(LIST, true)],
    fault: "error parsing configuration list: the text is UTF-16",
    remedy: "iconv -f UTF-16 -t UTF-8",
  },
  "UTF-16 without a mark": {
    file: ["a.conf", utf16(SINGLE, false)],
    fault: "error parsing configuration: the text is UTF-16",
    remedy: "iconv -f UTF-16 -t UTF-8",
  },
  "nothing, as a list": {
    file: ["a.conflist", ""],
    fault: "error parsing configuration list: the text is empty",
    remedy: "expected a JSON object",
  },
  "nothing, as a single plugin": {
    file: ["a.conf", " \n"],
    fault: "error parsing configuration: the text is empty",
    remedy: "expected a JSON object",
  },
  "not an object": {
    file: ["a.conf", "[]"],
    fault: "error parsing configuration: found [] instead of a JSON object",
  },
};

/** A fault or a warning as a command told it. */
interface Told {
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

/** A way to have a file read: a command, or a function of the library. */
type Reader = (test: TestTool, file: string) => Told | Promise<Told>;

const READERS: Readonly<Record<string, Reader>> = {
  "loadNetworkFile()": (_, file) => attempt(() => void loadNetworkFile(file)),
  "loadNetwork()": ({ configFolder }) =>
    attempt(() => void loadNetwork(configFolder, "n")),
  "readNetworks()": ({ configFolder }) => {
    const [found] = [...readNetworks(configFolder)];
    return found === undefined || "error" in found
      ? { errors: [String(found?.error)], warnings: [] }
      : {
        errors: [],
        warnings: found.warnings.map(({ file, message, line, column }) =>
          `${file}: line ${line}, column ${column}: ${message}`
        ),
      };
  },
  "cnitool": async ({ configFolder, folder, cacheDir }) => {
    let stderr = "";
    const variables: Record<string, string> = {
      NETCONFPATH: configFolder,
      CNI_PATH: `${folder}/bin`,
    };
    const status = await cnitool(["status", "n", "/x"], {
      programVersion: "1",
      cacheDir,
      registry: new Map(),
      self: "/nope",
      process: {
        env: (name) => variables[name] ?? "",
        writeStdout: () => {},
        writeStderr: (text) => void (stderr += text),
        cwd: () => folder,
      },
    });
    return { errors: status === 0 ? [] : [stderr], warnings: [] };
  },
  "cni tool status --config": async (test, file) => {
    const { status, stderr } = await test.run(`status --config ${file}`);
    return { errors: status === 0 ? [] : [stderr], warnings: [] };
  },
  "cni tool validate": async (test, file) => {
    const { status, stdout } = await test.run(`validate --json ${file}`);
    const told = (wanted: string) =>
      JSON.parse(stdout).files.flatMap((
        { file, findings }: { file: string; findings: Finding[] },
      ) =>
        findings.filter(({ severity }) => severity === wanted).map((one) =>
          `${file}: line ${one.line}, column ${one.column}: ${one.message}`
        )
      );
    const errors = told("error");
    assertEquals(status, errors.length === 0 ? 0 : 1);
    return { errors, warnings: told("warning") };
  },
  "cni tool list": async (test) => {
    const { stdout } = await test.run("list --json");
    const [{ file, problems, warnings }] = JSON.parse(stdout).networks;
    const withFile = (text: string) => `${file}: ${text}`;
    return {
      errors: problems.map(withFile),
      warnings: warnings.map((text: string) =>
        text.startsWith("/") ? text : withFile(text)
      ),
    };
  },
  "cni tool doctor": async (test, file) => {
    test.runProgram = () =>
      Promise.resolve({ status: 0, stdout: "", stderr: "" });
    const { stdout } = await test.run("doctor --json");
    const { diagnoses } = JSON.parse(stdout).sections
      .find(({ title }: { title: string }) => title === "Networks");
    const told = (wanted: string) =>
      diagnoses.filter(({ status }: Diagnosis) => status === wanted).map((
        { text, remedy }: Diagnosis,
      ) => {
        assertEquals(remedy, `cni tool validate ${file}`);
        const plain = text.replace(/^(n|\?): /, "");
        return plain.startsWith("/") ? plain : `${file}: ${plain}`;
      });
    return { errors: told("failure"), warnings: told("warning") };
  },
  "cni install --conf": async (test, file) => {
    let stderr = "";
    const places = ["--conf-dir", test.configFolder, "--bin-dir", "/dev/null"];
    await installApplet("install", ["--conf", file, ...places], {
      programVersion: "1",
      buildId: "b1",
      registry: new Map(),
      self: "/dev/null",
      isCompiled: true,
      process: {
        env: () => "",
        readStdin: () => Promise.resolve(""),
        writeStdout: () => {},
        writeStderr: (text) => void (stderr += text),
        cwd: () => "/",
        isTerminal: () => false,
        onInterrupt: () => () => {},
      },
    });
    // There is no program to install: that is tried last.
    const isRead = stderr.startsWith("Error: Cannot install into /dev/null");
    return { errors: isRead ? [] : [stderr], warnings: [] };
  },
};

/** Readers that leave warnings to those who ask for them. */
const SILENT = [
  "loadNetworkFile()",
  "loadNetwork()",
  "cnitool",
  "cni tool status --config",
];

interface Finding {
  readonly severity: string;
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

interface Diagnosis {
  readonly status: string;
  readonly text: string;
  readonly remedy: string;
}

function attempt(act: () => void): Told {
  try {
    act();
    return { errors: [], warnings: [] };
  } catch (error) {
    if (!(error instanceof CniError)) throw error;
    return { errors: [String(error)], warnings: [] };
  }
}

/** Makes the files of a case in an empty folder; returns the path of the first. */
function write(
  { configFolder }: TestTool,
  { file: [name, content], more = {} }: Case,
): string {
  Deno.removeSync(configFolder, { recursive: true });
  Deno.mkdirSync(configFolder);
  for (const [path, text] of Object.entries(more)) {
    const full = `${configFolder}/${path}`;
    Deno.mkdirSync(full.slice(0, full.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(full, text);
  }
  const bytes = typeof content === "string"
    ? new TextEncoder().encode(content)
    : content;
  Deno.writeFileSync(`${configFolder}/${name}`, bytes);
  return `${configFolder}/${name}`;
}

for (const [reader, read] of Object.entries(READERS)) {
  testWith(
    `${reader} reads network files as all others do`,
    async (test, t) => {
      for (const [why, one] of Object.entries(CASES)) {
        await t.step(why, async () => {
          const file = write(test, one);
          const meant = one.at === undefined
            ? file
            : `${test.configFolder}/${one.at}`;
          const { errors, warnings } = await read(test, file);
          const warned = (one.warnings ?? []).map((
            [message, line, column],
          ) => ({ message, place: `line ${line}, column ${column}` }));
          if (reader === "cni install --conf" && warned[0] !== undefined) {
            assertIncludes(errors, [
              warned[0].message,
              `file ${meant}: ${warned[0].place}`,
            ]);
            return;
          }
          assertIncludes(
            errors,
            one.fault === undefined ? [] : [one.fault, one.remedy ?? "", meant],
          );
          assertEquals(
            warnings.filter((text) => text.includes("other runtimes")),
            SILENT.includes(reader)
              ? []
              : warned.map(({ message, place }) =>
                `${meant}: ${place}: ${message}`
              ),
          );
        });
      }
    },
  );
}

/** One error with all of the texts, or none without texts. */
function assertIncludes(
  errors: readonly string[],
  texts: readonly string[],
): void {
  assertEquals(errors.length, texts.length === 0 ? 0 : 1, errors.join("\n"));
  for (const text of texts) assertStringIncludes(errors[0]!, text);
}

testWith(
  "a folder in place of a file is named by who is handed it",
  async (test) => {
    Deno.removeSync(test.configFolder, { recursive: true });
    const folder = `${test.configFolder}/a.conflist`;
    Deno.mkdirSync(folder, { recursive: true });
    const direct: Readonly<Record<string, string>> = {
      "loadNetworkFile()":
        `error reading ${folder}: It is a folder, not a file`,
      "cni tool status --config": `Cannot read ${folder}: Is a directory`,
      "cni install --conf": `Cannot read ${folder}: Is a directory`,
      // A folder of configurations may have others in it.
      "loadNetwork()": `no net configurations found in ${test.configFolder}`,
      "cnitool": `no net configurations found in ${test.configFolder}`,
    };
    for (const [reader, text] of Object.entries(direct)) {
      assertIncludes((await READERS[reader]!(test, folder)).errors, [text]);
    }
    const { status, stderr } = await test.run(`validate ${folder}`);
    assertEquals(status, 1);
    assertStringIncludes(
      stderr,
      `Cannot read ${folder}: Is a directory`,
    );
    assertEquals(
      JSON.parse((await test.run("list --json")).stdout).networks,
      [],
    );
  },
);
