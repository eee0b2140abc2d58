import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { CniCode } from "../spec/mod.ts";
import { ProgramMissingError, runCommand } from "./command.ts";

/** Registers a test that runs programs which every Linux has. */
function linuxTest(title: string, fn: () => Promise<void>): void {
  const isLinux = Deno.build.os === "linux";
  const name = isLinux ? title : `${title} [skipped: needs Linux]`;
  Deno.test({ name, ignore: !isLinux, fn });
}

linuxTest("runCommand() returns status and output", async () => {
  const script = "echo out; echo err >&2; exit 7";
  const output = await runCommand({ program: "sh", args: ["-c", script] });
  assertEquals(output, { status: 7, stdout: "out\n", stderr: "err\n" });
});

linuxTest("runCommand() takes a program by its path", async () => {
  const output = await runCommand({ program: "/bin/true", args: [] });
  assertEquals(output, { status: 0, stdout: "", stderr: "" });
});

linuxTest("runCommand() passes stdin and closes it", async () => {
  const texts = ["", "a\nb\n", "日".repeat(100_000)];
  for (const stdin of texts) {
    const output = await runCommand({ program: "cat", args: [], stdin });
    assertEquals(output.status, 0);
    assertEquals(output.stdout === stdin, true);
  }
  const output = await runCommand({ program: "cat", args: [] });
  assertEquals(output, { status: 0, stdout: "", stderr: "" });
});

linuxTest(
  "runCommand() minds no child that leaves its stdin unread",
  async () => {
    const stdin = "x".repeat(1_000_000);
    const output = await runCommand({ program: "/bin/true", args: [], stdin });
    assertEquals(output, { status: 0, stdout: "", stderr: "" });
  },
);

linuxTest("runCommand() passes arguments as they are", async () => {
  const args = ["%s|", "a b", "$HOME", "*", "", "日"];
  const { stdout } = await runCommand({ program: "printf", args });
  assertEquals(stdout, "a b|$HOME|*||日|");
});

linuxTest("runCommand() tells a signal by its status", async () => {
  const args = ["-c", "kill -9 $$"];
  const { status } = await runCommand({ program: "sh", args });
  assertEquals(status, 137);
});

linuxTest(
  "runCommand() has programs speak English and find the system's own",
  async () => {
    const script = 'echo "$LC_ALL"; echo "$PATH"';
    const { stdout } = await runCommand({
      program: "sh",
      args: ["-c", script],
    });
    const [language, path] = stdout.split("\n");
    assertEquals(language, "C");
    for (const folder of ["/usr/sbin", "/usr/bin", "/sbin", "/bin"]) {
      assertEquals(path?.split(":").includes(folder), true, folder);
    }
  },
);

linuxTest(
  "runCommand() looks for programs in absolute folders alone, not those of plugins",
  async () => {
    const folder = await Deno.makeTempDir();
    const variables = { PATH: Deno.env.get("PATH") ?? "", CNI_PATH: "" };
    const workingFolder = Deno.cwd();
    try {
      const script = "#!/bin/sh\necho plugin\n";
      await Deno.writeTextFile(`${folder}/cat`, script, { mode: 0o755 });
      await Deno.symlink(folder, `${folder}/link`);
      Deno.chdir(folder);
      const cat = async (path: string, plugins = "/opt/cni/bin") => {
        Deno.env.set("PATH", path);
        Deno.env.set("CNI_PATH", plugins);
        return (await runCommand({ program: "cat", args: [] })).stdout;
      };
      assertEquals(await cat(`${folder}:/usr/bin`), "plugin\n");
      for (const path of ["", ".", "::", "./", ":/usr/bin", "../x:link"]) {
        assertEquals(await cat(path), "", path);
      }
      const spelled = [
        folder,
        `${folder}/`,
        `/.${folder}//.`,
        `${folder}/link`,
      ];
      for (const path of spelled) {
        assertEquals(await cat(path, `/opt/cni/bin:${folder}`), "", path);
        assertEquals(await cat(folder, `${path}:/opt/cni/bin`), "", path);
      }
    } finally {
      Deno.chdir(workingFolder);
      for (const [name, value] of Object.entries(variables)) {
        Deno.env.set(name, value);
      }
      await Deno.remove(folder, { recursive: true });
    }
  },
);

linuxTest("runCommand() passes no variable of CNI on", async () => {
  Deno.env.set("CNI_COMMAND", "ADD");
  Deno.env.set("XTABLES_LOCKFILE", "/run/xtables.lock");
  try {
    const { stdout } = await runCommand({ program: "env", args: [] });
    const lines = stdout.split("\n");
    assertEquals(lines.filter((line) => /^CNI_|^HOME=/.test(line)), []);
    assertEquals(lines.includes("XTABLES_LOCKFILE=/run/xtables.lock"), true);
  } finally {
    Deno.env.delete("CNI_COMMAND");
    Deno.env.delete("XTABLES_LOCKFILE");
  }
});

linuxTest("runCommand() throws for a program that is not there", async () => {
  const program = "no-such-program";
  const act = () => runCommand({ program, args: [] });
  const error = await assertRejects(act, ProgramMissingError);
  assertEquals([error.code, error.program], [CniCode.Internal, program]);
  assertStringIncludes(error.toString(), "Cannot run no-such-program");
});

Deno.test("ProgramMissingError names the package to install", () => {
  const packages = ["ip", "nsenter", "ip6tables-restore", "nft", "other"]
    .map((program) => {
      const { details } = new ProgramMissingError(program, undefined);
      return /install the package (\S+)$/.exec(details)?.[1];
    });
  assertEquals(packages, [
    "iproute2",
    "util-linux",
    "iptables",
    "nftables",
    "other",
  ]);
});
