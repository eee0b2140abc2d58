import { assertEquals } from "@std/assert";
import { SPEC_VERSIONS } from "../../lib/spec/mod.ts";
import { cnitool } from "./cnitool.ts";

// No Debian package holds the reference's tool: name its executable, of
// version 1.3.0 or newer, in REFERENCE_CNITOOL to compare with it. Both tools
// then write to /var/lib/cni, which is the only cache that it knows.
const reference = Deno.env.get("REFERENCE_CNITOOL");

/** The parts of a result, by what came first in which version. */
function resultOf(cniVersion: string): string {
  const oldest = {
    cniVersion,
    ip4: { ip: "10.0.0.2/24", gateway: "10.0.0.1" },
    dns: {},
  };
  const list = {
    cniVersion,
    ips: [{ version: "4", address: "10.0.0.2/24", gateway: "10.0.0.1" }],
    dns: { nameservers: ["10.0.0.1"] },
  };
  const newest = {
    cniVersion,
    dns: { nameservers: ["10.0.0.1"] },
    ips: [{ address: "10.0.0.2/24", gateway: "10.0.0.1" }],
  };
  if (cniVersion < "0.3.0") return JSON.stringify(oldest);
  return JSON.stringify(cniVersion < "1.0.0" ? list : newest);
}

Deno.test({
  name: "cnitool() and the reference's cnitool finish what the other began" +
    (reference === undefined ? " (left out: set REFERENCE_CNITOOL)" : ""),
  ignore: reference === undefined || Deno.build.os !== "linux",
  async fn(t) {
    const folder = Deno.makeTempDirSync();
    const network = `cross-${crypto.randomUUID().slice(0, 8)}`;
    const variables: Record<string, string> = {
      NETCONFPATH: folder,
      CNI_PATH: folder,
      CNI_ARGS: "A=1;B=2",
      CAP_ARGS: '{"mac":"x","other":["<"]}',
    };
    const tools: Record<string, (verb: string) => Promise<Outcome>> = {
      ours: (verb) => runOurs([verb, network, "/x/../x/y/"], variables),
      reference: (verb) => runReference([verb, network, "/x/y"], variables),
    };
    const file = `/var/lib/cni/results/${network}-` +
      "cnitool-a7a951b26a423b1fd4bb-eth0";
    const remains = () => {
      try {
        return Deno.readTextFileSync(file);
      } catch {
        return "";
      }
    };
    try {
      for (const cniVersion of SPEC_VERSIONS) {
        writeNetwork(folder, { network, cniVersion });
        const kept: string[] = [];
        const printed: string[] = [];
        for (
          const [first, second] of [["ours", "reference"], [
            "reference",
            "ours",
          ]]
        ) {
          await t.step(`${cniVersion}: ${first}, then ${second}`, async () => {
            const added = await tools[first!]!("add");
            assertEquals([added.status, added.stderr], [0, ""]);
            printed.push(added.stdout);
            kept.push(remains());
            const done = { status: 0, stdout: "", stderr: "" };
            if (cniVersion >= "0.4.0") {
              assertEquals(await tools[second!]!("check"), done);
            }
            assertEquals(await tools[second!]!("del"), done);
            assertEquals(remains(), "");
          });
        }
        await t.step(`${cniVersion}: the same output and cache`, () => {
          assertEquals(printed[0], printed[1]);
          assertEquals(kept[0], kept[1]);
        });
      }
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});

/** What a run of a tool left behind. */
interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Writes the network, and its plugin, which refuses a broken `prevResult`. */
function writeNetwork(
  folder: string,
  { network, cniVersion }: {
    readonly network: string;
    readonly cniVersion: string;
  },
): void {
  const plugins = [{ type: "one", capabilities: { mac: true } }, {
    type: "two",
  }];
  const list = { cniVersion, name: network, plugins };
  Deno.writeTextFileSync(`${folder}/net.conflist`, JSON.stringify(list));
  const script = `#!/bin/sh
config=$(cat)
case "$CNI_COMMAND" in
ADD) echo '${resultOf(cniVersion)}';;
CHECK) case "$config" in *'"prevResult":{'*10.0.0.2*);; *) exit 1;; esac;;
esac
`;
  for (const { type } of plugins) {
    Deno.writeTextFileSync(`${folder}/${type}`, script, { mode: 0o755 });
  }
}

async function runOurs(
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<Outcome> {
  let [stdout, stderr] = ["", ""];
  const status = await cnitool(args, {
    programVersion: "1.2.3",
    process: {
      env: (name) => variables[name] ?? "",
      writeStdout: (text) => void (stdout += text),
      writeStderr: (text) => void (stderr += text),
      cwd: () => "/",
    },
  });
  return { status, stdout, stderr };
}

async function runReference(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Outcome> {
  const command = new Deno.Command(reference!, { args: [...args], env });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return {
    status: code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}
