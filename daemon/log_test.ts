import { assertEquals } from "@std/assert";
import { Log, type LogLevel } from "./log.ts";

const CALL = {
  plugin: "bridge",
  command: "ADD",
  attachment: "c1/eth0",
  durationMs: 12.34,
};

async function written(level: LogLevel): Promise<string> {
  let text = "";
  const log = new Log(level, (bytes) => {
    // Takes little at a time, as a pipe that is nearly full.
    text += new TextDecoder().decode(bytes.subarray(0, 5));
    return Promise.resolve(Math.min(5, bytes.length));
  });
  log.call({ ...CALL, code: 0, message: "" });
  log.call({ ...CALL, code: 7, message: 'Cannot use "x"\n' });
  log.say("listening");
  await new Promise((resolve) => setTimeout(resolve, 5));
  return text;
}

Deno.test("Log writes a line a call, as its level asks", async () => {
  const good = "plugin=bridge command=ADD attachment=c1/eth0 " +
    "duration_ms=12.3 code=0\n";
  const bad = "plugin=bridge command=ADD attachment=c1/eth0 " +
    'duration_ms=12.3 code=7 msg="Cannot use \\"x\\"\\n"\n';
  assertEquals(await written("info"), `${good}${bad}listening\n`);
  assertEquals(await written("warn"), `${bad}listening\n`);
  assertEquals(await written("error"), "listening\n");
});

Deno.test("Log lets no caller write lines of its own", async () => {
  let text = "";
  const log = new Log("info", (bytes) => {
    text += new TextDecoder().decode(bytes);
    return Promise.resolve(bytes.length);
  });
  const forged = 'c1\nplugin="x"/eth0';
  log.call({
    ...{ plugin: "a b", command: "", attachment: forged },
    ...{ durationMs: 1, code: 4, message: "" },
  });
  await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(
    text,
    'plugin="a b" command=- attachment="c1\\nplugin=\\"x\\"/eth0" ' +
      "duration_ms=1.0 code=4\n",
  );
});

Deno.test("Log drops lines that nobody reads, and goes on", async () => {
  let text = "";
  const { promise: isRead, resolve: read } = Promise.withResolvers<void>();
  const log = new Log("info", async (bytes) => {
    await isRead;
    text += new TextDecoder().decode(bytes);
    return bytes.length;
  });
  for (let i = 0; i < 5000; i++) log.say(`line ${i}`);
  read();
  await new Promise((resolve) => setTimeout(resolve, 5));
  const lines = text.trimEnd().split("\n");
  assertEquals(lines.length, 4098);
  assertEquals(lines.at(-1), "dropped 903 lines");
});
