import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { testWith } from "../_testing.ts";

/** Clears the screen, names the window, turns the writing; C1 and DEL too. */
const EVIL = "\u001b[2J\u001b]0;pwned\u0007\u009b31m\u202e\u007f";
// deno-lint-ignore no-control-regex -- they are what must not be printed
const STEERS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/;

testWith("No command prints a file's escape sequences", async (test, t) => {
  const evil = test.write(
    "05-evil.conflist",
    `{"cniVersion": "1.0.0", "name": "evil", "x${EVIL}": "${EVIL}", "plugins": [
  {"type": "first", "${EVIL}": 1, "ipam": {"type": "${EVIL}"}}]}`,
  );
  test.write("06-name.conf", `{"name": ${JSON.stringify(EVIL)}, "type": 1}`);
  test.write("07-raw.conf", `{"name": "${EVIL}`);
  test.runProgram = ({ program }) =>
    Promise.resolve({
      status: program === "unshare" ? 1 : 0,
      stdout: program === "id" ? "0\n" : "",
      stderr: `it fails: ${EVIL}`,
    });
  Deno.mkdirSync(`${test.cacheDir}/results`, { recursive: true });
  Deno.writeTextFileSync(
    `${test.cacheDir}/results/chain-c1-eth0`,
    JSON.stringify({
      kind: "cniCacheV1",
      containerId: `c1${EVIL}`,
      ifName: `eth0${EVIL}`,
      networkName: `chain${EVIL}`,
      netns: `/gone${EVIL}`,
      config: btoa("{}"),
      result: { cniVersion: "1.0.0", ips: [{ address: EVIL }] },
    }),
  );
  test.addScript(
    "shouts",
    `printf '{"cniVersion":"1.0.0","code":7,"msg":"\\\\u001b[2J"}'
printf '\\033[2J' >&2
exit 1`,
  );
  test.write("08-shouts.conf", {
    cniVersion: "1.0.0",
    name: "shouts",
    type: "shouts",
  });
  const lines = [
    ...[`validate ${evil}`, `validate ${test.configFolder}/07-raw.conf`],
    ...["list", "ps", "doctor", "list --json", "ps --json", "doctor --json"],
    ...["status evil", "add shouts /x", "add nothing /x", "ps --json"],
    ...[`add chain /gone${EVIL}`, `${EVIL}`, `check ${EVIL} /x`],
  ];
  for (const line of lines) {
    await t.step(JSON.stringify(line.slice(0, 40)), async () => {
      const { stdout, stderr } = await test.run(line);
      assert(stdout + stderr !== "");
      assertEquals(STEERS.exec(stdout + stderr), null, stdout + stderr);
      if (line.endsWith("--json")) JSON.parse(stdout);
    });
  }
  const { stdout } = await test.run(`validate ${evil}`);
  assertStringIncludes(stdout, "\\u001b[2J");
});
