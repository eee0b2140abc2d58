import { assert, assertEquals, assertMatch } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { registryFor } from "../plugins/mod.ts";
import { PROJECT_ROOT } from "../scripts/project.ts";
import { runProgram } from "../scripts/release/run_program.ts";
import { archiveName, RELEASE_TARGETS } from "../scripts/release/targets.ts";
import { MANIFEST, parseManifest, readManifest } from "./daemonset.ts";
import { installStandIn } from "./install_stand_in.ts";

/** Stands in for the shim: it starts the program under its own name. */
const SHIM = `#!/bin/sh
# build b1
exec "\${0%/*}/cni" "\${0##*/}"
`;

Deno.test("the DaemonSet's parts refer to each other", async () => {
  const { configMap, daemonSet: { spec } } = await readManifest();
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
    const { configMap, daemonSet: { spec } } = await readManifest();
    const [{ args = [] } = {}] = spec.template.spec.initContainers;
    const [applet, ...flags] = args;
    assertEquals(applet, "install");
    const folder = await Deno.makeTempDir();
    try {
      await Deno.mkdir(`${folder}/config`);
      for (const [name, text] of Object.entries(configMap.data)) {
        await Deno.writeTextFile(`${folder}/config/${name}`, text);
      }
      await Deno.writeTextFile(`${folder}/cni-shim`, SHIM, { mode: 0o755 });
      const { status, output } = await installStandIn(
        flags.map((flag) => flag.replace("=/", `=${folder}/`)),
        { self: `${folder}/cni` },
      );
      assertEquals(status, 0, output);
      const bin = `${folder}/host/opt/cni/bin`;
      const flannel = await Deno.readTextFile(`${bin}/flannel`);
      assertEquals(flannel, SHIM);
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

Deno.test("the DaemonSet's network is the example for flannel", async () => {
  const { configMap: { data } } = await readManifest();
  const text = data["10-flannel.conflist"] ?? "";
  const example = `${PROJECT_ROOT}/examples/nodes/10-flannel.conflist`;
  assertEquals(
    JSON.parse(text),
    JSON.parse(await Deno.readTextFile(example)),
  );
});

Deno.test("the DaemonSet's containers get what they need and no more", async () => {
  const { daemonSet: { spec: { template } } } = await readManifest();
  const { spec } = template;
  assertEquals([spec.hostNetwork, spec.hostPID], [true, true]);
  const [install] = spec.initContainers;
  const [daemon] = spec.containers;
  assertEquals(install?.securityContext, {
    runAsUser: 0,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"], add: ["DAC_OVERRIDE"] },
  });
  assertEquals(daemon?.securityContext, {
    runAsUser: 0,
    privileged: true,
    readOnlyRootFilesystem: true,
  });
  const bin = spec.volumes.find(({ name }) => name === "bin")?.hostPath?.path;
  assertEquals(daemon?.command, [
    ...["nsenter", "--target=1", "--mount", "--", `${bin}/cni`],
  ]);
  assertEquals(daemon?.args?.[0], "daemon");
  // As long as the unit gives it.
  const file = `${PROJECT_ROOT}/deploy/cni-daemon.service`;
  const unit = await Deno.readTextFile(file);
  const [, seconds] = /^TimeoutStopSec=(\d+)$/m.exec(unit) ?? [];
  assertEquals(spec.terminationGracePeriodSeconds, Number(seconds));
  const [, memory] = /^MemoryMax=(\d+)M$/m.exec(unit) ?? [];
  assertEquals(daemon?.resources?.limits?.memory, `${memory}Mi`);
  for (
    const { name, resources } of [...spec.initContainers, ...spec.containers]
  ) {
    assertEquals(
      Object.keys(resources?.requests ?? {}),
      ["cpu", "memory"],
      name,
    );
    assertEquals(Object.keys(resources?.limits ?? {}), ["memory"], name);
  }
});

Deno.test({
  name: "direct.sed takes the daemon and its privileges out of the DaemonSet",
  ignore: Deno.build.os === "windows",
  async fn() {
    const args = ["-f", `${PROJECT_ROOT}/deploy/direct.sed`, MANIFEST];
    const text = new TextDecoder().decode(await runProgram("sed", args));
    const { configMap, daemonSet } = parseManifest(text);
    const { configMap: before, daemonSet: resident } = await readManifest();
    assertEquals(configMap, before);
    const { spec } = daemonSet.spec.template;
    const was = resident.spec.template.spec;
    const [install] = was.initContainers;
    assertEquals(spec.hostPID, undefined);
    assertEquals(spec.initContainers, [{
      ...install!,
      args: install!.args!.filter((word) => word !== "--resident"),
    }]);
    assertEquals(spec.volumes, was.volumes);
    assertEquals(spec.containers, [{
      name: "wait",
      image: "cni",
      imagePullPolicy: "IfNotPresent",
      command: ["sleep", "infinity"],
      securityContext: {
        runAsUser: 65534,
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      },
      resources: {
        requests: { cpu: "1m", memory: "4Mi" },
        limits: { memory: "16Mi" },
      },
    }]);
  },
});

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
