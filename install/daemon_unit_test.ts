import { assertEquals, assertStringIncludes } from "@std/assert";
import { PROJECT_ROOT } from "../scripts/project.ts";
import { daemonUnit } from "./daemon_unit.ts";

Deno.test("daemonUnit() is the file in deploy for the usual folder", async () => {
  const file = `${PROJECT_ROOT}/deploy/cni-daemon.service`;
  assertEquals(daemonUnit("/opt/cni/bin"), await Deno.readTextFile(file));
});

Deno.test("daemonUnit() quotes what systemd would read otherwise", () => {
  const unit = daemonUnit('/srv/a "b" 5%/bin');
  const line =
    'ExecStart="/srv/a \\"b\\" 5%%/bin/cni" daemon --log-level warn\n';
  assertStringIncludes(unit, line);
});
