import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  CniCode,
  CniError,
  parseJsonObject,
  type Result,
  SPEC_VERSIONS,
} from "../spec/mod.ts";
import {
  environmentWith,
  fakeContext,
  type FakePlugin,
  fakePlugin,
} from "./_testing.ts";
import type { Reply } from "./call.ts";
import { aboutText, dispatch, type Environment } from "./dispatch.ts";

const COMMANDS = ["ADD", "CHECK", "DEL", "GC", "STATUS"];

/** The text of a configuration with these keys. */
function configOf(keys: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ cniVersion: "1.1.0", name: "n1", ...keys });
}

/** Dispatches one call; without `stdin`, reading it fails the test. */
function call(
  plugin: FakePlugin,
  changes: Partial<Environment>,
  stdin?: string,
): Promise<Reply> {
  return dispatch(plugin, environmentWith(changes), {
    readStdin: () =>
      stdin === undefined
        ? Promise.reject(new Error("stdin was read"))
        : Promise.resolve(stdin),
    context: fakeContext(),
  });
}

/** Asserts that a reply is an error of this code that says these parts. */
function assertFailure(
  reply: Reply,
  code: number,
  ...said: readonly string[]
): void {
  assertEquals([reply.status, reply.stderr], [1, ""]);
  const error = parseJsonObject(reply.stdout, "error object");
  assertEquals(reply.stdout, JSON.stringify(error, null, 4));
  assertEquals(error.code, code, reply.stdout);
  for (const part of said) {
    assertStringIncludes(`${error.msg}; ${error.details ?? ""}`, part);
  }
}

const SUCCESS: Reply = { status: 0, stdout: "", stderr: "" };

Deno.test("dispatch() prints the result of an ADD and nothing else", async () => {
  assertEquals(await call(fakePlugin(), {}, configOf()), {
    status: 0,
    stdout: '{\n    "cniVersion": "1.1.0",\n    "ips": [\n        {\n' +
      '            "address": "10.0.0.2/24"\n        }\n    ]\n}',
    stderr: "",
  });
});

Deno.test("dispatch() prints nothing for other commands that succeed", async () => {
  for (const command of COMMANDS.slice(1)) {
    const done = () => Promise.resolve();
    const plugin = fakePlugin({ gc: done, status: done });
    assertEquals(await call(plugin, { command }, configOf()), SUCCESS);
    const commands = plugin.requests.map((request) => request.command);
    assertEquals(commands, [command]);
  }
});

Deno.test("dispatch() hands the plugin all it was called with", async () => {
  const plugin = fakePlugin();
  const environment = environmentWith({ args: "A=b", netnsOverride: "1" });
  const stdin = ` {"name": "n1",\n"cniVersion": "0.3.1", "MTU": 7}\n`;
  await call(plugin, environment, stdin);
  const [request] = plugin.requests;
  const { config, ...raw } = request!;
  const delegations = "1 c1/eth0 fake";
  assertEquals(raw, { ...environment, stdin, delegations });
  assertEquals([config.name, config.cniVersion], ["n1", "0.3.1"]);
  assertEquals(config.fields.integer("mtu"), 7);
});

Deno.test("dispatch() succeeds where a plugin has no GC or STATUS", async () => {
  for (const command of ["GC", "STATUS"]) {
    assertEquals(await call(fakePlugin(), { command }, configOf()), SUCCESS);
  }
});

/** The variables that are required, as the specification names them. */
const NAMES = {
  containerId: "CNI_CONTAINERID",
  netns: "CNI_NETNS",
  ifname: "CNI_IFNAME",
  path: "CNI_PATH",
} as const;

const REQUIRED: Readonly<Record<string, readonly (keyof typeof NAMES)[]>> = {
  ADD: ["containerId", "netns", "ifname"],
  CHECK: ["containerId", "netns", "ifname"],
  DEL: ["containerId", "ifname"],
  GC: ["path"],
  STATUS: [],
  VERSION: [],
};

Deno.test("dispatch() needs certain variables for each command", async (t) => {
  for (const [command, required] of Object.entries(REQUIRED)) {
    for (const key of Object.keys(NAMES) as (keyof typeof NAMES)[]) {
      const isRequired = required.includes(key);
      const need = isRequired ? "needs" : "does without";
      await t.step(`${command} ${need} ${NAMES[key]}`, async () => {
        const plugin = fakePlugin();
        const changes = { command, [key]: "" };
        if (!isRequired) {
          const reply = await call(plugin, changes, configOf());
          return assertEquals(reply.status, 0);
        }
        // Without a stdin: the variables come first.
        assertFailure(
          await call(plugin, changes),
          CniCode.InvalidEnvironment,
          `required env variables [${NAMES[key]}] missing`,
          command,
        );
        assertEquals(plugin.requests, []);
      });
    }
  }
});

