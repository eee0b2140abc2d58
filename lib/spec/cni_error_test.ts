import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  CniError,
  type CniErrorOptions,
  errorFromJson,
  errorToJson,
  toCniError,
} from "./cni_error.ts";
import { CniCode } from "./code.ts";
import { formatJson, type JsonObject, parseJsonObject } from "./json.ts";

Deno.test("CniError is an Error with code and details", () => {
  const cause = new Error("disk");
  const error = new CniError(5, "Cannot write", { details: "full", cause });
  assertEquals(error instanceof Error, true);
  assertEquals(
    [error.name, error.code, error.message, error.details],
    ["CniError", 5, "Cannot write", "full"],
  );
  assertStrictEquals(error.cause, cause);
});

Deno.test("CniError has no details and no cause unless they are given", () => {
  const error = new CniError(5, "Cannot write");
  assertEquals([error.details, "cause" in error], ["", false]);
});

Deno.test("CniError.toString() joins message and details as Go does", () => {
  const text = (options?: CniErrorOptions) =>
    new CniError(7, "msg", options).toString();
  assertEquals(text({ details: "more" }), "msg; more");
  assertEquals(text({ details: "" }), "msg");
  assertEquals(text(), "msg");
});

Deno.test("errorToJson() prints the error object byte for byte", async (t) => {
  const cases: Record<string, readonly [JsonObject, string]> = {
    "all keys": [
      errorToJson(new CniError(7, "m", { details: "d" }), "1.0.0"),
      '{\n    "cniVersion": "1.0.0",\n    "code": 7,\n    "msg": "m",\n' +
      '    "details": "d"\n}',
    ],
    "no details": [
      errorToJson(new CniError(7, "m"), "1.0.0"),
      '{\n    "cniVersion": "1.0.0",\n    "code": 7,\n    "msg": "m"\n}',
    ],
    "version not known": [
      errorToJson(new CniError(0, "")),
      '{\n    "code": 0,\n    "msg": ""\n}',
    ],
  };
  for (const [why, [object, text]] of Object.entries(cases)) {
    await t.step(why, () => assertEquals(formatJson(object), text));
  }
});

Deno.test("errorFromJson() reads what errorToJson() made", () => {
  const error = new CniError(100, "a <b>", { details: 'line\n"2"' });
  const text = formatJson(errorToJson(error, "1.1.0"));
  const read = errorFromJson(parseJsonObject(text, "error"));
  assertEquals(
    [read.code, read.message, read.details],
    [100, "a <b>", 'line\n"2"'],
  );
});

Deno.test("errorFromJson() tells its part of a half-right object", async (t) => {
  const cases: Record<string, readonly [JsonObject, number, string, string]> = {
    "empty": [{}, 0, "", ""],
    "code only": [{ code: 11 }, 11, "", ""],
    "code as text": [{ code: "7", msg: "m", details: "d" }, 0, "m", "d"],
    "message of another type": [{ code: 7, msg: ["m"] }, 7, "", ""],
    "details null": [{ code: 7, msg: "m", details: null }, 7, "m", ""],
    "a plugin's own code": [{ code: 4711, msg: "m" }, 4711, "m", ""],
  };
  for (const [why, [object, code, message, details]] of Object.entries(cases)) {
    await t.step(why, () => {
      const error = errorFromJson(object);
      assertEquals(
        [error.code, error.message, error.details],
        [code, message, details],
      );
    });
  }
});

Deno.test("toCniError() passes a CniError on as it is", () => {
  const error = new CniError(11, "later");
  assertStrictEquals(toCniError(error), error);
});

Deno.test("toCniError() makes anything else an internal error", () => {
  const thrown = [new TypeError("no"), "text", undefined, { code: 7 }];
  const messages = ["no", "text", "undefined", "[object Object]"];
  const errors = thrown.map(toCniError);
  assertEquals(errors.map((error) => error.message), messages);
  assertEquals(errors.map((error) => error.code), Array(4).fill(999));
  assertEquals(errors.map((error) => error.cause), thrown);
});

Deno.test("CniCode holds the numbers of the specification", () => {
  assertEquals(CniCode, {
    Unknown: 0,
    IncompatibleVersion: 1,
    UnsupportedField: 2,
    UnknownContainer: 3,
    InvalidEnvironment: 4,
    IoFailure: 5,
    DecodingFailure: 6,
    InvalidConfig: 7,
    InvalidNetns: 8,
    TryAgainLater: 11,
    NotAvailable: 50,
    LimitedConnectivity: 51,
    Internal: 999,
  });
});

Deno.test("CniError cuts what repeats a very long value", () => {
  const value = "v".repeat(200_000);
  const error = new CniError(7, `Cannot use ${value}`, {
    details: `mtu is ${value}: expected a number`,
  });
  const text = JSON.stringify(errorToJson(error));
  assertEquals(text.length < 6000, true);
  assertEquals(error.message.startsWith("Cannot use vvv"), true);
  assertEquals(error.message.includes("… (199011 characters cut) …"), true);
  assertEquals(error.details.endsWith("vvv: expected a number"), true);
  const short = new CniError(7, "m".repeat(1000), {
    details: "d".repeat(4000),
  });
  assertEquals([short.message.length, short.details.length], [1000, 4000]);
});
