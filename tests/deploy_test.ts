import { assert, assertEquals, assertMatch } from "@std/assert";
import { parseAll } from "@std/yaml/parse";
import config from "../deno.json" with { type: "json" };
import { installApplet } from "../install/install_applet.ts";
import { versionReply } from "../lib/plugin/mod.ts";
import { registryFor } from "../plugins/mod.ts";
import { PROJECT_ROOT } from "../scripts/project.ts";
import { archiveName, RELEASE_TARGETS } from "../scripts/release/targets.ts";

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly volumeMounts?: readonly {
    readonly name: string;
    readonly mountPath: string;
  }[];
}

interface DaemonSet {
  readonly spec: {
    readonly selector: { readonly matchLabels: Record<string, string> };
    readonly template: {
      readonly metadata: { readonly labels: Record<string, string> };
      readonly spec: {
        readonly initContainers: readonly Container[];
        readonly containers: readonly Container[];
        readonly volumes: readonly {
          readonly name: string;
          readonly hostPath?: { readonly path: string };
          readonly configMap?: { readonly name: string };
        }[];
      };
    };
  };
}

interface ConfigMap {
  readonly metadata: { readonly name: string };
  readonly data: Record<string, string>;
}

async function readManifests(): Promise<readonly [ConfigMap, DaemonSet]> {
  const file = `${PROJECT_ROOT}/deploy/daemonset.yaml`;
  const documents = parseAll(await Deno.readTextFile(file));
  const [configMap, daemonSet, ...rest] = documents as unknown[];
  assertEquals(rest, []);
  for (
    const [one, kind] of [[configMap, "ConfigMap"], [daemonSet, "DaemonSet"]]
  ) {
    assertEquals((one as { readonly kind: unknown }).kind, kind);
  }
  return [configMap as ConfigMap, daemonSet as DaemonSet];
}

Deno.test("the DaemonSet's parts refer to each other", async () => {
  const [configMap, { spec }] = await readManifests();
  const { template } = spec;
  const { initContainers, containers, volumes } = template.spec;
  assertEquals(spec.selector.matchLabels, template.metadata.labels);
  const mounted = initContainers.flatMap((one) => one.volumeMounts ?? []);
  assertEquals(
    mounted.map(({ name }) => name).sort(),
    volumes.map(({ name }) => name).sort(),
  );
  for (const { name, mountPath } of mounted) {
    const volume = volumes.find((one) => one.name === name);
    if (volume?.hostPath !== undefined) {
      assertEquals(mountPath, `/host${volume.hostPath.path}`);
    } else assertEquals(volume?.configMap?.name, configMap.metadata.name);
  }
  for (const { image } of [...initContainers, ...containers]) {
    assertEquals(image, "cni");
  }
});

Deno.test({
  name: "the DaemonSet's command installs program and network on a node",
  ignore: Deno.build.os === "windows",
  async fn() {
    const [configMap, { spec }] = await readManifests();
    const [{ args = [] } = {}] = spec.template.spec.initContainers;
    const [applet, ...flags] = args;
    assertEquals(applet, "install");
    const folder = await Deno.makeTempDir();
    try {
      await Deno.mkdir(`${folder}/config`);
      for (const [name, text] of Object.entries(configMap.data)) {
        await Deno.writeTextFile(`${folder}/config/${name}`, text);
      }
      const self = `${folder}/cni`;
      await Deno.writeTextFile(self, await fakeProgram(), { mode: 0o755 });
      let output = "";
      const note = (text: string) => void (output += text);
      const status = await installApplet(
        "install",
        flags.map((flag) => flag.replace("=/", `=${folder}/`)),
        {
          registry: registryFor("linux"),
          self,
          programVersion: "1.2.3",
          buildId: "b1",
          isCompiled: true,
          process: {
            env: () => "",
            writeStdout: note,
            writeStderr: note,
            readStdin: () => Promise.resolve(""),
            cwd: () => folder,
            isTerminal: () => false,
            onInterrupt: () => () => {},
          },
        },
      );
      assertEquals(status, 0, output);
      const bin = `${folder}/host/opt/cni/bin`;
      for (const name of ["cni", "flannel"]) {
        assert((await Deno.lstat(`${bin}/${name}`)).isFile, name);
      }
      for (const [name, text] of Object.entries(configMap.data)) {
        const file = `${folder}/host/etc/cni/net.d/${name}`;
        assertEquals(await Deno.readTextFile(file), text);
        for (const { type } of JSON.parse(text).plugins) {
          assert(registryFor("linux").has(type), type);
        }
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** A program that says what an installation asks of it. */
async function fakeProgram(): Promise<string> {
  const [name] = [...registryFor("linux").keys()].sort();
  const plugin = await registryFor("linux").get(name!)!();
  const reply = versionReply(plugin).stdout.trim();
  return `#!/bin/sh\n[ "$1" = ${name} ] && echo '${reply}' || echo 'cni 1.2.3'\n`;
}

Deno.test("the Containerfile takes a release's archive and installs", async () => {
  const text = await Deno.readTextFile(`${PROJECT_ROOT}/Containerfile`);
  const [, pattern = ""] = /^ADD (\S+) \/opt\/cni-toolkit\/$/m.exec(text) ?? [];
  for (const target of RELEASE_TARGETS.filter(({ os }) => os === "linux")) {
    const file = pattern.replace("${TARGETARCH}", target.arch)
      .replace("${VERSION}", config.version);
    assertEquals(file, `release/${archiveName(target, config.version)}`);
  }
  assertMatch(text, /^ENTRYPOINT \["\/opt\/cni-toolkit\/cni"\]$/m);
  assertMatch(
    text,
    /^CMD \["install", "--bin-dir", "\/host\/opt\/cni\/bin", "--no-links"\]$/m,
  );
  assertEquals(text.includes(config.version), false);
});