Deno.test("dispatch() lists all that is missing, in the order of the reference", async () => {
  const none = { containerId: "", netns: "", ifname: "", path: "" };
  for (const [command, required] of Object.entries(REQUIRED)) {
    if (required.length === 0) continue;
    const list = required.map((key) => NAMES[key]).join(",");
    assertFailure(
      await call(fakePlugin(), { command, ...none }),
      CniCode.InvalidEnvironment,
      `required env variables [${list}] missing`,
    );
  }
});

Deno.test("dispatch() needs a command", async () => {
  assertFailure(
    await call(fakePlugin(), { command: "" }),
    CniCode.InvalidEnvironment,
    "required env variables [CNI_COMMAND] missing",
    "set it to ADD",
  );
});

Deno.test("dispatch() refuses variables with an illegal value", async (t) => {
  const cases: Record<string, readonly [Partial<Environment>, string]> = {
    "container id": [{ containerId: "a b" }, 'CNI_CONTAINERID is "a b"'],
    "ifname with a colon": [{ ifname: "eth0:1" }, 'CNI_IFNAME is "eth0:1"'],
    "ifname of 16 bytes": [{ ifname: "a".repeat(16) }, "is too long"],
    "ifname with a newline": [{ ifname: "e\nf" }, 'CNI_IFNAME is "e\\nf"'],
    "ifname that is a folder": [{ ifname: ".." }, "is . or .."],
    // An illegal value is told at once, before what is missing.
    "container id, ifname missing": [
      { containerId: "a/b", ifname: "", path: "" },
      'CNI_CONTAINERID is "a/b"',
    ],
    "ifname, container id missing": [
      { containerId: "", ifname: "a/b" },
      'CNI_IFNAME is "a/b"',
    ],
    "container id and ifname": [
      { containerId: "a/b", ifname: "a/b" },
      'CNI_CONTAINERID is "a/b"',
    ],
  };
  for (const command of ["ADD", "CHECK", "DEL"]) {
    for (const [why, [changes, said]] of Object.entries(cases)) {
      await t.step(`${command}: ${why}`, async () => {
        const plugin = fakePlugin();
        const reply = await call(plugin, { command, ...changes });
        assertFailure(reply, CniCode.InvalidEnvironment, said);
        assertEquals(plugin.requests, []);
      });
    }
  }
});

Deno.test("dispatch() does not judge variables that a command ignores", async () => {
  const changes = { containerId: "a b", ifname: "a/b", netns: "" };
  for (const command of ["GC", "STATUS", "VERSION"]) {
    const reply = await call(fakePlugin(), { command, ...changes }, configOf());
    assertEquals(reply.status, 0);
  }
});

Deno.test("dispatch() answers VERSION without reading stdin", async () => {
  const plugin = fakePlugin({ versions: ["0.4.0", "1.0.0"] });
  const changes = { command: "VERSION", containerId: "", path: "" };
  assertEquals(await call(plugin, changes), {
    status: 0,
    stdout: '{"cniVersion":"1.1.0","supportedVersions":["0.4.0","1.0.0"]}\n',
    stderr: "",
  });
  assertEquals(plugin.requests, []);
});

Deno.test("dispatch() reads stdin once", async () => {
  let reads = 0;
  const readStdin = () => {
    reads++;
    return Promise.resolve(configOf());
  };
  const options = { readStdin, context: fakeContext() };
  await dispatch(fakePlugin(), environmentWith({}), options);
  assertEquals(reads, 1);
});

Deno.test("dispatch() refuses a stdin that is no configuration", async (t) => {
  const { DecodingFailure, InvalidConfig } = CniCode;
  const cases: Record<string, readonly [string, number, string]> = {
    "empty": ["", DecodingFailure, "found nothing"],
    "no JSON, with line and column": [
      '{"name": "n1",\n"cniVersion": 1.1.0}',
      DecodingFailure,
      "line 2, column 18",
    ],
    "cut short": ['{"name": "n1"', DecodingFailure, "line 1, column 14"],
    "two values": ['{"name":"n1"}{}', DecodingFailure, "line 1, column 14"],
    "a list": ["[]", DecodingFailure, "found []"],
    "null": ["null", DecodingFailure, "found null"],
    "no name": ["{}", InvalidConfig, "missing network name"],
    "an empty name": ['{"name":""}', InvalidConfig, "missing network name"],
    "an illegal name": ['{"name":"../x"}', InvalidConfig, '"../x"'],
    "a version that is no text": [
      '{"name":"n1","cniVersion":1}',
      DecodingFailure,
      "cniVersion is 1",
    ],
  };
  // An unknown command is told only after the configuration was read.
  for (const command of [...COMMANDS, "BANANA"]) {
    for (const [why, [stdin, code, said]] of Object.entries(cases)) {
      await t.step(`${command}: ${why}`, async () => {
        const plugin = fakePlugin();
        assertFailure(await call(plugin, { command }, stdin), code, said);
        assertEquals(plugin.requests, []);
      });
    }
  }
});

