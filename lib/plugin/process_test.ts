import { assertEquals } from "@std/assert";
import { environmentWith, fakeProcess } from "./_testing.ts";
import { readEnvironment } from "./process.ts";

const noStdin = () => Promise.reject(new Error("stdin was read"));

Deno.test("readEnvironment() reads each variable into its field", () => {
  const variables = {
    CNI_COMMAND: "DEL",
    CNI_CONTAINERID: "c2",
    CNI_NETNS: "/run/netns/n2",
    CNI_IFNAME: "net1",
    CNI_ARGS: "A=b",
    CNI_PATH: "/a:/b",
    CNI_NETNS_OVERRIDE: "true",
    CNI_OTHER: "not ours",
  };
  assertEquals(readEnvironment(fakeProcess(variables, noStdin)), {
    command: "DEL",
    containerId: "c2",
    netns: "/run/netns/n2",
    ifname: "net1",
    args: "A=b",
    path: "/a:/b",
    netnsOverride: "true",
  });
});

Deno.test("readEnvironment() takes unset variables for empty ones", () => {
  const empty = Object.keys(environmentWith({})).map((key) => [key, ""]);
  const environment = readEnvironment(fakeProcess({}, noStdin));
  assertEquals(environment, Object.fromEntries(empty));
});

Deno.test("denoProcess moves texts larger than a pipe whole", async () => {
  const module = new URL("./process.ts", import.meta.url).href;
  const script = `import { denoProcess as process } from "${module}";
    const text = await process.readStdin();
    process.writeStderr(process.env("CNI_COMMAND") + process.env("CNI_UNSET"));
    process.writeStdout(text);`;
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, script);
    const process = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-lock", "--allow-env", file],
      env: { CNI_COMMAND: "ADD" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    // Three bytes a character: some chunk ends inside one.
    const text = "日".repeat(300_000);
    const writer = process.stdin.getWriter();
    const written = writer.write(new TextEncoder().encode(text))
      .then(() => writer.close());
    const [output] = await Promise.all([process.output(), written]);
    const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    assertEquals(decode(output.stderr), "ADD");
    assertEquals(decode(output.stdout) === text, true);
  } finally {
    await Deno.remove(file);
  }
});
