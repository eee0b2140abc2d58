import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CniCode, CniError } from "../spec/mod.ts";
import { loadNetwork, loadNetworkFile, readNetworks } from "./load_network.ts";

/** Runs `body` with a folder that holds `files`; folders are made as needed. */
function withFiles(
  files: Record<string, string>,
  body: (folder: string) => void,
): void {
  const folder = Deno.makeTempDirSync({ prefix: "cni-net.d-" });
  try {
    for (const [name, text] of Object.entries(files)) {
      const path = `${folder}/${name}`;
      Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      Deno.writeTextFileSync(path, text);
    }
    body(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

const list = (name: string, ...types: string[]) =>
  JSON.stringify({ name, plugins: types.map((type) => ({ type })) });
const single = (name: string, type: string) => JSON.stringify({ name, type });

Deno.test("loadNetwork() takes the first match, lists before others", async (t) => {
  const cases: Record<string, [Record<string, string>, string]> = {
    "in the order of the names": [
      { "20.conflist": list("n", "b"), "10.conflist": list("n", "a") },
      "a",
    ],
    "a list before a single one": [
      { "20.conflist": list("n", "b"), "10.conf": single("n", "a") },
      "b",
    ],
    ".conf and .json in one order": [
      { "20.conf": single("n", "b"), "10.json": single("n", "a") },
      "a",
    ],
    "files that begin with a dot": [{ ".x.conflist": list("n", "a") }, "a"],
    "other names are passed over": [
      { "10.conflist": list("m", "b"), "20.conflist": list("n", "a") },
      "a",
    ],
    "other endings are left alone": [
      {
        "10.CONFLIST": "x",
        "11.conflist.bak": "x",
        "12.yaml": "x",
        "20.conf": single("n", "a"),
      },
      "a",
    ],
    "folders are left alone": [
      { "10.conflist/x": "x", "20.conf": single("n", "a") },
      "a",
    ],
  };
  for (const [why, [files, type]] of Object.entries(cases)) {
    await t.step(why, () => {
      withFiles(files, (folder) => {
        const network = loadNetwork(folder, "n");
        assertEquals(network.kind, "list");
        assertEquals(network.plugins.map((plugin) => plugin.type), [type]);
      });
    });
  }
});

Deno.test("loadNetwork() does not let another network's file stop it", () => {
  const files = { "10.conflist": "{", "20.conflist": list("n", "a") };
  withFiles(files, (folder) => {
    const warnings: string[] = [];
    const warn = (message: string) => warnings.push(message);
    assertEquals(loadNetwork(folder, "n", { warn }).name, "n");
    assertStringIncludes(warnings.join(), `${folder}/10.conflist`);
  });
});

Deno.test("loadNetwork() reports the file that is, or may be, meant", async (t) => {
  const cases: Record<string, [Record<string, string>, string]> = {
    "the name is there, the rest is wrong": [
      {
        "10.conflist": '{"name":"n","plugins":[]}',
        "20.conflist": list("n", "a"),
      },
      "no plugins in list",
    ],
    "nothing else was found": [
      { "10.conflist": "{", "20.conflist": list("m", "a") },
      "line 1, column 2",
    ],
  };
  for (const [why, [files, text]] of Object.entries(cases)) {
    await t.step(why, () => {
      withFiles(files, (folder) => {
        const error = assertThrows(() => loadNetwork(folder, "n"), CniError);
        assertStringIncludes(error.message, text);
        assertStringIncludes(error.details, `file ${folder}/10.conflist`);
      });
    });
  }
});

Deno.test("loadNetwork() says what it did not find", () => {
  withFiles({ "10.conflist": list("m", "a") }, (folder) => {
    const error = assertThrows(() => loadNetwork(folder, "n"), CniError);
    assertEquals(
      error.message,
      `no net configuration with name "n" in ${folder}`,
    );
    assertEquals(error.details, "available networks: m");
    const empty = assertThrows(() => loadNetwork(`${folder}/x`, "n"), CniError);
    assertEquals(empty.message, `no net configurations found in ${folder}/x`);
  });
});

Deno.test({
  name: "loadNetwork() says how to reach a folder that it may not read",
  permissions: { read: false },
  fn() {
    const error = assertThrows(() => loadNetwork("/x/net.d", "n"), CniError);
    assertEquals(error.code, CniCode.InvalidConfig);
    assertStringIncludes(error.details, "make build READ_DIRS=/x/net.d");
  },
});

Deno.test("loadNetworkFile() appends the plugins of the network's folder", async (t) => {
  const folderFiles = {
    "n/20.conf": '{"type":"y"}',
    "n/10.conf": '{"type":"x"}',
    "n/30.json": '{"type":"z"}',
  };
  const cases: Record<string, [Record<string, string>, string[]]> = {
    "after those of the list": [
      { "a.conflist": list("n", "a"), ...folderFiles },
      ["a", "x", "y"],
    ],
    "alone, when the list has none": [
      { "a.conflist": '{"name":"n"}', ...folderFiles },
      ["x", "y"],
    ],
    "not if the list forbids it": [
      {
        "a.conflist":
          '{"name":"n","loadOnlyInlinedPlugins":true,"plugins":[{"type":"a"}]}',
        ...folderFiles,
      },
      ["a"],
    ],
  };
  for (const [why, [files, types]] of Object.entries(cases)) {
    await t.step(why, () => {
      withFiles(files, (folder) => {
        const { plugins } = loadNetworkFile(`${folder}/a.conflist`);
        assertEquals(plugins.map((plugin) => plugin.type), types);
      });
    });
  }
});

Deno.test("loadNetworkFile() refuses what it cannot use", async (t) => {
  const cases: Record<string, [Record<string, string>, string]> = {
    "no plugin at all": [{ "a.conflist": '{"name":"n"}' }, "no plugin configs"],
    "a single one under a list's name": [
      { "a.conflist": single("n", "t") },
      "no plugin configs found",
    ],
    "a name that leads elsewhere": [
      { "a.conflist": list("../n", "a") },
      "invalid characters found in network name",
    ],
    "a wrong file in the network's folder": [
      { "a.conflist": list("n", "a"), "n/x.conf": "{}" },
      "missing 'type'",
    ],
    "a file where the folder should be": [
      { "a.conflist": list("n", "a"), "n": "" },
      "failed to read plugin config files in",
    ],
    "nothing there": [{}, "error reading"],
  };
  for (const [why, [files, text]] of Object.entries(cases)) {
    await t.step(why, () => {
      withFiles(files, (folder) => {
        const file = `${folder}/a.conflist`;
        assertThrows(() => loadNetworkFile(file), CniError, text);
      });
    });
  }
});

Deno.test("readNetworks() goes on after a file with an error", () => {
  const files = {
    "10.conflist": '{"name":"m"}',
    "20.conflist": list("n", "a"),
    "30.conf": "[",
  };
  withFiles(files, (folder) => {
    const found = [...readNetworks(folder)].map((entry) =>
      "error" in entry ? `error of ${entry.name}` : entry.network.name
    );
    assertEquals(found, ["error of m", "n", "error of undefined"]);
  });
});