Deno.test("dispatch() refuses commands that it does not know", async () => {
  for (const command of ["BANANA", "add", "UPDATE", " ADD"]) {
    assertFailure(
      await call(fakePlugin(), { command }, configOf()),
      CniCode.InvalidEnvironment,
      `unknown CNI_COMMAND: ${command}`,
    );
    // Whatever the version: it would not help.
    const stdin = configOf({ cniVersion: "banana" });
    const reply = await call(fakePlugin(), { command }, stdin);
    assertFailure(reply, CniCode.InvalidEnvironment);
  }
});

Deno.test("dispatch() speaks every published version that has the command", async (t) => {
  const since: Record<string, number> = {
    ADD: 0,
    DEL: 0,
    CHECK: SPEC_VERSIONS.indexOf("0.4.0"),
    GC: SPEC_VERSIONS.indexOf("1.1.0"),
    STATUS: SPEC_VERSIONS.indexOf("1.1.0"),
  };
  for (const [command, first] of Object.entries(since)) {
    for (const [index, cniVersion] of SPEC_VERSIONS.entries()) {
      const answer = index < first ? "is not in" : "is in";
      await t.step(`${command} ${answer} ${cniVersion}`, async () => {
        const stdin = configOf({ cniVersion });
        const reply = await call(fakePlugin(), { command }, stdin);
        if (index >= first) return assertEquals(reply.status, 0);
        assertFailure(
          reply,
          CniCode.IncompatibleVersion,
          `config version does not allow ${command}`,
          `cniVersion is "${cniVersion}"`,
        );
      });
    }
  }
});

Deno.test("dispatch() prints an ADD's result in the version of the configuration", async () => {
  const versions: unknown[] = [];
  for (const cniVersion of [...SPEC_VERSIONS, "", undefined, null]) {
    const { stdout } = await call(fakePlugin(), {}, configOf({ cniVersion }));
    versions.push(JSON.parse(stdout).cniVersion);
  }
  assertEquals(versions, [...SPEC_VERSIONS, "0.1.0", "0.1.0", "0.1.0"]);
});

Deno.test("dispatch() accepts the plugin's versions alone, to the letter", async (t) => {
  const { IncompatibleVersion, DecodingFailure } = CniCode;
  const incompatible = "incompatible CNI versions";
  const cases: Record<
    string,
    readonly [command: string, version: string, code: number, said: string]
  > = {
    "too old": ["ADD", "0.3.1", IncompatibleVersion, incompatible],
    "too new": ["ADD", "1.1.0", IncompatibleVersion, incompatible],
    "of the future": ["DEL", "2.0.0", IncompatibleVersion, incompatible],
    "equal, but for the letter": [
      "ADD",
      "1.0",
      IncompatibleVersion,
      incompatible,
    ],
    "no version": ["ADD", "banana", IncompatibleVersion, incompatible],
    "no version, DEL": ["DEL", "1.0.0.0", IncompatibleVersion, incompatible],
    "below all versions": ["ADD", "0.0.1", IncompatibleVersion, incompatible],
    "implied, but not spoken": ["ADD", "", IncompatibleVersion, '"0.1.0"'],
    "CHECK, too new": [
      "CHECK",
      "1.1.0",
      IncompatibleVersion,
      "plugin version does not allow CHECK",
    ],
    "CHECK, between two": ["CHECK", "0.4.1", IncompatibleVersion, incompatible],
    "CHECK, no version": ["CHECK", "banana", DecodingFailure, '"banana"'],
    "CHECK, too old": [
      "CHECK",
      "0.3.1",
      IncompatibleVersion,
      "config version does not allow CHECK",
    ],
    "GC, too new": [
      "GC",
      "1.1.0",
      IncompatibleVersion,
      "plugin version does not allow GC",
    ],
    "STATUS, too new": [
      "STATUS",
      "1.1.0",
      IncompatibleVersion,
      "plugin version does not allow STATUS",
    ],
    "STATUS, no version": ["STATUS", "1.1.x", DecodingFailure, '"1.1.x"'],
  };
  for (
    const [why, [command, cniVersion, code, said]] of Object.entries(cases)
  ) {
    await t.step(why, async () => {
      const plugin = fakePlugin({ versions: ["0.4.0", "1.0.0"] });
      const stdin = configOf({ cniVersion });
      assertFailure(await call(plugin, { command }, stdin), code, said);
      assertEquals(plugin.requests, []);
    });
  }
});

