import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  bridgeConfig,
  type Resident,
  RESIDENT_BIN,
  residentTest,
  run,
} from "./_harness.ts";

/** Runs `cni tool` of the resident mode under test. */
function runTool(resident: Resident, ...words: readonly string[]) {
  return run([
    ...[`${RESIDENT_BIN}/cni`, "tool", ...words],
    ...["--socket", resident.socket],
  ], { env: { CNI_PATH: RESIDENT_BIN } });
}

residentTest(
  "cni tool status --daemon shows what the daemon has done",
  async (host, resident) => {
    const config = bridgeConfig(host);
    const sandbox = await host.addSandbox();
    const fresh = await runTool(resident, "status", "--daemon");
    assertEquals([fresh.status, fresh.stderr], [0, ""]);
    assertStringIncludes(fresh.stdout, "No calls have ended yet");
    for (const command of ["ADD", "DEL"]) {
      const call = { command, config, sandbox };
      assertEquals((await resident.call("bridge", call)).status, 0);
    }
    const wrong = { config: { ...config, bridge: 7 }, sandbox };
    assertEquals((await resident.call("bridge", wrong)).status, 1);
    const env = { CNI_DAEMON_SOCKET: resident.socket, CNI_FORCE_EXEC: "1" };
    await resident.call("bridge", { command: "DEL", config, sandbox, env });
    const { stdout } = await runTool(resident, "status", "--daemon");
    assertStringIncludes(
      stdout,
      `Daemon at ${resident.socket}, process ${resident.daemon.pid}, running for `,
    );
    assertStringIncludes(
      stdout,
      "Calls: 0 running (of 16 at a time), 0 waiting",
    );
    for (
      const row of [
        /^bridge +ADD +0 +1$/m,
        /^bridge +ADD +7 +1$/m,
        /^bridge +DEL +0 +1$/m,
        /^force_exec +1$/m,
      ]
    ) assertMatch(stdout, row);
    const json = await runTool(resident, "status", "--daemon", "--json");
    const { daemon } = JSON.parse(json.stdout);
    assertEquals(daemon.declined, { force_exec: 1 });
    assertEquals(typeof daemon.uptimeMs, "number");
    await resident.daemon.stop();
    const gone = await runTool(resident, "status", "--daemon");
    assertEquals(gone, {
      status: 1,
      stdout: "",
      stderr: `Error: No daemon listens at ${resident.socket}\n`,
    });
  },
);

residentTest(
  "cni tool doctor looks at the daemon where the resident mode is",
  async (_host, resident) => {
    const well = await runTool(resident, "doctor");
    assertStringIncludes(
      well.stdout,
      `Installation\n  ok    daemon at ${resident.socket} answers, has been running for `,
    );
    await resident.daemon.stop();
    const ill = await runTool(resident, "doctor");
    assertStringIncludes(
      ill.stdout,
      `  warn  No daemon listens at ${resident.socket}: every call is executed\n` +
        "        systemctl start cni-daemon, or, from /: " +
        `${RESIDENT_BIN}/cni daemon\n`,
    );
  },
);

residentTest(
  "CNI_TRACE=1 tells the steps of a call that the daemon does",
  async (host, resident) => {
    const sandbox = await host.addSandbox();
    const call = { config: bridgeConfig(host), sandbox };
    const env = { CNI_DAEMON_SOCKET: resident.socket, CNI_TRACE: "1" };
    const added = await resident.call("bridge", { ...call, env });
    assertEquals(added.status, 0, added.stdout);
    assertEquals(JSON.parse(added.stdout).interfaces.length, 3);
    for (const line of added.stderr.trimEnd().split("\n")) {
      assertMatch(line, /^cni trace: +[\d.]+ - +[\d.]+ ms +[\d.]+ ms {2}\S/);
    }
    assertMatch(added.stderr, / {2}host-local ADD\n/);
    assertMatch(added.stderr, / {2}bridge ADD\n$/);
    // It was the daemon's, and the next call is traced no more.
    const del = { ...call, command: "DEL" };
    const deleted = await resident.call("bridge", del);
    assertEquals([deleted.status, deleted.stderr], [0, ""]);
    const { calls, declined } = await resident.status();
    assertEquals(calls.map(({ command }) => command), ["ADD", "DEL"]);
    assertEquals(declined, {});
  },
);