Deno.test("dispatch() says which versions the plugin would take", async () => {
  const plugin = fakePlugin({ versions: ["0.4.0", "1.0.0"] });
  assertEquals(await call(plugin, {}, configOf({ cniVersion: "0.3.0" })), {
    status: 1,
    stdout: '{\n    "code": 1,\n    "msg": "incompatible CNI versions",\n' +
      '    "details": "config is \\"0.3.0\\", plugin supports ' +
      '[\\"0.4.0\\" \\"1.0.0\\"]"\n}',
    stderr: "",
  });
});

/** A plugin whose every function throws this. */
function throwing(thrown: unknown): FakePlugin {
  const fail = () => Promise.reject(thrown);
  return fakePlugin({
    add: fail,
    check: fail,
    del: fail,
    gc: fail,
    status: fail,
  });
}

Deno.test("dispatch() passes a CniError on with its code and the version", async () => {
  for (const command of COMMANDS) {
    const error = new CniError(11, "Pool <a> is full", { details: "later" });
    assertEquals(await call(throwing(error), { command }, configOf()), {
      status: 1,
      stdout: '{\n    "cniVersion": "1.1.0",\n    "code": 11,\n' +
        '    "msg": "Pool \\u003ca\\u003e is full",\n    "details": "later"\n}',
      stderr: "",
    });
  }
});

Deno.test("dispatch() makes anything else that is thrown an internal error", async () => {
  const cases: readonly (readonly [unknown, string])[] = [
    [new TypeError("x is undefined"), "x is undefined"],
    ["a text", "a text"],
    [undefined, "undefined"],
  ];
  for (const [thrown, msg] of cases) {
    const reply = await call(throwing(thrown), {}, configOf());
    assertEquals(reply, {
      status: 1,
      stdout: JSON.stringify(
        { cniVersion: "1.1.0", code: 999, msg },
        null,
        4,
      ),
      stderr: "",
    });
  }
});

Deno.test("dispatch() catches what a plugin throws before its first await", async () => {
  const plugin = fakePlugin({
    add: () => {
      throw new CniError(100, "own");
    },
  });
  assertFailure(await call(plugin, {}, configOf()), 100, "own");
});

Deno.test("dispatch() makes a failing stdin an error", async () => {
  assertFailure(
    await call(fakePlugin(), {}),
    CniCode.Internal,
    "stdin was read",
  );
});

Deno.test("dispatch() takes back an ADD whose result the version cannot tell", async () => {
  const result: Result = { interfaces: [{ name: "eth0" }] };
  const plugin = fakePlugin({ add: () => Promise.resolve(result) });
  const stdin = configOf({ cniVersion: "0.2.0" });
  const reply = await call(plugin, {}, stdin);
  assertFailure(
    reply,
    CniCode.IncompatibleVersion,
    "no valid IP addresses",
    '"0.2.0"',
  );
  assertEquals(JSON.parse(reply.stdout).cniVersion, "0.2.0");
  const [add, del] = plugin.requests;
  assertEquals(plugin.requests.length, 2);
  assertEquals(del, { ...add!, command: "DEL" });
});

Deno.test("dispatch() tells the first error when taking an ADD back fails too", async () => {
  const context = fakeContext();
  const plugin = fakePlugin({
    add: () => Promise.resolve({}),
    del: () => Promise.reject(new Error("busy")),
  });
  const reply = await dispatch(plugin, environmentWith({}), {
    readStdin: () => Promise.resolve(configOf({ cniVersion: "0.1.0" })),
    context,
  });
  assertFailure(reply, CniCode.IncompatibleVersion, "no valid IP addresses");
  assertEquals(context.warnings, ["Cannot take the ADD back: busy"]);
});

Deno.test("dispatch() does not call DEL after an ADD that failed by itself", async () => {
  const plugin = throwing(new Error("no"));
  await call(plugin, {}, configOf());
  const commands = plugin.requests.map((request) => request.command);
  assertEquals(commands, ["ADD"]);
});

Deno.test("aboutText() names the plugin and its versions", () => {
  const plugin = fakePlugin({ versions: ["0.4.0", "1.0.0"] });
  assertEquals(
    aboutText(plugin, "1.2.3"),
    "CNI fake plugin v1.2.3\nCNI protocol versions supported: 0.4.0, 1.0.0\n",
  );
});
